"""What one person may do alone in a day, so that what needs two is not done by one in slices.

A day's work stays below these numbers: few signatures are removed one by one, some records are opened to answer a signer, and
fewer addresses are looked up. Beyond them each further removal waits for a second organizer, and so does more of the others.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import now
from campaign.organizers import audit, four_eyes, ledger
from campaign.organizers.actions import Action
from campaign.organizers.models import Account, AuditEntry, Request

ALONE_PER_DAY = {
    Action.REMOVED: 5,
    Action.SEALED_SHOWN: 20,
    Action.ADDRESS_LOOKED_FOR: 10,
    Action.ACCOUNT_LOCKED: 1,
    Action.ERASED: 5,
}


def is_used_up(session: Session, by: Account, action: Action) -> bool:
    """Return whether the next one needs a second organizer; where the rule of two is off, none does."""
    if not four_eyes.is_enabled(session):
        return False
    done = _facts_today(session, by, action)
    if action == Action.REMOVED:
        done = [facts for facts in done if facts["number"] <= 1]  # several together were agreed to by another one
    more = [facts["number"] for facts in _facts_today(session, by, Action.MORE_ALLOWED) if facts["what"] == action.value]
    allowed: int = ALONE_PER_DAY[action] + sum(more)
    return len(done) >= allowed


def request_more(session: Session, by: Account, action: Action, handlers: four_eyes.Handlers) -> None:
    """Ask a second organizer for as many again today; asking twice is the same as once."""
    facts = {"what": action.value, "number": ALONE_PER_DAY[action], "day": _today()}
    ledger.begin_change(session)
    if not is_more_pending(session, by, action):
        four_eyes.request_approval(session, by, Action.MORE_ALONE, facts, handlers)


def is_more_pending(session: Session, by: Account, action: Action) -> bool:
    """Return whether somebody has asked for more, and nobody has answered."""
    mine = (one for one in four_eyes.pending(session) if (one.act, one.asked_by) == (Action.MORE_ALONE, by.email))
    return any(_is_for_today(one, action) for one in mine)


def allow_more(session: Session, facts: dict[str, Any], by: str) -> None:
    """Record that the one who asked may do as many again, on the day that they asked for; raise NotDecidable when it is over."""
    if facts["day"] != _today():
        raise four_eyes.NotDecidable
    audit.record(session, by, Action.MORE_ALLOWED, what=facts["what"], number=facts["number"])


def _is_for_today(request: Request, action: Action) -> bool:
    return (request.facts["what"], request.facts["day"]) == (action.value, _today())


def _facts_today(session: Session, by: Account, action: Action) -> list[dict[str, Any]]:
    """Return what the audit says of each action of an account today; `campaign check` finds out who changes it."""
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    theirs = AuditEntry.by == by.email, AuditEntry.act == action.value, AuditEntry.at >= midnight
    return list(session.scalars(sa.select(AuditEntry.facts).where(*theirs)))


def _today() -> str:
    return now().date().isoformat()
