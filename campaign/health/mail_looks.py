"""The checks of the mail: whether the server answers, and whether e-mails leave."""

import smtplib
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from campaign.health.conditions import Finding, Site, fine, look_for_overdue, trouble
from campaign.outbox import queue, smtp
from campaign.outbox.smtp_answers import RelayTrouble, Trouble, judge_connection
from campaign.petition.counting import SELECT_MAIL_STOPPED

LATE_AFTER = timedelta(hours=1)  # for an e-mail that was tried, since it was posted


def look_at_mail_server(site: Site, _at: datetime) -> Finding:
    """Greet the mail server as before an e-mail, without logging in, so that no account is locked by it."""
    parts = urlsplit(site.settings.mail_url)
    if parts.scheme == "file":
        return fine("mail_server")
    way_out = smtp.SmtpTransport(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    try:
        with smtp.open_transport(way_out):
            way_out.connect()
    except RelayTrouble as error:
        return _silent(error)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return _silent(judge_connection(error))
    return fine("mail_server")


def _silent(found: RelayTrouble) -> Finding:
    """Return what keeps us from sending; a server that is too busy for another connection counts as answering."""
    if found.category == Trouble.BUSY:
        return fine("mail_server")
    return trouble("mail_server", "silent", category=found.category.value)


def look_at_outbox(site: Site, at: datetime) -> Finding:
    """Check for overdue e-mails, and for e-mails that were tried but have not left within an hour.

    One mailbox that delays its e-mails is not our trouble, so more must be late than left in that hour.
    """
    number = sa.select(sa.func.count()).select_from(queue.OutboxMessage)
    with site.database.reading() as session:
        if overdue := look_for_overdue(session, site.settings, at):
            return overdue[0]
        if session.scalar(SELECT_MAIL_STOPPED) is not None:
            return fine("outbox")
        late = session.scalar(number.where(_is_late(at))) or 0
        left = session.scalar(number.where(queue.OutboxMessage.sent_at > at - LATE_AFTER)) if late else 0
    return trouble("outbox", "late") if late > (left or 0) else fine("outbox")


def _is_late(at: datetime) -> sa.ColumnElement[bool]:
    letter = queue.OutboxMessage
    was_tried = letter.attempts + letter.failures > 0
    return sa.and_(letter.due_at.is_not(None), letter.sent_at.is_(None), was_tried, letter.posted_at < at - LATE_AFTER)
