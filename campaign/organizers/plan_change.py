"""A change of the plan at the desk: made at once, or asked for where a day of deletion comes sooner for somebody."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from campaign.database import now
from campaign.organizers import accounts, audit, four_eyes, ledger
from campaign.organizers.actions import Action
from campaign.organizers.models import Account, Request
from campaign.petition import plan
from campaign.petition.plan import Days, InvalidPlan


def change_plan(session: Session, days: Days, *, by: str, today: date) -> bool:
    """Have other days hold, and record it; return False where they hold already. Raise InvalidPlan.

    `by` is the e-mail of an account, or empty for a command on the server.
    """
    ledger.begin_change(session)
    account = accounts.find_account(session, by) if by else None
    changed = plan.set_plan(session, days, by=str(account.id) if account else plan.COMMAND, today=today)
    if changed:
        audit.record(session, by, Action.PLAN_CHANGED, **days.as_text())
    return changed


def request_plan(session: Session, days: Days, *, by: Account, handlers: four_eyes.Handlers) -> Request | None:
    """Change the plan; ask a second organizer where something is to be deleted sooner than promised. Raise InvalidPlan."""
    ledger.begin_change(session)
    plan.check_plan(session, days, now().date())
    if not plan.sooner_for(session, days.delete_on):
        change_plan(session, days, by=by.email, today=now().date())
        return None
    return four_eyes.request_approval(session, by, Action.SOONER_DELETION, days.as_text(), handlers)


def plan_agreed(session: Session, facts: dict[str, Any], by: str) -> None:
    """Change the plan as it was asked for; raise NotDecidable where it no longer fits."""
    days = Days(**{name: date.fromisoformat(day) if day else None for name, day in facts.items()})
    try:
        change_plan(session, days, by=by, today=now().date())
    except InvalidPlan:
        raise four_eyes.NotDecidable from None
