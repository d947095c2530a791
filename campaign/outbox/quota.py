"""The quota: how many e-mails the mail server takes from us in a while, used up and never exceeded by all mail workers together.

Any so many seconds count, not those of the clock, as we do not know when the server's minute begins.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.database import Base, Database
from campaign.mail_url import rate_of

LOCK = b"handover"
LATELY = timedelta(minutes=15)  # in which e-mails that were due may have waited for the quota alone
MARGIN = 1.02  # an e-mail may reach the server a little later than the one before it did


class HandedOver(Base):
    """The moment at which one e-mail was handed over, kept for as long as it explains why others wait."""

    __tablename__ = "handed_over"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Quota:
    """So many e-mails in any time as long as `window`."""

    number: int
    window: timedelta

    @classmethod
    def of(cls, mail_url: str) -> "Quota | None":
        """Return the one that a mail URL names."""
        rate = rate_of(mail_url)
        return cls(rate[0], timedelta(seconds=rate[1] * MARGIN)) if rate else None

    def has_room(self, session: Session, at: datetime) -> bool:
        """Return whether one more may be handed over now."""
        return not self._is_used_up(session, since=at - self.window)

    def was_used_up(self, session: Session, at: datetime) -> bool:
        """Return whether e-mails wait for the quota, or lately did."""
        return self._is_used_up(session, since=at - self.window - LATELY)

    def _is_used_up(self, session: Session, *, since: datetime) -> bool:
        newest = sa.select(HandedOver.at).where(HandedOver.at > since).order_by(HandedOver.at.desc())
        return session.scalar(newest.offset(self.number - 1).limit(1)) is not None


def hold(database: Database, session: Session) -> None:
    """Let no other worker use the quota until the session commits."""
    database.lock(session, LOCK)


def note(session: Session, at: datetime) -> None:
    """Note that an e-mail is handed over; the session holds the quota."""
    session.add(HandedOver(at=at))


def give_back(session: Session, at: datetime) -> None:
    """Forget one that was noted for this moment: the mail server did not take it."""
    one = sa.select(HandedOver.id).where(HandedOver.at == at).limit(1).scalar_subquery()
    session.execute(sa.delete(HandedOver).where(HandedOver.id == one))


def purge(database: Database, quota: Quota | None, at: datetime) -> None:
    """Forget what was handed over so long ago that it does not matter, without a quota all of it."""
    forgotten = sa.delete(HandedOver)
    with database.writing() as session:
        session.execute(forgotten.where(HandedOver.at <= at - quota.window - LATELY) if quota else forgotten)
