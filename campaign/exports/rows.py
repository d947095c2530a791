"""The confirmed signatures, read page by page, and the columns they are exported with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from campaign.database import Database
from campaign.petition.counting import confirmed
from campaign.petition.models import Signature

PAGE = 500
ONLINE = "online"


class Stored(NamedTuple):
    """One signature as it is kept: nobody's name and address can be read in it."""

    id: bytes
    confirmed_on: date
    country: str | None
    language: str
    shown_as: str | None
    news: bool
    text_sha256: str
    sealed: bytes


class Row(NamedTuple):
    """One signature as it is exported: the columns in their order."""

    number: int  # in this document, from 1
    confirmed_on: str  # ISO 8601, a day
    name: str
    email: str
    country: str | None  # ISO 3166
    language: str
    shown_as: str | None  # none: not among the names
    news: bool
    text_sha256: str  # of the text that was signed
    source: str


@dataclass(frozen=True)
class Wanted:
    """Which signatures to export: from a day on, of one country; all of them by default."""

    since: date | None = None
    country: str | None = None

    def select(self) -> sa.Select[Any]:
        """The statement that finds them."""
        found = confirmed()
        if self.since:
            found = found.where(Signature.confirmed_on >= self.since)
        if self.country:
            found = found.where(Signature.country == self.country)
        return found


def count(database: Database, wanted: Wanted) -> int:
    """How many signatures are wanted now."""
    number = wanted.select().with_only_columns(sa.func.count(), maintain_column_froms=True)
    with database.reading() as session:
        return session.scalar(number) or 0


def pages(database: Database, wanted: Wanted) -> Iterator[list[Stored]]:
    """The signatures by day and in the order of chance within a day.

    Each page is a reading of its own, so that the database's log can be emptied in the middle of an export.
    """
    columns = [getattr(Signature, name) for name in Stored._fields]
    key = sa.tuple_(Signature.confirmed_on, Signature.id)
    first = wanted.select().with_only_columns(*columns).order_by(*key).limit(PAGE)
    statement = first
    while True:
        with database.reading() as session:
            page = [Stored._make(row) for row in session.execute(statement)]
        if page:
            yield page
        if len(page) < PAGE:
            return
        last = (sa.literal(page[-1].confirmed_on), sa.literal(page[-1].id, sa.LargeBinary))
        statement = first.where(key > sa.tuple_(*last))
