"""Deliver one e-mail, and note what came of it: sent, to be tried again, refused, or that the mail server takes none of ours."""

import hashlib
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto.keys import Keys
from campaign.database import DATABASE_UNAVAILABLE, Database, now, table
from campaign.outbox import mail_providers, outage
from campaign.outbox.address import NotAnAddress
from campaign.outbox.queue import REMIND_AFTER, Envelope, OutboxMessage, expired, open_envelope
from campaign.outbox.smtp import Transport
from campaign.outbox.smtp_answers import PermanentFailure, RelayTrouble, TransientFailure, Trouble

FIRST_BACKOFF, MAX_BACKOFF = timedelta(minutes=1), timedelta(hours=4)
LEAST_WAIT = timedelta(seconds=10)  # whatever a server that greylists says
TRIES_EACH_MINUTE = 15  # a server that greylists takes an e-mail after some minutes, and seldom says after how many
MAX_FAILURES = 3  # of one e-mail by itself, whatever the mail server says
UPDATE_MESSAGE = sa.update(table(OutboxMessage)).where(table(OutboxMessage).c.id == sa.bindparam("entry"))
log = logging.getLogger(__name__)
Compose = Callable[[Session, OutboxMessage, Envelope], EmailMessage | None]


class MailStopped(Exception):
    """Organizers have stopped the mail; the e-mail waits."""


def deliver(database: Database, keys: Keys, transport: Transport, write: Compose, entry: OutboxMessage) -> bool:
    """Write and send one claimed e-mail and note what came of it; return whether the server is worth asking again.

    Raises MailStopped, with nothing noted: that says nothing of the server.
    Any other exception counts as a failure of this e-mail alone: it is tried again a few times, and the others go on.
    """
    domain = ""
    try:
        envelope = open_envelope(keys.mail, entry.box)
        domain = envelope.address.domain
        with database.reading() as session:
            message = write(session, entry, envelope)
        if message is not None:
            transport.send(message, envelope.address)
    except MailStopped:
        raise
    except RelayTrouble as trouble:
        return _record_trouble(database, entry, trouble)
    except TransientFailure as failure:
        _record(database, entry, {"due_at": now() + _pause(failure, entry.attempts), "attempts": entry.attempts + 1})
    except NotAnAddress:
        _record(database, entry, _given_up())
    except PermanentFailure as refusal:
        return _record_refusal(database, keys, entry, domain, refusal.answer)
    except DATABASE_UNAVAILABLE:
        raise
    except Exception as error:  # of any kind: an e-mail that cannot be written must not hold up the others
        log.warning("An e-mail could not be written or sent: %s", type(error).__name__)
        _record(database, entry, _after_failure(entry))
    else:
        _record_sent(database, entry, domain, was_needed=message is not None)
    return True


def retry_given_up(session: Session, at: datetime) -> int:
    """Make the e-mails due that were given up and whose link still lives; return how many."""
    given_up = OutboxMessage.failed_at.is_not(None), sa.not_(expired(at))
    anew = {"due_at": at, "failed_at": None, "answer": None, "failures": 0, "attempts": 0}
    again = list(session.scalars(sa.update(OutboxMessage).where(*given_up).values(anew).returning(OutboxMessage.id)))
    session.execute(sa.delete(outage.Refusal))
    return len(again)


def _record_sent(database: Database, entry: OutboxMessage, domain: str, *, was_needed: bool) -> None:
    """Note that an e-mail is sent, or over because nobody needs it any more; one that nobody ever needed is deleted."""
    with database.writing() as session:
        if not was_needed and entry.sent_at is None:
            session.execute(sa.delete(OutboxMessage).where(OutboxMessage.id == entry.id))
            return
        _update(session, entry, _after_sending(entry, was_needed=was_needed))
        if was_needed:
            outage.end(session)
            _count(session, entry, domain, sent=1)


