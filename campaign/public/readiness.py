"""What /readyz says: whether people can sign and get their e-mails, and how each condition is."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from campaign.config import Settings
from campaign.database import Database
from campaign.health.conditions import in_english, is_in_trouble, read_findings
from campaign.petition.counting import read_snapshot

NO_DATABASE: dict[str, Any] = {"database": False, "worker": False, "outbox": False, "mail": "unknown"}
NEEDED = ("database", "worker", "outbox", "key")  # for signing; the other conditions take no machine out of a balancer
FOR_ANYBODY = (*NEEDED, "mail")  # the rest would tell anybody where a campaign is weak: no backup, an open key file, a full disk


def readiness(database: Database, settings: Settings, at: datetime) -> dict[str, Any]:
    """Return of each part whether it is in order, whether the mail is sent, stopped, waiting in an outage, or unknown; and more.

    Whether the database can be written to is what the mail worker found. Where none lives on this machine, it is
    the worker that is missing.
    """
    try:
        with database.reading() as session:
            found = read_findings(session, settings, at)
            is_stopped = read_snapshot(session).is_mail_stopped
    except sa.exc.SQLAlchemyError:
        return NO_DATABASE
    is_waiting = not is_stopped and is_in_trouble(found["relay"])
    is_overdue = not is_stopped and found["outbox"].reason == "overdue"
    return {
        "database": not is_in_trouble(found["database"]),
        "worker": not is_in_trouble(found["worker"]),
        "outbox": not (is_waiting or is_overdue),
        "mail": "stopped" if is_stopped else "waiting" if is_waiting else "sent",
        "conditions": {name: one.state.value for name, one in found.items()},
        "trouble": in_english(found.values()),
    }


def public_part(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what anybody may know: whether people can sign, and get their e-mails."""
    return {name: answer[name] for name in FOR_ANYBODY}


def is_ready(answer: dict[str, Any]) -> bool:
    """Return whether people can sign."""
    return all(answer[name] for name in NEEDED)
