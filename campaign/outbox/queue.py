"""The outbox: post a letter in the transaction that needs it, send it soon, forget it when its time is over.

A letter waits as a row whose content is locked under a key file outside the database. The mail worker claims rows with
a lease, so that several workers never send one at the same time and a dead worker's letters are sent by the next.
"""

import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import format_datetime, make_msgid
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.config import Settings
from campaign.crypto import sealing
from campaign.database import AWAY, Database, Record, now, table
from campaign.outbox import mail_providers
from campaign.outbox.address import EmailAddress, NotAnAddress, parse_address
from campaign.outbox.smtp import Refused, Transport, Trouble

LEASE = timedelta(minutes=5)
BATCH = 20
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
LIFE_SENT, LIFE_AT_MOST = timedelta(hours=72), timedelta(days=7)
REMIND_AFTER = timedelta(hours=24)
MOST_FAILURES = 3  # of one e-mail by itself, whatever the mail server says
OVERDUE_AFTER = 3 * LEASE
log = logging.getLogger(__name__)


class Letter(Record):
    """A letter that waits, or that was sent and lives on for as long as its link is valid."""

    __tablename__ = "letter"

    id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))  # the function in letters.py that writes it
    box: Mapped[bytes] = mapped_column(sa.LargeBinary)  # address, language and token, locked
    posted_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)  # when to send it, or send it once more; none: never again
    lease_until: Mapped[datetime | None]
    claimed_by: Mapped[bytes | None] = mapped_column(sa.LargeBinary(16))  # the worker whose lease it is, see worker_registry.py
    attempts: Mapped[int] = mapped_column(default=0)  # that the mail server was not ready for
    failures: Mapped[int] = mapped_column(server_default="0")  # to write or send it, by its own fault
    sent_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]


INTO_LETTER = sa.insert(table(Letter))


@dataclass(frozen=True)
class Envelope:
    """What a letter needs to be written: to whom, in which language, with the token of its link."""

    address: EmailAddress
    language: str
    token: str


@dataclass(frozen=True)
class Counts:
    """How many letters there are of each kind that people look after."""

    waiting: int  # for their first sending
    overdue: int
    refused: int


Deadline = datetime | sa.BindParameter[datetime]
Write = Callable[[Session, Letter, Envelope], EmailMessage | None]


def post(session: Session, key: bytes, *, letter: bytes, kind: str, envelope: Envelope, at: datetime) -> None:
    """Puts a letter into the outbox; it is sent once the session is committed, and never if it is not."""
    box = sealing.lock(key, json.dumps([envelope.address.text, envelope.language, envelope.token], ensure_ascii=False))
    session.execute(INTO_LETTER, {"id": letter, "kind": kind, "box": box, "posted_at": at, "due_at": at, "attempts": 0})


def opened(key: bytes, box: bytes) -> Envelope:
    """Return what `post` locked away; raise NotAnAddress for an address that is no longer taken."""
    address, language, token = json.loads(sealing.unlock(key, box))
    return Envelope(parse_address(address), language, token)


def claim(database: Database, at: datetime, *, by: bytes | None = None) -> list[Letter]:
    """Claim up to BATCH letters that are due, for as long as a lease; what a worker still holds, it claims again."""
    is_free = sa.or_(Letter.lease_until.is_(None), Letter.lease_until < at)
    if by is not None:
        is_free = sa.or_(is_free, Letter.claimed_by == by)
    due = sa.select(Letter.id).where(Letter.due_at <= at, is_free).order_by(Letter.due_at).limit(BATCH)
    with database.reading() as session:  # most of the time nothing is due, and looking costs no writer's turn
        if session.scalar(due.limit(1)) is None:
            return []
    with database.writing() as session:
        taken = sa.update(Letter).where(Letter.id.in_(due.with_for_update(skip_locked=True)))
        return list(session.scalars(taken.values(lease_until=at + LEASE, claimed_by=by).returning(Letter)))


def send(database: Database, keys: sealing.Keys, transport: Transport, write: Write, letter: Letter) -> bool:
    """Write and send one claimed letter and note what came of it; return whether the server is worth asking again.

    Whatever else is raised is the failure of this one letter: it is tried again a few times, and the others go on.
    """
    provider = mail_providers.OTHER
    try:
        envelope = opened(keys.mail, letter.box)
        provider = mail_providers.provider_of(envelope.address.domain)
        with database.reading() as session:
            message = write(session, letter, envelope)
        if message is not None:
            transport.send(message, envelope.address)
    except Trouble:
        _note(database, letter, {"due_at": now() + _wait(letter.attempts), "attempts": letter.attempts + 1}, provider)
        return False
    except (Refused, NotAnAddress):
        _note(database, letter, {"due_at": None, "failed_at": now()}, provider, refused=1)
    except AWAY:
        raise
    except Exception as error:  # of any kind: an e-mail that cannot be written must not hold up the others
        log.warning("An e-mail could not be written or sent: %s", type(error).__name__)
        _note(database, letter, _after_failure(letter), provider)
    else:
        was_needed = message is not None
        _note(database, letter, _after_sending(letter, was_needed=was_needed), provider, sent=int(was_needed))
    return True