def _record_trouble(database: Database, entry: OutboxMessage, trouble: RelayTrouble) -> bool:
    """Note an outage; the e-mail waits. Return whether it was about this e-mail: it began one for the third time.

    It is then given up, or waits longer where the server was only busy.
    """
    at = now()
    with database.writing() as session:
        failures = entry.failures + int(trouble.in_conversation and outage.slowed(session) is None)
        is_its_own = failures >= MAX_FAILURES
        outcome: dict[str, Any] = {"due_at": at + outage.PROBE_EVERY, "failures": failures}
        if not is_its_own:
            outage.begin(session, trouble, at)
        elif trouble.category == Trouble.BUSY:
            outcome = {"due_at": at + MAX_BACKOFF, "failures": 0}
        else:
            outcome |= _given_up() | {"answer": trouble.answer[:20]}
        _update(session, entry, outcome)
    return is_its_own


def _record_refusal(database: Database, keys: Keys, entry: OutboxMessage, domain: str, answer: str) -> bool:
    """Note that an e-mail is refused for good, unless every domain is; return whether others may be taken."""
    with database.writing() as session:
        if outage.slowed(session):
            _update(session, entry, {"due_at": now() + outage.PROBE_EVERY})
            return False
        _update(session, entry, _given_up() | {"answer": answer[:20]})
        _count(session, entry, domain, refused=1)
        hashed = hashlib.blake2b(domain.encode(), key=keys.mail, digest_size=16).digest()
        if not answer or not outage.are_all_refused(session, entry.id, hashed):
            return True
        _take_back(session)
        outage.begin(session, RelayTrouble("", Trouble.EVERY_DOMAIN, answer), now())
        return False


def _take_back(session: Session) -> None:
    """Let the e-mails wait that were refused in a row; a few times in all, so that it ends for what is never taken."""
    in_a_row = OutboxMessage.id.in_(sa.select(outage.Refusal.letter_id)), OutboxMessage.failures < MAX_FAILURES
    waiting = {"due_at": now() + outage.PROBE_EVERY, "failed_at": None, "answer": None, "failures": OutboxMessage.failures + 1}
    session.execute(sa.update(OutboxMessage).where(*in_a_row).values(waiting))
    session.execute(sa.delete(outage.Refusal))


def _given_up() -> dict[str, Any]:
    return {"due_at": None, "failed_at": now()}


def _after_failure(entry: OutboxMessage) -> dict[str, Any]:
    """Try again after a pause, a few times in all."""
    failures = entry.failures + 1
    outcome = _given_up() if failures >= MAX_FAILURES else {"due_at": now() + _backoff(entry.failures)}
    return outcome | {"failures": failures}


def _after_sending(entry: OutboxMessage, *, was_needed: bool) -> dict[str, datetime | None]:
    """Keep an e-mail that was needed for one reminder after a day; end every other one."""
    if not was_needed:
        return {"due_at": None}
    if entry.sent_at is None:
        return {"sent_at": now(), "due_at": now() + REMIND_AFTER}
    return {"reminded_at": now(), "due_at": None}


def _record(database: Database, entry: OutboxMessage, values: dict[str, Any]) -> None:
    with database.writing() as session:
        _update(session, entry, values)


def _update(session: Session, entry: OutboxMessage, values: dict[str, Any]) -> None:
    """Note what came of an e-mail, and release it."""
    session.execute(UPDATE_MESSAGE, {"entry": entry.id, "lease_until": None, "claimed_by": None} | values)


def _count(session: Session, entry: OutboxMessage, domain: str, **counted: int) -> None:
    """Count the first sending of an e-mail for its provider."""
    if entry.sent_at is None:
        mail_providers.add_counts(session, now().date(), mail_providers.provider_of(domain), **counted)


def _pause(failure: TransientFailure, attempts: int) -> timedelta:
    """Return the wait after so many attempts: at first what the server says, never less than that, later longer each time."""
    if failure.wait is None:
        return _backoff(attempts)
    return max(failure.wait, LEAST_WAIT if attempts < TRIES_EACH_MINUTE else _backoff(attempts))


def _backoff(attempts: int) -> timedelta:
    """Return the wait after so many attempts, spread a little: a minute, then twice as long each time, four hours at most."""
    doubled = min(max(0, attempts - TRIES_EACH_MINUTE + 1), 10)
    longest = min(FIRST_BACKOFF * (1 << doubled), MAX_BACKOFF)
    return longest * (0.75 + secrets.randbelow(500) / 1000)
