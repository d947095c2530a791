"""The accounts of the desk: added by a command, set up by their owner from a link, ended by a command."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto.sealing import new_token, token_hash
from campaign.organizers import audit, ledger
from campaign.organizers.actions import Action
from campaign.organizers.auth import factors, sessions
from campaign.organizers.models import ORGANIZER, Account, AuditEntry, Desk, KnownDevice, LoginAttempts, RecoveryCode, Request
from campaign.petition.forgotten import Kind, remember_number

SETUP_LINK_LIFETIME = timedelta(days=3)


class AccountError(Exception):
    """There is no such account, or there is one already; its text is one sentence."""


def add(session: Session, email: str, role: str, moment: datetime) -> str:
    """Make an account and return the token of the link to set it up; raise AccountError when the address has one."""
    ledger.begin_change(session)
    if find_account(session, email):
        raise AccountError(f"{email} already has an account. `campaign organizers reset` makes a new link for it.")
    account = Account(email=email.casefold(), role=role, last_step=0)
    session.add(account)
    token = _new_setup_link(account, moment)
    audit.record(session, "", Action.ACCOUNT_ADDED, account=account.email, role=role)
    _turn_four_eyes_on(session, account)
    return token


def reset(session: Session, email: str, moment: datetime) -> str:
    """End an account's sessions, passphrase, second factor, requests and counted attempts; return the token of a new link."""
    ledger.begin_change(session)
    account = get_account(session, email)
    if not ledger.is_ours(session, account):
        raise AccountError(f"The account of {email} was not written by this site: remove it, and add it again.")
    token = _new_setup_link(account, moment)
    account.passphrase_hash = account.factor_box = account.ready_at = None
    remember_number(session, Kind.ACCESS, account.id)
    sessions.end_sessions(session, account)
    end_requests(session, account, moment)
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    session.execute(sa.delete(KnownDevice).where(KnownDevice.account_id == account.id))
    # else strangers could keep the owner out
    session.execute(sa.delete(LoginAttempts).where(LoginAttempts.account_id == account.id))
    audit.record(session, "", Action.ACCOUNT_RESET, account=account.email)
    return token


def remove(session: Session, email: str, moment: datetime) -> None:
    """Remove an account with everything that belongs to it; what it asked for and nobody agreed to is over."""
    ledger.begin_change(session)
    account = get_account(session, email)
    end_requests(session, account, moment)
    session.execute(sa.delete(Account).where(Account.id == account.id))
    remember_number(session, Kind.ACCOUNT, account.id)
    audit.record(session, "", Action.ACCOUNT_REMOVED, account=account.email)


def list_accounts(session: Session) -> list[Account]:
    """Return all accounts, by address."""
    return list(session.scalars(sa.select(Account).order_by(Account.email)))


def list_ready_organizers(session: Session) -> list[Account]:
    """Return the organizers whose accounts are set up; the desk tells them what one of them did alone."""
    return list(session.scalars(sa.select(Account).where(Account.role == ORGANIZER, Account.ready_at.is_not(None))))


def find_account(session: Session, email: str) -> Account | None:
    """Return the account of an address, in upper or lower case."""
    return session.scalar(sa.select(Account).where(Account.email == email.strip().casefold()))


def find_ready_account(session: Session, email: str) -> Account | None:
    """Return the account of an address, if its owner has set it up and nobody has locked it."""
    account = find_account(session, email)
    return account if account and account.is_open and ledger.is_ours(session, account) else None


def get_account(session: Session, email: str) -> Account:
    """Return the account of an address; raise AccountError."""
    account = find_account(session, email)
    if account is None:
        raise AccountError(f"There is no account for {email}.")
    return account


def get_by_setup_token(session: Session, token: str, moment: datetime) -> Account | None:
    """Return the account that a link sets up, while the link is valid."""
    account = session.scalar(sa.select(Account).where(Account.link_hash == token_hash(token), Account.link_until > moment))
    return account if account and not account.locked_at and ledger.is_ours(session, account) else None


def choose_passphrase(session: Session, account: Account, kept: str, key: bytes) -> None:
    """Take the first step of the setup: store a passphrase, hashed before, and make the secret of the second factor."""
    ledger.begin_change(session)
    account.passphrase_hash = kept
    remember_number(session, Kind.ACCESS, account.id)
    factors.set_new_secret(key, account)


def confirm_second_factor(session: Session, account: Account, code: str, key: bytes, moment: datetime) -> list[str] | None:
    """Take the second step: end the link and return the recovery codes, or None if the first code of the app is wrong."""
    if not factors.use_code(session, key, account, code, moment):
        return None
    account.ready_at, account.link_hash, account.link_until = moment, None, None
    audit.record(session, account.email, Action.ACCOUNT_SET_UP)
    return factors.new_recovery_codes(session, account)


def change_passphrase(session: Session, account: Account, kept: str) -> None:
    """Store a new passphrase, hashed before, and end every session of the account."""
    ledger.begin_change(session)
    account.passphrase_hash = kept
    remember_number(session, Kind.ACCESS, account.id)
    sessions.end_sessions(session, account)
    audit.record(session, account.email, Action.PASSPHRASE_CHANGED)


def change_authenticator(session: Session, account: Account, secret: str, code: str, key: bytes, moment: datetime) -> bool:
    """Have codes of another telephone taken from now on, and no older ones; return False where the first code is wrong."""
    if not factors.replace_secret(session, key, account, secret, code, moment):
        return False
    remember_number(session, Kind.ACCESS, account.id)
    audit.record(session, account.email, Action.AUTHENTICATOR_CHANGED)
    return True


def previous_visit(session: Session, account: Account) -> datetime | None:
    """Return when the owner logged in before the last time."""
    theirs = AuditEntry.by == account.email, AuditEntry.act == Action.LOGGED_IN.value
    newest = sa.select(AuditEntry.at).where(*theirs).order_by(AuditEntry.number.desc())
    return session.scalar(newest.offset(1).limit(1))


def end_requests(session: Session, account: Account, moment: datetime) -> None:
    """End the open requests of an account: somebody else may have made them."""
    theirs = sa.update(Request).where(Request.asked_by == account.email, Request.decided_at.is_(None))
    session.execute(theirs.values(decided_at=moment, decided_by=""))


def _new_setup_link(account: Account, moment: datetime) -> str:
    token = new_token()
    account.link_hash, account.link_until = token_hash(token), moment + SETUP_LINK_LIFETIME
    return token


def _turn_four_eyes_on(session: Session, account: Account) -> None:
    """Turn the rule of a second agreement on again with a new organizer."""
    desk = session.get_one(Desk, 1)
    if account.role == ORGANIZER and desk.four_eyes_off_at:
        desk.four_eyes_off_at = None
        audit.record(session, "", Action.FOUR_EYES_ON)
