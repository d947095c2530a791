"""What a format of an export is, and what a document is written from; `formats.py` lists them all."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import IO, Any

from flask_babel import lazy_gettext
from nacl.public import PrivateKey

from campaign.database import Database
from campaign.exports.rows import ExportRow, SignatureFilter, StoredSignature, count_rows, read_pages
from campaign.exports.unsealing import unseal_rows
from campaign.languages import Language

CARE_FOR_ADDRESSES = lazy_gettext(
    "It contains names and addresses. Keep it on an encrypted disk. Do not send it by e-mail or open it in a "
    "program on the web. Delete it as soon as you no longer need it, from the downloads and the bin too."
)
FILLED_IN = "filled"  # of what was asked for: encrypted, and shown to who is to agree alone
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}  # some programs expect the second one
Tracker = Callable[[Iterable[list[Any]]], Iterator[list[Any]]]  # passes pages on and shows the progress


@dataclass(frozen=True)
class Source:
    """What a document is written from: signatures page by page, and what is needed to open and to describe them."""

    pages: Iterator[list[StoredSignature]]
    track: Tracker
    language: Language  # the reader's
    privates: Iterable[PrivateKey] = ()
    missing: Counter[bytes] | None = None  # counts those that need another key, by its id; without it the first one stops
    wanted: SignatureFilter = field(default_factory=SignatureFilter)  # which signatures the pages hold
    separator: str = "comma"  # of the fields of a table, one of SEPARATORS
    key_id: bytes = b""  # of the key that signatures are sealed to now

    def rows(self) -> Iterator[ExportRow]:
        """Open the signatures; raise CannotOpen at the first that does not open."""
        return unseal_rows(self.privates, self.track(self.pages), self.missing)


@dataclass(frozen=True)
class Format:
    """A format of an export. A field without a default cannot be forgotten."""

    name: str  # as it is stored and typed, and what the name of a file ends in
    content_type: str
    label: Any  # text in the reader's language
    hint: Any  # text in the reader's language
    care: Any  # text in the reader's language: what is to be done with a file that somebody has taken
    write: Callable[[Source, IO[bytes]], None]
    needs_key: bool  # it holds names and addresses, so a private key opens them and a second organizer agrees
    only_shown: bool = False  # it holds the names that are shown and no others
    needs_app: bool = False  # it is written in the words of the site, so only within the application's context
    at_desk: bool = True  # the desk offers it
    has_headings: bool = False  # it holds words of the site, in the language of who asked for it
    counts: tuple[str, str] = ("signature", "signatures")  # the word for what is in it, for one and for several
    count: Callable[[Database, SignatureFilter], int] = count_rows
    read: Callable[[Database, SignatureFilter], Iterator[list[Any]]] = read_pages

    def narrow(self, wanted: SignatureFilter) -> SignatureFilter:
        """Return which of the wanted signatures this format can hold."""
        return replace(wanted, shown=wanted.shown or self.only_shown)
