"""The records of the petition. Nothing here can be read as a person without the private key, but the words shown."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Record


class Submission(Record):
    """What somebody sent and has not confirmed yet. It goes when its letter goes."""

    __tablename__ = "submission"

    id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), sa.ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[bytes] = mapped_column(sa.LargeBinary(32), index=True)  # finds the same mailbox, see sealing.tag
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))  # finds the same content, for the second click
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)  # name and e-mail
    shown_box: Mapped[bytes] = mapped_column(sa.LargeBinary)  # the words to show, locked until they are confirmed
    language: Mapped[str] = mapped_column(sa.String(8))
    country: Mapped[str | None] = mapped_column(sa.String(2))
    news: Mapped[bool]
    text_sha256: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]


class Signature(Record):
    """One person's name under the petition, confirmed. A day and no time; ids by chance, so no order within a day."""

    __tablename__ = "signature"
    __table_args__ = (
        sa.Index("ix_signature_confirmed_on_id", "confirmed_on", "id"),
        sa.Index(
            "ix_signature_shown",
            "confirmed_on",
            "id",
            sqlite_where=sa.text("shown_as IS NOT NULL"),
            postgresql_where=sa.text("shown_as IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},  # row numbers would tell in which order people signed
    )

    id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), primary_key=True)
    tag: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    shown_as: Mapped[str | None] = mapped_column(sa.Text)  # the signer's own words; none: not among the names
    language: Mapped[str] = mapped_column(sa.String(8))
    country: Mapped[str | None] = mapped_column(sa.String(2))
    news: Mapped[bool]
    text_sha256: Mapped[str] = mapped_column(sa.String(64))
    confirmed_on: Mapped[date]


class Tally(Record):
    """How many signatures went away on one day for one reason; all that remains of them."""

    __tablename__ = "tally"

    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(20), primary_key=True)  # withdrawn, removed
    number: Mapped[int]


class Publication(Record):
    """The published count and the state of the campaign that pages show; one row."""

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    confirmed: Mapped[int]
    withdrawn: Mapped[int]
    removed: Mapped[int]
    countries: Mapped[dict[str, int]] = mapped_column(sa.JSON)  # only cells of 20 and more
    as_of: Mapped[datetime]
    closed_on: Mapped[date | None]
    testimony_withdrawn_on: Mapped[date | None]
    is_sample: Mapped[bool]
