"""What people ask of the campaign, at the desk: noted, changed and closed, each with a line of the audit."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.organizers import audit
from campaign.organizers.actions import Action
from campaign.petition import inquiries
from campaign.petition.inquiries import Inquiry


def add_inquiry(session: Session, inquiry: Inquiry, *, by: str) -> None:
    """Keep what somebody asked. The audit has its kind and its days, and not the note."""
    session.add(inquiry)
    session.flush()
    came_on, due_on = inquiry.came_on.isoformat(), inquiry.due_on.isoformat()
    audit.record(session, by, Action.INQUIRY_NOTED, inquiry=inquiry.id, kind=inquiry.kind, day=came_on, due_on=due_on)


def change_inquiry(session: Session, number: int, *, due_on: date, note: str, by: str) -> bool:
    """Have another last day or note; return False where it is closed, or is so already."""
    found = _lock_open(session, number)
    if found is None or (found.due_on, found.note) == (due_on, note):
        return False
    found.due_on, found.note = due_on, note
    audit.record(session, by, Action.INQUIRY_CHANGED, inquiry=number, due_on=due_on.isoformat())
    return True


def close_inquiry(session: Session, number: int, *, outcome: str, by: str, today: date) -> bool:
    """Note what was done and forget the note; return False where it was closed before, which stays as it was."""
    found = _lock_open(session, number)
    if found is None:
        return False
    found.outcome, found.closed_on, found.note = outcome, today, ""
    audit.record(session, by, Action.INQUIRY_CLOSED, inquiry=number, outcome=outcome)
    return True


def _lock_open(session: Session, number: int) -> Inquiry | None:
    chosen = sa.select(Inquiry).where(Inquiry.id == number, inquiries.IS_OPEN)
    return session.scalar(chosen.with_for_update())