def is_running_out(letter: Letter, at: datetime) -> bool:
    """Whether a claimed letter is not to be begun any more: its sending could outlast the lease, and another would send it."""
    return letter.lease_until is None or letter.lease_until < at + LEASE / 2


def release(database: Database, letters: list[Letter]) -> None:
    """Gives back what was claimed together and is still ours, so that it need not wait for the lease to end."""
    ours = Letter.id.in_([letter.id for letter in letters]), Letter.lease_until == letters[0].lease_until
    with database.writing() as session:
        session.execute(sa.update(Letter).where(*ours).values(lease_until=None, claimed_by=None))


def _after_failure(letter: Letter) -> dict[str, Any]:
    """Try again after a pause, a few times in all."""
    failures = letter.failures + 1
    if failures >= MOST_FAILURES:
        return {"due_at": None, "failed_at": now(), "failures": failures}
    return {"due_at": now() + _wait(letter.failures), "failures": failures}


def _after_sending(letter: Letter, *, was_needed: bool) -> dict[str, datetime | None]:
    """A letter that was needed is sent once more as a reminder after a day; everything else is over."""
    if not was_needed:
        return {"due_at": None}
    if letter.sent_at is None:
        return {"sent_at": now(), "due_at": now() + REMIND_AFTER}
    return {"reminded_at": now(), "due_at": None}


def _note(database: Database, letter: Letter, values: dict[str, Any], provider: str, **counted: int) -> None:
    """Notes what came of a letter, and with the first sending counts it for its provider."""
    with database.writing() as session:
        session.execute(sa.update(Letter).where(Letter.id == letter.id).values(lease_until=None, claimed_by=None, **values))
        if any(counted.values()) and letter.sent_at is None:
            mail_providers.add(session, now().date(), provider, **counted)


def _wait(attempts: int) -> timedelta:
    """How long to wait after so many attempts: twice as long each time, spread a little, four hours at most."""
    longest = min(FIRST_WAIT * (1 << min(attempts, 10)), LONGEST_WAIT)
    return longest * (0.75 + secrets.randbelow(500) / 1000)


def is_over(at: datetime) -> sa.ColumnElement[bool]:
    """Which letters are to be forgotten: 72 hours after they were sent or refused, 7 days after they were posted."""
    return was_over(**deadlines(at))


def deadlines(at: datetime) -> dict[str, datetime]:
    """Before when a letter was sent or refused, or posted, that is over at a moment."""
    return {"sent_before": at - LIFE_SENT, "posted_before": at - LIFE_AT_MOST}


def was_over(sent_before: Deadline, posted_before: Deadline) -> sa.ColumnElement[bool]:
    """The same for deadlines, which may be parameters of a statement that is made once."""
    letter = table(Letter).c
    return sa.or_(sa.func.coalesce(letter.sent_at, letter.failed_at) < sent_before, letter.posted_at < posted_before)


def is_overdue(at: datetime) -> sa.ColumnElement[bool]:
    """Which letters nobody has sent although they fell due long ago, whether or not they were tried before."""
    return Letter.due_at < at - OVERDUE_AFTER


def count(session: Session, at: datetime) -> Counts:
    """Count the letters for those who look after the mail."""
    kinds = (sa.and_(Letter.due_at.is_not(None), Letter.sent_at.is_(None)), is_overdue(at), Letter.failed_at.is_not(None))
    numbers = [session.scalar(sa.select(sa.func.count()).select_from(Letter).where(kind)) or 0 for kind in kinds]
    return Counts(*numbers)


def forget(database: Database, at: datetime) -> int:
    """Deletes the letters whose time is over, and with each what waited for its answer; returns how many."""
    with database.writing() as session:
        result = session.execute(sa.delete(Letter).where(is_over(at)))
        return cast("sa.CursorResult[object]", result).rowcount


def message(settings: Settings, *, to: EmailAddress, subject: str, body: str) -> EmailMessage:
    """A plain text letter with the headers it needs (RFC 5322, RFC 3834)."""
    letter = EmailMessage(policy=MAIL_POLICY)
    letter["From"] = settings.sender
    letter["To"] = to.header
    letter["Subject"] = subject
    letter["Date"] = format_datetime(now())
    letter["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2].rstrip(">"))
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(body, cte="quoted-printable")
    return letter
