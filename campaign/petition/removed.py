"""The records of what was removed: kept apart for a week, so that it can be undone, and then only as a number."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base
from campaign.petition.models import NameReviewColumns, SignatureColumns

REASONS = ("duplicate", "not_real", "abuse", "asked")
UNDO_FOR = timedelta(days=7)


class Removal(Base):
    """Signatures that an organizer looked at to remove them together. Once they are removed, this line stays for ever."""

    __tablename__ = "removal"

    id: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(sa.String(320))  # the e-mail of an account
    proposed_at: Mapped[datetime]
    ids: Mapped[bytes] = mapped_column(sa.LargeBinary)  # those that were seen, 16 bytes each; empty once they are removed
    number: Mapped[int]  # of those that were seen; once removed, of those that were still there
    reason: Mapped[str | None] = mapped_column(sa.String(20))
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    undone_at: Mapped[datetime | None]
    restored: Mapped[int | None]  # how many came back

    @property
    def ends_on(self) -> date | None:
        """The day on which what was removed is deleted for good."""
        return (self.done_at + UNDO_FOR).date() if self.done_at else None


class Removed(SignatureColumns, Base):
    """A signature that does not count: removed by an organizer, kept for a week in case that was wrong."""

    __tablename__ = "removed"
    __table_args__ = (sa.Index("ix_removed_confirmed_on_id", "confirmed_on", "id"), sa.Index("ix_removed_tag", "tag"))

    removal_id: Mapped[int] = mapped_column(sa.ForeignKey("removal.id"), index=True)
    removal: Mapped[Removal] = relationship(lazy="joined", innerjoin=True)


class RemovedNameReview(NameReviewColumns, Base):
    """What was to be looked at of a removed signature, or was refused: it comes back with it."""

    __tablename__ = "removed_review"
    __table_args__ = ({"sqlite_with_rowid": False},)

    signature_id: Mapped[bytes] = mapped_column(
        sa.LargeBinary(16), sa.ForeignKey("removed.id", ondelete="CASCADE"), primary_key=True
    )
