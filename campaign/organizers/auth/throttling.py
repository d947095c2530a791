"""Guessing is slowed without locking the owner out: wrong guesses are counted in the database, those of strangers apart from
those that come from a browser the owner has logged in with.

At most 100 guesses of an account are looked at in a day: 60 of all strangers together, 10 of each of four known browsers.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto.sealing import token_hash
from campaign.database import insert
from campaign.organizers.models import Account, KnownDevice, LoginAttempts

MAX_UNKNOWN_ATTEMPTS, MAX_DEVICE_ATTEMPTS, MAX_KNOWN_DEVICES = 60, 10, 4
FREE_ATTEMPTS = 3  # guesses before it becomes slow
MAX_DELAY = timedelta(minutes=15)
DEVICE_LIFETIME = timedelta(days=365)
UNKNOWN_DEVICES = b""
NO_ACCOUNT = 0  # whose guesses are counted too, so that the answer takes as long where there is no account


def throttle_key(session: Session, account: Account | None, device: str | None, moment: datetime) -> bytes:
    """Return the key that attempts are counted under: a browser known for the account, or UNKNOWN_DEVICES."""
    known = session.get(KnownDevice, token_hash(device or ""))
    is_known = account and known and known.account_id == account.id and moment - known.used_at < DEVICE_LIFETIME
    return known.token_hash if known and is_known else UNKNOWN_DEVICES


def register_attempt(session: Session, account: Account | None, device: bytes, moment: datetime) -> bool:
    """Count an attempt before it is checked; return False when there were too many today, or it came too early."""
    key = {"account_id": account.id if account else NO_ACCOUNT, "day": moment.date(), "device": device}
    session.execute(insert(session, LoginAttempts).values(**key, wrong=0, next_at=moment).on_conflict_do_nothing())
    row = session.get_one(LoginAttempts, key, with_for_update=True)
    if row.wrong >= (MAX_UNKNOWN_ATTEMPTS if device == UNKNOWN_DEVICES else MAX_DEVICE_ATTEMPTS) or row.next_at > moment:
        return False
    row.wrong += 1
    row.next_at = moment + delay_after(row.wrong)
    return True


def forgive_attempt(session: Session, account: Account, device: bytes, moment: datetime) -> None:
    """Take back an attempt that was right, so that the next one need not wait."""
    theirs = LoginAttempts.account_id == account.id, LoginAttempts.day == moment.date(), LoginAttempts.device == device
    session.execute(sa.update(LoginAttempts).where(*theirs).values(wrong=LoginAttempts.wrong - 1, next_at=moment))


def delay_after(wrong: int) -> timedelta:
    """Return how long the next attempt must wait after so many wrong ones: two seconds, then twice as long each time."""
    if wrong < FREE_ATTEMPTS:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(wrong - FREE_ATTEMPTS + 1, 10)), MAX_DELAY)


def failed_today(session: Session, account: Account, moment: datetime) -> int:
    """Return how many attempts were wrong today."""
    theirs = LoginAttempts.account_id == account.id, LoginAttempts.day == moment.date()
    return session.scalar(sa.select(sa.func.sum(LoginAttempts.wrong)).where(*theirs)) or 0


def is_known_device(session: Session, device: str | None) -> bool:
    """Return whether somebody has logged in with this browser."""
    return session.get(KnownDevice, token_hash(device or "")) is not None


def remember_device(session: Session, account: Account, device: str, moment: datetime) -> None:
    """Remember a browser that the owner logged in with; forget the one that was not used for longest."""
    session.merge(KnownDevice(token_hash=token_hash(device), account_id=account.id, used_at=moment))
    session.flush()
    newest = sa.select(KnownDevice).where(KnownDevice.account_id == account.id).order_by(KnownDevice.used_at.desc())
    for old in session.scalars(newest.offset(MAX_KNOWN_DEVICES)):
        session.delete(old)
