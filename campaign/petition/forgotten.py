"""What a backup that is put back must not bring back: remembered in the transaction that takes it away.

Each entry is a random id or a number, never a tag, an address or a name. The entries go into a list beside the backups, see
campaign/backup/, and are dropped with the last backup that could hold what they name.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.database import Base, Database, insert, now, table

ID_SIZE = 16  # bytes
CHANGES_A_DAY = 1000  # numbers begin at this many for each day, so that those of a dropped entry do not come again
SINCE_ID = bytes(ID_SIZE)


class Kind(StrEnum):
    """What an entry says."""

    RECORD = "record"  # a submission or signature was deleted
    REMOVAL = "removal"  # a signature was removed by an organizer, `value` is the number of the removal; 0: it was put back
    NAME = "name"  # the shown words of a signature were hidden or changed
    ACCOUNT = "account"  # the account with this number was removed
    ACCESS = "access"  # how its owner gets in was changed
    CODE = "code"  # a recovery code was used or replaced: the first half of its hash
    SUPPORTER = "supporter"  # the supporter with this number was taken down, `value` 1, or deleted, 0
    SINCE = "since"  # no change: the list has everything from this day on


class ForgottenEntry(Base):
    """One thing that was removed, or its newest change."""

    __tablename__ = "forgotten"
    __table_args__ = {"sqlite_with_rowid": False}  # row numbers would tell in which order people left

    kind: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    id: Mapped[bytes] = mapped_column(sa.LargeBinary(ID_SIZE), primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger)  # grows with each change of the same thing
    value: Mapped[int]
    day: Mapped[date] = mapped_column(index=True)


_entry = table(ForgottenEntry)
IS_OVER = sa.and_(_entry.c.kind != Kind.SINCE.value, _entry.c.day < sa.bindparam("before"))


def remember(session: Session, kind: Kind, ids: Iterable[bytes], value: int = 0) -> None:
    """Remember that something was taken away, in the caller's transaction."""
    today = now().date()
    first = today.toordinal() * CHANGES_A_DAY
    rows = [{"kind": kind.value, "id": one, "number": first, "value": value, "day": today} for one in ids]
    if not rows:
        return
    new = insert(session, ForgottenEntry)
    next_number = sa.case((_entry.c.number >= new.excluded.number, _entry.c.number + 1), else_=new.excluded.number)
    changed = {"number": next_number, "value": new.excluded.value, "day": new.excluded.day}
    session.execute(new.on_conflict_do_update(index_elements=["kind", "id"], set_=changed), rows)


def remember_number(session: Session, kind: Kind, number: int, value: int = 0) -> None:
    """Remember what became of something that has a number, such as an account."""
    remember(session, kind, [number.to_bytes(ID_SIZE, "big")], value)


def remember_codes(session: Session, hashes: Iterable[bytes]) -> None:
    """Remember that recovery codes, by their hashes, do not work any more."""
    remember(session, Kind.CODE, [one[:ID_SIZE] for one in hashes])


def purge(database: Database, keep_days: int) -> None:
    """Drop what was taken away before the oldest backup that is still kept."""
    before = now().date() - timedelta(days=keep_days)
    with database.reading() as session:  # most of the time there is nothing, and looking costs no writer's turn
        if session.scalar(sa.select(_entry.c.id).where(IS_OVER).limit(1), {"before": before}) is None:
            return
    with database.writing() as session:
        session.execute(sa.delete(_entry).where(IS_OVER), {"before": before})
        since = sa.update(_entry).where(_entry.c.kind == Kind.SINCE.value, _entry.c.day < before)
        session.execute(since.values(day=before))
