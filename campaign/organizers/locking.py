"""Lock a colleague's account at once, as when a telephone was taken: one organizer alone, one a day; unlocking needs two.

A locked account still counts as an organizer, so that locking cannot turn off the rule of two. Every organizer gets an e-mail.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from campaign.organizers import accounts, allowances, audit, four_eyes, ledger
from campaign.organizers.actions import Action
from campaign.organizers.auth import sessions
from campaign.organizers.models import Account, Request
from campaign.petition.forgotten import Kind, remember_number


class NotLockable(Exception):
    """The account is one's own or locked already, one's own was locked meanwhile, or another one was locked today."""


def lock(session: Session, number: int, *, by: Account, at: datetime) -> list[Account]:
    """Lock an account: its sessions and requests are over. Return the organizers to tell; raise NotLockable."""
    ledger.begin_change(session)
    account, mine = (session.get(Account, one, populate_existing=True) for one in (number, by.id))
    if account is None or account.id == by.id or account.locked_at or mine is None or not mine.is_open:
        raise NotLockable
    if allowances.is_used_up(session, by, Action.ACCOUNT_LOCKED):
        raise NotLockable
    account.locked_at = at
    remember_number(session, Kind.ACCESS, account.id)
    sessions.end_sessions(session, account)
    accounts.end_requests(session, account, at)
    audit.record(session, by.email, Action.ACCOUNT_LOCKED, account=account.email)
    return accounts.list_ready_organizers(session)


def request_unlocking(session: Session, number: int, *, by: Account, handlers: four_eyes.Handlers) -> Request:
    """Ask a second organizer to unlock an account; raise NotLockable where it is not locked. Asking twice is the same as once."""
    ledger.begin_change(session)
    account = session.get(Account, number)
    if account is None or account.locked_at is None:
        raise NotLockable
    facts = {"account": account.email}
    same = (one for one in four_eyes.pending(session) if (one.act, one.facts) == (Action.UNLOCKING, facts))
    return next(same, None) or four_eyes.request_approval(session, by, Action.UNLOCKING, facts, handlers)


def unlock_agreed(session: Session, facts: dict[str, Any], by: str) -> None:
    """Unlock the account that two have agreed about; raise NotDecidable when it is gone."""
    account = accounts.find_account(session, facts["account"])
    if account is None or account.locked_at is None:
        raise four_eyes.NotDecidable
    account.locked_at = None
    audit.record(session, by, Action.ACCOUNT_UNLOCKED, account=account.email)
