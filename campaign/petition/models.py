"""The records of the petition. Nothing here can be read as a person without the private key, but the words shown."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base

REASONS = ("duplicate", "not_real", "abuse", "asked")
UNDO_FOR = timedelta(days=7)


class Submission(Base):
    """A form that somebody sent and has not confirmed yet. It goes when its e-mail goes."""

    __tablename__ = "submission"

    id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), sa.ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[bytes] = mapped_column(sa.LargeBinary(33), index=True)  # finds the same mailbox, see sealing.mailbox_tag
    first_tag: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary(32)
    )  # finds a signature of before, see sealing.first_mailbox_tag
    address_tag: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))  # tells spellings apart; none: from before it was kept
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))  # finds the same content, for the second click
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)  # name and e-mail
    shown_box: Mapped[bytes] = mapped_column(sa.LargeBinary)  # the words to show, locked until they are confirmed
    language: Mapped[str] = mapped_column(sa.String(8))
    country: Mapped[str | None] = mapped_column(sa.String(2))
    news: Mapped[bool]
    text_sha256: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    delete_on: Mapped[date | None]  # as promised, see plan.py


COUNTS = "removal_id IS NULL AND held_in IS NULL"


def _index(name: str, *columns: str, where: str = COUNTS, unique: bool = False) -> sa.Index:
    """Return an index of some of the signatures: of those that count, where nothing else is said."""
    condition = sa.text(where)
    return sa.Index(f"ix_signature_{name}", *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


class Signature(Base):
    """One confirmed signature under the petition. A day and no time; ids by chance, so no order within a day.

    It counts while it belongs to no removal and to no held group, see counting.counted().
    """

    __tablename__ = "signature"
    __table_args__ = (
        _index("tag_standing", "tag", unique=True, where="removal_id IS NULL"),
        _index("tag_removed", "tag", where="removal_id IS NOT NULL"),  # see links.EACH_INDEX
        # The last two are always null. SQLite takes an index alone for an answer only when it has the columns of its condition.
        _index("confirmed_on_id", "confirmed_on", "id", "removal_id", "held_in"),
        _index("country_confirmed_on_id_language", "country", "confirmed_on", "id", "language", "removal_id", "held_in"),
        _index("language_confirmed_on_id_country", "language", "confirmed_on", "id", "country", "removal_id", "held_in"),
        _index("counted_by_text", "confirmed_on", "country", "language", "text_sha256", "removal_id", "held_in"),
        _index("shown", "confirmed_on", "id", where=f"{COUNTS} AND shown_as IS NOT NULL"),
        _index("held_in", "held_in", "removal_id", where="held_in IS NOT NULL"),
        _index("removal_id", "removal_id", where="removal_id IS NOT NULL"),
        _index("promised", "delete_on", where="delete_on IS NOT NULL"),
        _index("removed", "confirmed_on", "id", "removal_id", where="removal_id IS NOT NULL"),
        {"sqlite_with_rowid": False},  # row numbers would tell in which order people signed
    )

    id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), primary_key=True)
    tag: Mapped[bytes] = mapped_column(sa.LargeBinary(33))  # finds the same mailbox, see sealing.mailbox_tag
    address_tag: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))  # of the spelling it was signed with, as in Submission
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    shown_as: Mapped[str | None] = mapped_column(sa.Text)  # the signer's own words; none: not among the names
    language: Mapped[str] = mapped_column(sa.String(8))
    country: Mapped[str | None] = mapped_column(sa.String(2))
    news: Mapped[bool]
    text_sha256: Mapped[str] = mapped_column(sa.String(64))  # the version that it stands under, see versions.py
    sealed_for: Mapped[str | None] = mapped_column(sa.String(64))  # the one in its record, where its signer took over a later one
    confirmed_on: Mapped[date]
    removal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("removal.id"))  # an organizer removed it: it does not count
    held_in: Mapped[int | None] = mapped_column(sa.ForeignKey("wave.id"))  # the group that it is held in for review
    removal: Mapped["Removal | None"] = relationship(lazy="selectin")
    shown_from: Mapped[date | None]  # words that were chosen later are shown from this day on
    delete_on: Mapped[date | None]  # as promised, see plan.py; none: no day was set

    @property
    def first_shown_on(self) -> date:
        """Return the first day on which its words are shown, so that no moment tells who confirmed or changed them."""
        return self.shown_from or self.confirmed_on + timedelta(days=1)


class Removal(Base):
    """Signatures that an organizer reviewed to remove them together. Once they are removed, this line stays for ever."""

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
        """Return the day on which what was removed is deleted for good."""
        return (self.done_at + UNDO_FOR).date() if self.done_at else None


class Tally(Base):
    """The number of signatures that went away on one day for one reason; nothing else remains of them."""

    __tablename__ = "tally"

    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(20), primary_key=True)  # withdrawn, or why it was removed (REASONS)
    number: Mapped[int]


class Publication(Base):
    """The published count and the state of the campaign that pages show; one row."""

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    confirmed: Mapped[int]
    withdrawn: Mapped[int]
    removed: Mapped[int]
    held: Mapped[int] = mapped_column(server_default="0")  # confirmed, and held for review
    removed_by_reason: Mapped[dict[str, int]] = mapped_column(sa.JSON)
    countries: Mapped[dict[str, int]] = mapped_column(sa.JSON)  # only cells of 20 and more, in tens
    as_of: Mapped[datetime]
    closed_on: Mapped[date | None]
    testimony_withdrawn_on: Mapped[date | None]
    is_sample: Mapped[bool]
    counted_at: Mapped[datetime | None]  # the minute at which DayCount was taken
    mail_stopped_on: Mapped[date | None]
    names_hidden_on: Mapped[date | None]
    deleted_on: Mapped[date | None]  # on which the last record was deleted, as the plan said
    words_held_on: Mapped[date | None]  # since when new words wait to be looked at before they are shown
    signed_texts: Mapped[dict[str, int] | None] = mapped_column(sa.JSON)  # signatures by text_sha256
    text_moves: Mapped[int] = mapped_column(server_default="0")  # how often a signature was moved to a later text
    text_moves_counted: Mapped[int] = mapped_column(server_default="0")  # the same, when TextCount was taken
    author_hidden_on: Mapped[date | None]  # since when the author of the testimony is not named


class DayCount(Base):
    """The number of signatures of one day, country and language at the last count."""

    __tablename__ = "day_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(sa.String(2), primary_key=True)  # empty: none given
    language: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    number: Mapped[int]


class DeletedCount(Base):
    """The number of signatures of one day, country, language and text that were deleted on the promised day; they still count."""

    __tablename__ = "deleted_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(sa.String(2), primary_key=True)  # empty: none given
    language: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    text_sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    number: Mapped[int]


class RecentConfirmation(Base):
    """The hour in which a signature was confirmed, and its mail provider; deleted when the hour is over."""

    __tablename__ = "arrival"
    __table_args__ = {"sqlite_with_rowid": False}

    signature_id: Mapped[bytes] = mapped_column(
        sa.LargeBinary(16), sa.ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True
    )
    hour: Mapped[datetime]  # its beginning
    provider: Mapped[str] = mapped_column(sa.String(20))  # see outbox/mail_providers.py
    domain: Mapped[bytes] = mapped_column(sa.LargeBinary(8))  # tells the same domain again, and says nothing without the key


class DomainCount(Base):
    """The number of signatures from one small mail domain in a quarter of an hour; deleted a little over an hour later."""

    __tablename__ = "domain_count"
    __table_args__ = {"sqlite_with_rowid": False}

    domain: Mapped[bytes] = mapped_column(sa.LargeBinary(8), primary_key=True)  # as RecentConfirmation.domain
    quarter: Mapped[datetime] = mapped_column(primary_key=True)  # its beginning
    number: Mapped[int]
    wave_id: Mapped[int | None] = mapped_column(sa.ForeignKey("wave.id", ondelete="SET NULL"))  # where those beyond are held


class Burst(Base):
    """An hour with more signatures from one mail provider than usual, for an organizer to review; kept for 30 days.

    Or a group of signatures that are held for review: those beyond what one small domain may bring in an hour.
    """

    __tablename__ = "wave"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    hour: Mapped[int]  # 0 to 23, UTC
    provider: Mapped[str] = mapped_column(sa.String(20))  # `other`: one small provider, which is not named
    number: Mapped[int]
    looked_on: Mapped[date | None]  # and found to be in order
    is_held: Mapped[bool] = mapped_column(server_default=sa.false())  # a held group; `hour` is that of the first in it


class BurstMember(Base):
    """One signature of a wave."""

    __tablename__ = "wave_member"
    __table_args__ = {"sqlite_with_rowid": False}

    wave_id: Mapped[int] = mapped_column(sa.ForeignKey("wave.id", ondelete="CASCADE"), primary_key=True)
    signature_id: Mapped[bytes] = mapped_column(
        sa.LargeBinary(16), sa.ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class NameReview(Base):
    """The words of one signature that wait for review, or that an organizer has refused, for the signer to know."""

    __tablename__ = "review"
    __table_args__ = (sa.Index("ix_review_waiting", "refused_on", "day", "signature_id"), {"sqlite_with_rowid": False})

    signature_id: Mapped[bytes] = mapped_column(
        sa.LargeBinary(16), sa.ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date]  # on which the words were chosen
    held: Mapped[str | None] = mapped_column(sa.Text)  # words that are not shown yet; none: Signature.shown_as is shown already
    flags: Mapped[str] = mapped_column(sa.String(40))  # what is odd about them, see name_flags.py
    refused_on: Mapped[date | None]
    refused: Mapped[str | None] = mapped_column(sa.Text)  # the words, for a week, so that it can be undone
    reported_on: Mapped[date | None]  # somebody said that this is their name and that they did not sign
