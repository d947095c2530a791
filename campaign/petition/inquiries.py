"""What people ask of the campaign: what, since when, until when it is to be answered, what was done; never who asked."""

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.database import Base

KINDS = ("not_signed", "access", "deletion", "other")
OUTCOMES = ("told", "deleted", "nothing", "declined", "lapsed")
ANSWERED_WITHIN = timedelta(days=28)  # GDPR, Article 12 (3): within a month, and February has 28 days
DUE_SOON = timedelta(days=7)
LONGEST_NOTE = 200  # characters
CLOSED_PER_PAGE = 50


class Inquiry(Base):
    """One question to the campaign. Who asked is nowhere in it."""

    __tablename__ = "inquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))  # one of KINDS
    came_on: Mapped[date]
    due_on: Mapped[date]  # the last day on which it is to be answered
    note: Mapped[str] = mapped_column(sa.String(LONGEST_NOTE))  # empty as soon as it is closed
    outcome: Mapped[str | None] = mapped_column(sa.String(20))  # one of OUTCOMES
    closed_on: Mapped[date | None]

    @property
    def is_open(self) -> bool:
        """Return whether it is still to be answered."""
        return self.closed_on is None


IS_OPEN = Inquiry.closed_on.is_(None)


def open_inquiries(session: Session) -> Sequence[Inquiry]:
    """Return what is to be answered, the nearest last day first."""
    return session.scalars(sa.select(Inquiry).where(IS_OPEN).order_by(Inquiry.due_on, Inquiry.id)).all()


def closed_inquiries(session: Session, before: int | None) -> tuple[Sequence[Inquiry], int | None]:
    """Return a page of what was answered, the newest first, and the number that the next page begins below."""
    closed = sa.select(Inquiry).where(~IS_OPEN).order_by(Inquiry.id.desc()).limit(CLOSED_PER_PAGE + 1)
    found = session.scalars(closed.where(Inquiry.id < before) if before is not None else closed).all()
    return found[:CLOSED_PER_PAGE], found[CLOSED_PER_PAGE - 1].id if len(found) > CLOSED_PER_PAGE else None


def due_inquiries(session: Session, today: date) -> Sequence[Inquiry]:
    """Return what is to be answered within a week, or should have been."""
    due = sa.select(Inquiry).where(IS_OPEN, Inquiry.due_on <= today + DUE_SOON)
    return session.scalars(due.order_by(Inquiry.due_on, Inquiry.id)).all()
