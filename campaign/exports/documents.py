"""The documents an export can be, each by its name: those that are opened, the book of names, the file that stays sealed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from nacl.public import PrivateKey

from campaign.database import Database
from campaign.exports import rows
from campaign.exports.namebook import Book, volumes
from campaign.exports.opening import opened
from campaign.exports.rows import Row, Wanted
from campaign.exports.sealed import write_sealed
from campaign.exports.spreadsheet import write_xlsx
from campaign.exports.tables import write_csv, write_jsonl
from campaign.petition.models import Publication
from campaign.tongues import Language

Write = Callable[[Iterable[Row], IO[bytes], Language], None]
Watched = Callable[[Iterable[list[Any]]], Iterator[list[Any]]]  # passes pages on, and shows how far they are
OPEN: dict[str, Write] = {"csv": write_csv, "xlsx": write_xlsx, "jsonl": write_jsonl}
PDF, SEALED = "pdf", "sealed"
FORMATS = (*OPEN, PDF, SEALED)


class NamesHidden(Exception):
    """The organizers have hidden all names, so none are printed either; its text is one sentence."""


@dataclass(frozen=True)
class Order:
    """What is to be exported: a format by its name, which signatures, and the reader's language."""

    document: str
    wanted: Wanted
    language: Language

    def write(self, database: Database, key_id: bytes, privates: Iterable[PrivateKey], out: IO[bytes], watched: Watched) -> None:
        """Writes the document; raises CannotOpen, NotDrawn or NamesHidden. Only the formats in OPEN need private keys."""
        if self.document == PDF:
            self._print(database, out, watched)
            return
        pages = watched(rows.pages(database, self.wanted))
        if self.document == SEALED:
            write_sealed(pages, out, key_id)
        else:
            OPEN[self.document](opened(privates, pages), out, self.language)

    def _print(self, database: Database, out: IO[bytes], watched: Watched) -> None:
        """Reads all names first, so that the title page of the first volume knows how many there are."""
        with database.reading() as session:
            published = session.get(Publication, 1)
        if published and published.names_hidden_on:
            raise NamesHidden("All names are hidden at the moment: show them again before you print them.")
        divided = volumes(rows.pages(database, self.wanted))
        book = Book(self.language, self.wanted, names=sum(map(len, divided)), volumes=len(divided))
        book.write(watched(divided), out)
