"""Check passphrase and code together, after counting the attempt, with one answer whatever is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto.sealing import new_token
from campaign.database import Database
from campaign.organizers import accounts, audit
from campaign.organizers.actions import Action
from campaign.organizers.auth import passphrases, sessions, throttling
from campaign.organizers.auth.two_factor import use_code
from campaign.organizers.models import Account, KnownDevice, Login, LoginAttempts

ATTEMPTS_LIFETIME = timedelta(days=2)


@dataclass(frozen=True)
class Credentials:
    """What somebody typed, and what their browser keeps of an earlier login."""

    passphrase: str
    code: str
    device: str | None


@dataclass(frozen=True)
class LoginResult:
    """What the browser keeps: of this login, and of having been here."""

    token: str
    device: str


def log_in(database: Database, key: bytes, email: str, credentials: Credentials, moment: datetime) -> LoginResult | None:
    """Begin a login; return None whatever was wrong, also where there is no such account."""
    with database.reading() as session:
        account = accounts.find_ready_account(session, email)
    begun: list[LoginResult] = []

    def begin(session: Session, found: Account) -> None:
        begun.append(_begin(session, found, credentials, moment))

    verify_credentials(database, key, account, credentials, moment, begin)
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

    One transaction stores the attempt before it is checked. Argon2 runs outside of any, so that nobody waits for it.
    """
    device = _register_attempt(database, account, credentials, moment)
    kept = account.passphrase_hash if account and device is not None else None
    if not passphrases.verify_passphrase(credentials.passphrase, kept) or account is None or device is None:
        return False
    with database.writing() as session:
        found = session.get(Account, account.id)
        if not found or found.passphrase_hash != kept or not use_code(session, key, found, credentials.code, moment):
            return False
        throttling.forgive_attempt(session, found, device, moment)
        then(session, found)
    return True


def _register_attempt(database: Database, account: Account | None, credentials: Credentials, moment: datetime) -> bytes | None:
    """Count the attempt; return None when it must not be checked."""
    with database.writing() as session:
        device = throttling.throttle_key(session, account, credentials.device, moment)
        return device if throttling.register_attempt(session, account, device, moment) else None


def _begin(session: Session, account: Account, credentials: Credentials, moment: datetime) -> LoginResult:
    """Begin a login under a new token, and remember the browser."""
    is_known = throttling.throttle_key(session, account, credentials.device, moment) != throttling.UNKNOWN_DEVICES
    device = credentials.device if is_known and credentials.device else new_token()
    throttling.remember_device(session, account, device, moment)
    result = LoginResult(sessions.begin_session(session, account, moment), device)
    wrong = throttling.failed_today(session, account, moment)
    audit.record(session, account.email, Action.LOGGED_IN, **{"wrong_today": wrong} if wrong else {})
    return result


def purge(database: Database, moment: datetime) -> None:
    """Delete logins that are over, attempts of other days, and browsers not used for a year."""
    over = (
        sa.delete(Login).where(
            sa.or_(Login.seen_at < moment - sessions.IDLE_TIMEOUT, Login.began_at < moment - sessions.ABSOLUTE_TIMEOUT)
        ),
        sa.delete(LoginAttempts).where(LoginAttempts.day < (moment - ATTEMPTS_LIFETIME).date()),
        sa.delete(KnownDevice).where(KnownDevice.used_at < moment - throttling.DEVICE_LIFETIME),
    )
    with database.writing() as session:
        for statement in over:
            session.execute(statement)
