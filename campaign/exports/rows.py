"""The confirmed signatures, read page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Self

import sqlalchemy as sa

from campaign.database import Database
from campaign.petition.counting import confirmed
from campaign.petition.models import Signature

PAGE = 500


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
        found = confirmed(*columns)
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
        """What is said about it, as plain text; nothing of what is left open."""
        given = {name: getattr(self, name) for name in ("since", "until", "country", "language")}
        return {name: str(value) for name, value in given.items() if value} | ({"shown": "✓"} if self.shown else {})

    @classmethod
    def of(cls, facts: dict[str, str]) -> Self:
        """What `facts` says, read again."""
        days = {name: date.fromisoformat(facts[name]) for name in ("since", "until") if name in facts}
        return cls(**days, country=facts.get("country"), language=facts.get("language"), shown="shown" in facts)


def count_rows(database: Database, wanted: SignatureFilter) -> int:
    """How many signatures are wanted now."""
    number = wanted.select(sa.func.count())
    with database.reading() as session:
        return session.scalar(number) or 0


def read_pages(database: Database, wanted: SignatureFilter) -> Iterator[list[StoredSignature]]:
    """The signatures by day and in the order of chance within a day.

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
