"""The numbers that the last count found, day by day: replaced from a day on, and summed without a look at the signatures."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.database import Base, table
from campaign.petition.models import DayCount

Cell = tuple[date, str, str, str]
CELL = ("day", "country", "language", "text_sha256")


class TextCount(Base):
    """The number of signatures of one day and text at the last count."""

    __tablename__ = "text_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    text_sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    number: Mapped[int]


Count = type[DayCount] | type[TextCount]


@dataclass(frozen=True)
class Recount:
    """The numbers of all days from one on, counted again."""

    since: date
    cells: Counter[Cell]  # by day, country (empty: none given), language and text
    moves: int  # Publication.text_moves at that moment

    @property
    def number(self) -> int:
        """Return the number of signatures of these days."""
        return self.cells.total()

    def summed(self, *names: str) -> Counter[tuple[Any, ...]]:
        """Return the numbers by some of what makes a cell, see CELL."""
        places, numbers = [CELL.index(name) for name in names], Counter[tuple[Any, ...]]()
        for cell, number in self.cells.items():
            numbers[tuple(cell[place] for place in places)] += number
        return numbers


def replace(session: Session, kind: Count, anew: Recount) -> None:
    """Keep what was counted again, in place of the numbers of these days."""
    names = [column.name for column in table(kind).primary_key]
    session.execute(sa.delete(kind).where(kind.day >= anew.since))
    rows = [dict(zip(names, key, strict=True)) | {"number": number} for key, number in anew.summed(*names).items()]
    if rows:
        session.execute(sa.insert(kind), rows)


def total(session: Session, before: date = date.max, *, kind: Count = DayCount) -> int:
    """Return how many signatures the last count found, all or those from before a day."""
    return session.scalar(sa.select(sa.func.sum(kind.number)).where(kind.day < before)) or 0


def by_text(session: Session, anew: Recount) -> dict[str, int]:
    """Return how many signatures each text has, by its hash: those of the days that were counted again, and of those before."""
    numbers = Counter({text: number for (text,), number in anew.summed("text_sha256").items()})
    older = sa.select(TextCount.text_sha256, sa.func.sum(TextCount.number)).where(TextCount.day < anew.since)
    for text, number in session.execute(older.group_by(TextCount.text_sha256)):
        numbers[text] += number
    return dict(numbers)
