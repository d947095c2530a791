"""Four eyes: one organizer requests an action that is hard to undo, and a second one must agree to it.

Asking stores the facts of an action; agreeing does it, once, in the same transaction. Both take the handlers, which say what is
done (views/requests.py lists them), so that nothing can be asked for that could not be agreed to. Where there is only one
organizer, that one can turn the rule off; it is on again as soon as there is another account.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import now
from campaign.exports.format import FILLED_IN
from campaign.organizers import audit, ledger
from campaign.organizers.actions import Action
from campaign.organizers.models import ORGANIZER, Account, Desk, Request

REQUEST_LIFETIME = timedelta(days=7)
Handler = Callable[[Session, dict[str, Any], str], None]  # the session, the facts, and the e-mail of who asked
Handlers = Mapping[str, Handler]  # by the action


class NotDecidable(Exception):
    """The request is over, was decided before, or is not for this organizer to decide."""


def is_enabled(session: Session) -> bool:
    """Return whether a second organizer is needed."""
    desk = session.get_one(Desk, 1)
    return desk.four_eyes_off_at is None or not ledger.is_ours(session, desk)


def request_approval(session: Session, by: Account, action: Action, facts: dict[str, Any], handlers: Handlers) -> Request:
    """Ask a second organizer; where the rule is off, do it at once. The facts are JSON; the second organizer sees them."""
    handle = handlers[action]
    ledger.begin_change(session)
    request = Request(act=action.value, facts=facts, asked_by=by.email, asked_at=now())
    session.add(request)
    session.flush()
    if is_enabled(session):
        audit.record(session, by.email, Action.ASKED, request=request.id, what=request.act)
    else:
        request.decided_by = by.email
        _do(session, request, handle)
    return request


def approve(session: Session, number: int, by: Account, handlers: Handlers) -> Request:
    """Do what was asked for; raise NotDecidable."""
    request = _decide(session, number, by, Request.asked_by != by.email)
    audit.record(session, by.email, Action.AGREED, request=request.id, what=request.act)
    _do(session, request, handlers[request.act])
    return request


def decline(session: Session, number: int, by: Account) -> Request:
    """End a request without doing anything, also to take back one's own. Raise NotDecidable."""
    request = _decide(session, number, by)
    audit.record(session, by.email, Action.DECLINED, request=request.id, what=request.act)
    _forget_filled_in(request)
    return request


def forget_expired(session: Session, moment: datetime) -> None:
    """Drop what was filled in for requests that nobody decided in time."""
    over = Request.decided_at.is_(None), Request.asked_at <= moment - REQUEST_LIFETIME
    for request in session.scalars(sa.select(Request).where(*over, Request.facts[FILLED_IN].as_string().is_not(None))):
        _forget_filled_in(request)


def pending(session: Session) -> list[Request]:
    """Return the requests that wait, the newest first."""
    found = session.scalars(sa.select(Request).where(*_is_open(now())).order_by(Request.id.desc()))
    return [request for request in found if ledger.is_ours(session, request)]


def set_enabled(session: Session, by: Account, *, on: bool) -> None:
    """Turn the rule off or on; off only where there is one organizer, else raise NotDecidable."""
    ledger.begin_change(session)
    desk = session.get_one(Desk, 1)
    organizers = session.scalar(sa.select(sa.func.count()).select_from(Account).where(Account.role == ORGANIZER))
    if not by.is_organizer or (not on and (organizers != 1 or ledger.find_problems(session))):  # another one could be hidden
        raise NotDecidable
    if on == (desk.four_eyes_off_at is None):
        return
    desk.four_eyes_off_at = None if on else now()
    audit.record(session, by.email, Action.FOUR_EYES_ON if on else Action.FOUR_EYES_OFF)


def _decide(session: Session, number: int, by: Account, *also: sa.ColumnElement[bool]) -> Request:
    """Mark an open request as decided, which only one can: the database decides, in one statement."""
    ledger.begin_change(session)
    asked = session.get(Request, number)
    if not by.is_organizer or asked is None or not ledger.is_ours(session, asked):
        raise NotDecidable
    decided = sa.update(Request).where(Request.id == number, *_is_open(now()), *also)
    found = session.scalar(decided.values(decided_by=by.email, decided_at=now()).returning(Request.id))
    if found is None:
        raise NotDecidable
    return session.get_one(Request, found, populate_existing=True)


def _do(session: Session, request: Request, handle: Handler) -> None:
    request.decided_at = request.done_at = now()
    handle(session, request.facts, request.asked_by)
    _forget_filled_in(request)


def _forget_filled_in(request: Request) -> None:
    """Drop what was filled in, which nobody needs once it is decided, so that no backup keeps it."""
    if FILLED_IN in request.facts:
        request.facts = {name: value for name, value in request.facts.items() if name != FILLED_IN}


def _is_open(moment: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Request.decided_at.is_(None), Request.asked_at > moment - REQUEST_LIFETIME
