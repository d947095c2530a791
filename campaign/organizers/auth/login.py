"""Check passphrase and code together, after counting the attempt; the answer never says what is wrong.

Guessing is slowed without locking the owner out: wrong guesses are counted in the database, those of strangers apart from
those that come from a browser the owner has logged in with. At most 100 guesses of an account are looked at in a day: 60 of
all strangers together, 10 of each of four known browsers.
"""

import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto.sealing import new_token, token_hash
from campaign.database import Database, insert
from campaign.organizers import accounts, audit, ledger
from campaign.organizers.actions import Action
from campaign.organizers.auth import factors, sessions
from campaign.organizers.auth.factors import use_code
from campaign.organizers.models import Account, KnownDevice, Login, LoginAttempts

ATTEMPTS_LIFETIME = timedelta(days=2)
MAX_UNKNOWN_ATTEMPTS, MAX_DEVICE_ATTEMPTS, MAX_KNOWN_DEVICES = 60, 10, 4
FREE_ATTEMPTS = 3  # guesses before it becomes slow
MAX_DELAY = timedelta(minutes=15)
DEVICE_LIFETIME = timedelta(days=365)
UNKNOWN_DEVICES = b""
NO_ACCOUNT = 0  # whose guesses are counted too, by address, so that the answer is the same where there is no account
ADDRESS_BYTES = 2  # of a code over an address without an account: some share one, and so they do not fill the table


@dataclass(frozen=True)
class Credentials:
    """What somebody typed, and what their browser keeps of an earlier login."""

    passphrase: str
    code: str
    device: str | None
    email: str = ""  # as it was typed


@dataclass(frozen=True)
class LoginResult:
    """What the browser keeps: of this login, and of having been here."""

    token: str
    device: str


def log_in(database: Database, key: bytes, email: str, credentials: Credentials, moment: datetime) -> LoginResult | None:
    """Begin a login; return None if anything is wrong, also if there is no such account."""
    with database.reading() as session:
        account = accounts.find_ready_account(session, email)
    begun: list[LoginResult] = []

    def note(session: Session, found: Account) -> None:
        begun.append(begin_login(session, found, credentials, moment))

    verify_credentials(database, key, account, credentials, moment, note)
    return begun[0] if begun else None


def verify_credentials(
    database: Database,
    key: bytes,
    account: Account | None,
    credentials: Credentials,
    moment: datetime,
    then: Callable[[Session, Account], object],
) -> bool:
    """Return whether passphrase and code are the account's; if so, call `then` in the transaction that uses the code up.

    One transaction stores the attempt before it is checked. Argon2 runs outside of any, so that nobody waits for it; an attempt
    that came too early costs none. As it is counted by the address that was typed, its quick answer says nothing of accounts.
    """
    device = _count_attempt(database, key, account, credentials, moment)
    if device is None:
        return False
    kept = account.passphrase_hash if account else None
    if not factors.verify_passphrase(credentials.passphrase, kept) or account is None:
        return False
    with database.writing() as session:
        ledger.begin_change(session)
        found = session.get(Account, account.id)
        if not found or found.locked_at or found.passphrase_hash != kept or not ledger.is_ours(session, found):
            return False
        if not use_code(session, key, found, credentials.code, moment):
            return False
        forgive_attempt(session, found, device, moment)
        then(session, found)
    return True


def _count_attempt(
    database: Database, key: bytes, account: Account | None, credentials: Credentials, moment: datetime
) -> bytes | None:
    """Count the attempt; return None when it must not be checked."""
    with database.writing() as session:
        if account is None:
            device = address_key(key, credentials.email)
        else:
            device = throttle_key(session, account, credentials.device, moment)
        return device if register_attempt(session, account, device, moment) else None


def begin_login(session: Session, account: Account, credentials: Credentials, moment: datetime) -> LoginResult:
    """Begin a login under a new token, and remember the browser."""
    is_known = throttle_key(session, account, credentials.device, moment) != UNKNOWN_DEVICES
    device = credentials.device if is_known and credentials.device else new_token()
    remember_device(session, account, device, moment)
    result = LoginResult(sessions.begin_session(session, account, moment), device)
    wrong = failed_today(session, account, moment)
    audit.record(session, account.email, Action.LOGGED_IN, **{"wrong_today": wrong} if wrong else {})
    return result


def purge(database: Database, moment: datetime) -> None:
    """Delete logins that are over, attempts of other days, and browsers not used for a year."""
    over = (
        sa.delete(Login).where(
            sa.or_(Login.seen_at < moment - sessions.IDLE_TIMEOUT, Login.began_at < moment - sessions.ABSOLUTE_TIMEOUT)
        ),
        sa.delete(LoginAttempts).where(LoginAttempts.day < (moment - ATTEMPTS_LIFETIME).date()),
        sa.delete(KnownDevice).where(KnownDevice.used_at < moment - DEVICE_LIFETIME),
    )
    with database.writing() as session:
        with suppress(ledger.NotOurs):  # what is over goes, whatever is wrong with the desk
            ledger.begin_change(session)
        for statement in over:
            session.execute(statement)


def throttle_key(session: Session, account: Account | None, device: str | None, moment: datetime) -> bytes:
    """Return the key that attempts are counted under: a browser known for the account, or UNKNOWN_DEVICES."""
    known = session.get(KnownDevice, token_hash(device or ""))
    if not account or not known or known.account_id != account.id or moment - known.used_at >= DEVICE_LIFETIME:
        return UNKNOWN_DEVICES
    return known.token_hash if ledger.is_ours(session, known) else UNKNOWN_DEVICES


def address_key(key: bytes, email: str) -> bytes:
    """Return the key that attempts are counted under at an address without an account; it says nothing of the address."""
    return hmac.digest(key, b"guessed address:" + email.strip().casefold().encode(), "sha256")[:ADDRESS_BYTES]


def register_attempt(session: Session, account: Account | None, device: bytes, moment: datetime) -> bool:
    """Count an attempt before it is checked; return False when there were too many today, or it came too early."""
    key = {"account_id": account.id if account else NO_ACCOUNT, "day": moment.date(), "device": device}
    session.execute(insert(session, LoginAttempts).values(**key, wrong=0, next_at=moment).on_conflict_do_nothing())
    row = session.get_one(LoginAttempts, key, with_for_update=True)
    is_known = account is not None and device != UNKNOWN_DEVICES
    if row.wrong >= (MAX_DEVICE_ATTEMPTS if is_known else MAX_UNKNOWN_ATTEMPTS) or row.next_at > moment:
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
    known = session.get(KnownDevice, token_hash(device or ""))
    return known is not None and ledger.is_ours(session, known)


def remember_device(session: Session, account: Account, device: str, moment: datetime) -> None:
    """Remember a browser that the owner logged in with; forget the one that was not used for longest."""
    ledger.begin_change(session)
    session.merge(KnownDevice(token_hash=token_hash(device), account_id=account.id, used_at=moment))
    session.flush()
    newest = sa.select(KnownDevice).where(KnownDevice.account_id == account.id).order_by(KnownDevice.used_at.desc())
    for old in session.scalars(newest.offset(MAX_KNOWN_DEVICES)):
        session.delete(old)
