"""The confirmed signatures, read page by page, and the columns of an export: a new column is one line in COLUMNS."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple, Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto.sealing import Person
from campaign.database import Database, now
from campaign.outbox.queue import MAX_LIFETIME
from campaign.petition.counting import counted
from campaign.petition.display_names import shown_by
from campaign.petition.models import Publication, Signature
from campaign.petition.offices import Addressee
from campaign.petition.published import read_words
from campaign.petition.versions import find_versions

PAGE = 500  # signatures
ONLINE = "online"
DAYS = ("since", "until", "after")  # of a SignatureFilter
Value = str | int | bool | None


class StoredSignature(NamedTuple):
    """One signature as it is stored, with name and address sealed."""

    id: bytes
    confirmed_on: date
    country: str | None
    language: str
    shown_as: str | None
    news: bool
    text_sha256: str
    sealed: bytes
    sealed_for: str | None = None  # the text in its record, where its signer took over a later one
    version: int | None = None  # of that text, in its language; None: a text that was not kept

    @property
    def sealed_text(self) -> str:
        """Return the hash of the text that its record was sealed for."""
        return self.sealed_for or self.text_sha256


class ExportRow(NamedTuple):
    """One signature that was opened."""

    number: int  # in this document, from 1
    stored: StoredSignature
    person: Person  # what was sealed


@dataclass(frozen=True)
class SignatureFilter:
    """Which signatures to export: of some days, one country, one language, those whose names are shown; all by default."""

    since: date | None = None
    until: date | None = None  # this day is in it
    country: str | None = None
    language: str | None = None  # in which they signed
    shown: bool = False
    handed_to: str | None = None  # the key of the addressee that gets them
    after: date | None = None  # this day is not in it
    signature: bytes | None = None  # the id of the only one, which need not count

    def for_addressee(self, office: Addressee) -> Self:
        """Return the same for what an addressee gets: the shown names of those who saw it named when they signed."""
        after = office.day + MAX_LIFETIME if office.is_added and office.day else None
        return replace(self, shown=True, handed_to=office.key, after=after)

    def select(self, *columns: Any) -> sa.Select[Any]:
        """Return the statement that finds them, or columns of them."""
        if self.signature:
            return sa.select(*columns).where(Signature.id == self.signature)
        found = counted(*columns)
        if self.since:
            found = found.where(Signature.confirmed_on >= self.since)
        if self.until:
            found = found.where(Signature.confirmed_on <= self.until)
        if self.after:
            found = found.where(Signature.confirmed_on > self.after)
        if self.country:
            found = found.where(Signature.country == self.country)
        if self.language:
            found = found.where(Signature.language == self.language)
        if self.shown:  # today: no file of shown names has any before the page of names
            found = found.where(Signature.shown_as.is_not(None), *shown_by(now().date()))
        return found

    def details(self) -> dict[str, str]:
        """Return what is said about it, as plain text; nothing of what is left open."""
        given = {name: getattr(self, name) for name in (*DAYS, "country", "language", "handed_to")}
        return {name: str(value) for name, value in given.items() if value} | ({"shown": "✓"} if self.shown else {})

    @classmethod
    def of(cls, facts: dict[str, str]) -> Self:
        """Return the filter that `facts` describe."""
        days: dict[str, Any] = {name: date.fromisoformat(facts[name]) for name in DAYS if name in facts}
        texts = {name: facts.get(name) for name in ("country", "language", "handed_to")}
        return cls(**days | texts, shown="shown" in facts)


def version_numbers(session: Session) -> dict[str, int]:
    """Return the number of each version by its hash."""
    withdrawn_on = session.scalar(sa.select(Publication.testimony_withdrawn_on))
    found = find_versions(read_words(session, {}), is_withdrawn=withdrawn_on is not None, withdrawn_on=withdrawn_on)
    return {sha256: version.number for sha256, version in found.items()}


def count_rows(database: Database, wanted: SignatureFilter) -> int:
    """Return how many signatures are wanted now."""
    number = wanted.select(sa.func.count())
    with database.reading() as session:
        return session.scalar(number) or 0


def read_pages(database: Database, wanted: SignatureFilter) -> Iterator[list[StoredSignature]]:
    """Yield the signatures by day and in the order of chance within a day.

    Read each page in a separate session, so that the database can empty its log during an export.
    """
    with database.reading() as session:
        numbers = version_numbers(session)
    columns = [getattr(Signature, name) for name in StoredSignature._fields if name != "version"]
    key = sa.tuple_(Signature.confirmed_on, Signature.id)
    first = wanted.select(*columns).order_by(*key).limit(PAGE)
    statement = first
    while True:
        with database.reading() as session:
            page = [StoredSignature._make((*row, numbers.get(row.text_sha256))) for row in session.execute(statement)]
        if page:
            yield page
        if len(page) < PAGE:
            return
        last = (sa.literal(page[-1].confirmed_on), sa.literal(page[-1].id, sa.LargeBinary))
        statement = first.where(key > sa.tuple_(*last))


@dataclass(frozen=True)
class Column:
    """One column: its name, its width in a spreadsheet in characters, and its values."""

    name: str
    width: int
    value: Callable[[Any], Value]


COLUMNS = (  # of an ExportRow
    Column("number", 10, lambda row: row.number),
    Column("confirmed_on", 14, lambda row: row.stored.confirmed_on.isoformat()),
    Column("name", 32, lambda row: row.person.name),
    Column("email", 36, lambda row: row.person.email),
    Column("country", 18, lambda row: row.stored.country),  # ISO 3166
    Column("language", 10, lambda row: row.stored.language),
    Column("shown_as", 32, lambda row: row.stored.shown_as),  # None: not among the names
    Column("news", 14, lambda row: row.stored.news),
    Column("text_sha256", 20, lambda row: row.stored.text_sha256),  # of the text that was signed
    Column("version", 10, lambda row: row.stored.version),  # of that text in its language; None: it was not kept
    Column("sealed_for", 20, lambda row: row.stored.sealed_for),  # the text signed first, where the signer took over a later one
    Column("source", 10, lambda _row: ONLINE),
)
COLUMN_NAMES = tuple(column.name for column in COLUMNS)


def values(row: NamedTuple, columns: Sequence[Column] = COLUMNS) -> dict[str, Value]:
    """Return the values of a row by the names of the columns."""
    return {column.name: column.value(row) for column in columns}


def texts(row: NamedTuple, columns: Sequence[Column] = COLUMNS) -> list[str]:
    """Return the values of a row as text."""
    return [text(column.value(row)) for column in columns]


def text(value: Value) -> str:
    """Return a value as text: nothing for what is not given, yes or no for true and false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
