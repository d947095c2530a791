"""Guessing is slowed without locking the owner out: wrong guesses are counted in the database, those of strangers apart from
those that come from a browser the owner has logged in with.

At most 100 guesses of an account are looked at in a day: 60 of all strangers together, 10 of each of four known browsers.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto.sealing import token_hash
from campaign.database import insert
from campaign.organizers.models import Account, Guesses, KnownDevice

OF_STRANGERS, OF_A_DEVICE, DEVICES = 60, 10, 4
FREE = 3  # guesses before it becomes slow
LONGEST_WAIT = timedelta(minutes=15)
DEVICE_LIFE = timedelta(days=365)
STRANGERS = b""
NOBODY = 0  # whose guesses are counted too, so that the answer takes as long where there is no account


def whose(session: Session, account: Account | None, device: str | None, moment: datetime) -> bytes:
    """Under which name a guess is counted: that of a browser known for the account, or the one of all strangers."""
    known = session.get(KnownDevice, token_hash(device or ""))
    is_known = account and known and known.account_id == account.id and moment - known.used_at < DEVICE_LIFE
    return known.token_hash if known and is_known else STRANGERS


def take(session: Session, account: Account | None, device: bytes, moment: datetime) -> bool:
    """Counts a guess before it is looked at; False when there were too many today, or the last was too short a time ago."""
    key = {"account_id": account.id if account else NOBODY, "day": moment.date(), "device": device}
    session.execute(insert(session, Guesses).values(**key, wrong=0, next_at=moment).on_conflict_do_nothing())
    row = session.get_one(Guesses, key, with_for_update=True)
    if row.wrong >= (OF_STRANGERS if device == STRANGERS else OF_A_DEVICE) or row.next_at > moment:
        return False
    row.wrong += 1
    row.next_at = moment + wait(row.wrong)
    return True


def give_back(session: Session, account: Account, device: bytes, moment: datetime) -> None:
    """The guess was right: it counts nowhere, and the next one need not wait."""
    theirs = Guesses.account_id == account.id, Guesses.day == moment.date(), Guesses.device == device
    session.execute(sa.update(Guesses).where(*theirs).values(wrong=Guesses.wrong - 1, next_at=moment))


def wait(wrong: int) -> timedelta:
    """How long after so many wrong guesses the next one is not looked at: two seconds, then twice as long each time."""
    if wrong < FREE:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(wrong - FREE + 1, 10)), LONGEST_WAIT)


def wrong_today(session: Session, account: Account, moment: datetime) -> int:
    """How many were wrong today."""
    theirs = Guesses.account_id == account.id, Guesses.day == moment.date()
    return session.scalar(sa.select(sa.func.sum(Guesses.wrong)).where(*theirs)) or 0


def is_known(session: Session, device: str | None) -> bool:
    """Whether somebody has logged in with this browser."""
    return session.get(KnownDevice, token_hash(device or "")) is not None


def remember(session: Session, account: Account, device: str, moment: datetime) -> None:
    """The owner has logged in with this browser; the one that was not used for longest is forgotten for it."""
    session.merge(KnownDevice(token_hash=token_hash(device), account_id=account.id, used_at=moment))
    session.flush()
    newest = sa.select(KnownDevice).where(KnownDevice.account_id == account.id).order_by(KnownDevice.used_at.desc())
    for old in session.scalars(newest.offset(DEVICES)):
        session.delete(old)
