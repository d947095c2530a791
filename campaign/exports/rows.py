"""The confirmed signatures, read page by page, and the columns of an export: a new column is one line in COLUMNS."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Self

import sqlalchemy as sa

from campaign.database import Database
from campaign.petition.counting import counted
from campaign.petition.models import Signature

PAGE = 500  # signatures
ONLINE = "online"
Value = str | int | bool | None


class StoredSignature(NamedTuple):
    """One signature as it is kept: nobody's name and address can be read in it."""

    id: bytes
    confirmed_on: date
    country: str | None
    language: str
    shown_as: str | None
    news: bool
    text_sha256: str
    sealed: bytes


class ExportRow(NamedTuple):
    """One signature that was opened."""

    number: int  # in this document, from 1
    stored: StoredSignature
    name: str
    email: str


@dataclass(frozen=True)
class SignatureFilter:
    """Which signatures to export: of some days, one country, one language, those whose names are shown; all by default."""

    since: date | None = None
    until: date | None = None  # this day is in it
    country: str | None = None
    language: str | None = None  # in which they signed
    shown: bool = False

    def select(self, *columns: Any) -> sa.Select[Any]:
        """Return the statement that finds them, or columns of them."""
        found = counted(*columns)
        if self.since:
            found = found.where(Signature.confirmed_on >= self.since)
        if self.until:
            found = found.where(Signature.confirmed_on <= self.until)
        if self.country:
            found = found.where(Signature.country == self.country)
        if self.language:
            found = found.where(Signature.language == self.language)
        if self.shown:
            found = found.where(Signature.shown_as.is_not(None))
        return found

    def details(self) -> dict[str, str]:
        """Return what is said about it, as plain text; nothing of what is left open."""
        given = {name: getattr(self, name) for name in ("since", "until", "country", "language")}
        return {name: str(value) for name, value in given.items() if value} | ({"shown": "✓"} if self.shown else {})

    @classmethod
    def of(cls, facts: dict[str, str]) -> Self:
        """Return the filter that `facts` describe."""
        days = {name: date.fromisoformat(facts[name]) for name in ("since", "until") if name in facts}
        return cls(**days, country=facts.get("country"), language=facts.get("language"), shown="shown" in facts)


def count_rows(database: Database, wanted: SignatureFilter) -> int:
    """Return how many signatures are wanted now."""
    number = wanted.select(sa.func.count())
    with database.reading() as session:
        return session.scalar(number) or 0


def read_pages(database: Database, wanted: SignatureFilter) -> Iterator[list[StoredSignature]]:
    """Yield the signatures by day and in the order of chance within a day.

    Each page is a reading of its own, so that the database's log can be emptied in the middle of an export.
    """
    columns = [getattr(Signature, name) for name in StoredSignature._fields]
    key = sa.tuple_(Signature.confirmed_on, Signature.id)
    first = wanted.select(*columns).order_by(*key).limit(PAGE)
    statement = first
    while True:
        with database.reading() as session:
            page = [StoredSignature._make(row) for row in session.execute(statement)]
        if page:
            yield page
        if len(page) < PAGE:
            return
        last = (sa.literal(page[-1].confirmed_on), sa.literal(page[-1].id, sa.LargeBinary))
        statement = first.where(key > sa.tuple_(*last))


@dataclass(frozen=True)
class Column:
    """One column: its name, its width in a spreadsheet in characters, and what stands in it."""

    name: str
    width: int
    value: Callable[[ExportRow], Value]


COLUMNS = (
    Column("number", 10, lambda row: row.number),
    Column("confirmed_on", 14, lambda row: row.stored.confirmed_on.isoformat()),
    Column("name", 32, lambda row: row.name),
    Column("email", 36, lambda row: row.email),
    Column("country", 10, lambda row: row.stored.country),  # ISO 3166
    Column("language", 10, lambda row: row.stored.language),
    Column("shown_as", 32, lambda row: row.stored.shown_as),  # None: not among the names
    Column("news", 8, lambda row: row.stored.news),
    Column("text_sha256", 20, lambda row: row.stored.text_sha256),  # of the text that was signed
    Column("source", 10, lambda _row: ONLINE),
)
COLUMN_NAMES = tuple(column.name for column in COLUMNS)


def values(row: ExportRow) -> dict[str, Value]:
    """Return the values of a row by the names of the columns."""
    return {column.name: column.value(row) for column in COLUMNS}


def texts(row: ExportRow) -> list[str]:
    """Return the values of a row as text."""
    return [text(column.value(row)) for column in COLUMNS]


def text(value: Value) -> str:
    """Return a value as text: nothing for what is not given, yes or no for true and false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
