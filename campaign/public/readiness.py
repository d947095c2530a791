"""What /readyz says: whether people can sign and get their e-mails."""

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import Database
from campaign.outbox import heartbeat, outage, queue
from campaign.petition.counting import read_snapshot

NO_DATABASE: dict[str, bool | str] = {"database": False, "worker": False, "outbox": False, "mail": "unknown"}


def readiness(database: Database, data: Path, at: datetime) -> dict[str, bool | str]:
    """Return of each part whether it is in order, and whether the mail is sent, stopped, waiting in an outage, or unknown.

    Whether the database can be written to is what the mail worker found. Where none lives on this machine, it is
    the worker that is missing.
    """
    try:
        with database.reading() as session:
            is_fresh = heartbeat.is_fresh(session, at)
            parts = _mail(session, at)
    except sa.exc.SQLAlchemyError:
        return NO_DATABASE
    is_here = is_fresh or heartbeat.is_worker_here(data, at)
    return {"database": is_fresh or not is_here, "worker": is_here, **parts}


def _mail(session: Session, at: datetime) -> dict[str, bool | str]:
    """Return whether e-mails leave in time, or are stopped on purpose."""
    if read_snapshot(session).is_mail_stopped:
        return {"outbox": True, "mail": "stopped"}
    if outage.current_outage(session):
        return {"outbox": False, "mail": "waiting"}
    overdue = session.scalar(sa.select(queue.OutboxMessage.id).where(queue.is_overdue(at)).limit(1))
    return {"outbox": overdue is None, "mail": "sent"}
