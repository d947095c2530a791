"""A package for an office is recorded, and with it a line of the audit."""

from sqlalchemy.orm import Session

from campaign.organizers import audit, ledger
from campaign.organizers.actions import Action
from campaign.petition.deliveries import Delivery


def record_delivery(session: Session, delivery: Delivery, *, by: str, with_names: bool) -> None:
    """Keep what was written for an office. `by` is the e-mail of an account, or empty for a command on the server."""
    ledger.begin_change(session)
    session.add(delivery)
    session.flush()
    facts = {"handed_to": delivery.office, "number": delivery.counts["confirmed"]} | ({"shown": "✓"} if with_names else {})
    audit.record(session, by, Action.DELIVERY_WRITTEN, **facts)
