"""The outbox: post an e-mail in the transaction that needs it, claim it when it is due, forget it when its time is over.

An e-mail waits as a row whose content is locked under a key file outside the database. The mail worker claims rows with
a lease, so that several workers never send one at the same time and a dead worker's e-mails are sent by the next.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import format_datetime, make_msgid
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.config import Settings
from campaign.crypto import sealing
from campaign.database import Base, Database, now, table
from campaign.outbox import outage
from campaign.outbox.address import EmailAddress, parse_address

LEASE = timedelta(minutes=5)
CLAIM_BATCH = 20
LINK_LIFETIME, MAX_LIFETIME = timedelta(hours=72), timedelta(days=7)
REMIND_AFTER = timedelta(hours=24)
OVERDUE_AFTER = 3 * LEASE
DUE_STEP = timedelta(minutes=5)


class OutboxMessage(Base):
    """An e-mail that waits, or that was sent and lives on for as long as its link is valid."""

    __tablename__ = "letter"

    id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))  # the function in petition/emails.py that writes it
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


INSERT_MESSAGE = sa.insert(table(OutboxMessage))


@dataclass(frozen=True)
class Envelope:
    """What an e-mail needs to be written: to whom, in which language, with the token of its link."""

    address: EmailAddress
    language: str
    token: str


@dataclass(frozen=True)
class MessageCounts:
    """How many e-mails there are of each kind that people look after."""

    waiting: int  # for their first sending
    overdue: int
    refused: int


Cutoff = datetime | sa.BindParameter[datetime]


def enqueue(
    session: Session, key: bytes, *, entry: bytes, kind: str, envelope: Envelope, at: datetime, due_at: datetime | None = None
) -> None:
    """Put an e-mail into the outbox: sent once the session is committed, or at `due_at`, and never if it is not committed."""
    box = sealing.encrypt(key, json.dumps([envelope.address.text, envelope.language, envelope.token], ensure_ascii=False))
    session.execute(
        INSERT_MESSAGE, {"id": entry, "kind": kind, "box": box, "posted_at": at, "due_at": due_at or at, "attempts": 0}
    )


def delayed(at: datetime, delay: timedelta) -> datetime:
    """Return when an e-mail is due: at once, or after a delay on the next full DUE_STEP, so that the time tells no network."""
    if not delay:
        return at
    late = at + delay
    return late + (datetime.min.replace(tzinfo=late.tzinfo) - late) % DUE_STEP


def open_envelope(key: bytes, box: bytes) -> Envelope:
    """Return what `enqueue` locked away; raise NotAnAddress for an address that is no longer taken."""
    address, language, token = json.loads(sealing.decrypt(key, box))
    return Envelope(parse_address(address), language, token)


def claim(database: Database, at: datetime, *, by: bytes | None = None) -> list[OutboxMessage]:
    """Claim up to CLAIM_BATCH e-mails that are due, for as long as a lease; what a worker still holds, it claims again.

    In an outage it is one e-mail a minute, whoever claims it.
    """
    is_free = sa.or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until < at)
    if by is not None:
        is_free = sa.or_(is_free, OutboxMessage.claimed_by == by)
    due = sa.select(OutboxMessage.id).where(OutboxMessage.due_at <= at, is_free).order_by(OutboxMessage.due_at)
    with database.reading() as session:  # most of the time nothing is due, and looking costs no writer's turn
        if session.scalar(due.limit(1)) is None or outage.is_waiting(session, at):
            return []
    with database.writing() as session:
        chosen = due.limit(outage.allowance(session, at, CLAIM_BATCH)).with_for_update(skip_locked=True)
        claimed = sa.update(OutboxMessage).where(OutboxMessage.id.in_(chosen))
        return list(session.scalars(claimed.values(lease_until=at + LEASE, claimed_by=by).returning(OutboxMessage)))


def is_lease_ending(entry: OutboxMessage, at: datetime) -> bool:
    """Whether a claimed e-mail is not to be begun any more: its sending could outlast the lease, and another would send it."""
    return entry.lease_until is None or entry.lease_until < at + LEASE / 2


def release(database: Database, entries: list[OutboxMessage]) -> None:
    """Gives back what was claimed together and is still ours, so that it need not wait for the lease to end."""
    ours = OutboxMessage.id.in_([letter.id for letter in entries]), OutboxMessage.lease_until == entries[0].lease_until
    with database.writing() as session:
        session.execute(sa.update(OutboxMessage).where(*ours).values(lease_until=None, claimed_by=None))


def expired(at: datetime) -> sa.ColumnElement[bool]:
    """Which e-mails are to be forgotten: 72 hours after they were sent or refused, 7 days after they were posted."""
    return expired_before(**expiry_cutoffs(at))


def expiry_cutoffs(at: datetime) -> dict[str, datetime]:
    """Before when an e-mail was sent or refused, or posted, that is over at a moment."""
    return {"sent_before": at - LINK_LIFETIME, "posted_before": at - MAX_LIFETIME}


def expired_before(sent_before: Cutoff, posted_before: Cutoff) -> sa.ColumnElement[bool]:
    """The same for deadlines, which may be parameters of a statement that is made once."""
    entry = table(OutboxMessage).c
    return sa.or_(sa.func.coalesce(entry.sent_at, entry.failed_at) < sent_before, entry.posted_at < posted_before)


def is_overdue(at: datetime) -> sa.ColumnElement[bool]:
    """Which e-mails nobody has sent although they fell due long ago, whether or not they were tried before."""
    return OutboxMessage.due_at < at - OVERDUE_AFTER


def count_messages(session: Session, at: datetime) -> MessageCounts:
    """Count the e-mails for those who look after the mail."""
    kinds = (
        sa.and_(OutboxMessage.due_at.is_not(None), OutboxMessage.sent_at.is_(None)),
        is_overdue(at),
        OutboxMessage.failed_at.is_not(None),
    )
    numbers = [session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage).where(kind)) or 0 for kind in kinds]
    return MessageCounts(*numbers)


def purge(database: Database, at: datetime) -> int:
    """Deletes the e-mails whose time is over, and with each what waited for its answer; returns how many."""
    with database.writing() as session:
        result = session.execute(sa.delete(OutboxMessage).where(expired(at)))
        return cast("sa.CursorResult[object]", result).rowcount


def build_message(settings: Settings, *, to: EmailAddress, subject: str, body: str) -> EmailMessage:
    """Return a plain text e-mail from the site's sender."""
    return plain_message(settings.sender, to=to, subject=subject, body=body)


def plain_message(sender: str, *, to: EmailAddress, subject: str, body: str) -> EmailMessage:
    """Return a plain text e-mail with the headers it needs (RFC 5322, RFC 3834)."""
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"] = sender
    message["To"] = to.header
    message["Subject"] = subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip(">"))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, cte="quoted-printable")
    return message
