"""The outbox: post an e-mail in the transaction that needs it, claim it when it is due, forget it when its time is over.

An e-mail waits as a row whose content is locked under a key file outside the database. The mail worker claims rows with
a lease, so that several workers never send one at the same time and a dead worker's e-mails are sent by the next.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.crypto import sealing
from campaign.database import Base, Database, table
from campaign.outbox import outage
from campaign.outbox import quota as quotas
from campaign.outbox.address import EmailAddress, parse_address
from campaign.outbox.quota import Quota

LEASE = timedelta(minutes=5)
CLAIM_BATCH = 20
LINK_LIFETIME, MAX_LIFETIME = timedelta(hours=72), timedelta(days=7)
REMIND_AFTER = timedelta(hours=24)
OVERDUE_AFTER = 3 * LEASE
DUE_STEP = timedelta(minutes=5)


class OutboxMessage(Base):
    """An e-mail that waits, or that was sent and is kept while its link is valid."""

    __tablename__ = "letter"
    __table_args__ = (
        sa.Index(
            "ix_letter_first_due", "due_at", sqlite_where=sa.text("sent_at IS NULL"), postgresql_where=sa.text("sent_at IS NULL")
        ),
    )

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
    answer: Mapped[str | None] = mapped_column(sa.String(20))  # with which it was refused: code and enhanced code, never the text


INSERT_MESSAGE = sa.insert(table(OutboxMessage))


@dataclass(frozen=True)
class Envelope:
    """The data to write an e-mail: its recipient, its language, and the token of its link."""

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


def enqueue(session: Session, key: bytes, **message: Any) -> None:
    """Put an e-mail into the outbox, from what `message_row` takes. It is never sent if the session is not committed."""
    session.execute(INSERT_MESSAGE, message_row(key, **message))


def message_row(
    key: bytes,
    *,
    entry: bytes,
    kind: str,
    envelope: Envelope,
    at: datetime,
    due_at: datetime | None = None,
    is_silent: bool = False,
) -> dict[str, Any]:
    """Return the row of an e-mail that is sent at once, or at `due_at`. One that is silent is stored and never sent."""
    box = sealing.encrypt(key, json.dumps([envelope.address.text, envelope.language, envelope.token], ensure_ascii=False))
    when = None if is_silent else due_at or at
    return {"id": entry, "kind": kind, "box": box, "posted_at": at, "due_at": when, "attempts": 0}


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


def claim(
    database: Database, at: datetime, *, by: bytes | None = None, takes_up: bool = False, quota: Quota | None = None
) -> list[OutboxMessage]:
    """Claim up to CLAIM_BATCH e-mails that are due, for as long as a lease, the reminders after all others.

    It takes a writer's turn also where nothing is due: ask `is_any_due` first.

    With `takes_up`, claim again what this worker still holds. In an outage, claim one e-mail a minute among all workers; with a
    quota, claim one at a time, to hand it over at once.
    """
    due = _due(at, by if takes_up else None)
    with database.writing() as session:
        if quota:
            quotas.hold(database, session)
            if not quota.has_room(session, at):
                return []
        most = outage.allowance(session, at, 1 if quota else CLAIM_BATCH)
        claimed = _claim(session, due.where(OutboxMessage.sent_at.is_(None)).limit(most), at, by)
        claimed = claimed or _claim(session, due.limit(most), at, by)
        if quota and claimed:
            quotas.note(session, at)
        return claimed


def is_any_due(session: Session, at: datetime, *, by: bytes | None = None, quota: Quota | None = None) -> bool:
    """Return whether there is an e-mail to claim now; with `by`, also one that this worker holds from before."""
    if session.scalar(_due(at, by).limit(1)) is None or outage.is_waiting(session, at):
        return False
    return quota is None or quota.has_room(session, at)


def _due(at: datetime, by: bytes | None) -> sa.Select[bytes]:
    """Return a query for due e-mails that nobody or this worker has claimed."""
    is_free = sa.or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until < at)
    if by is not None:
        is_free = sa.or_(is_free, OutboxMessage.claimed_by == by)
    return sa.select(OutboxMessage.id).where(OutboxMessage.due_at <= at, is_free).order_by(OutboxMessage.due_at)


def _claim(session: Session, due: sa.Select[bytes], at: datetime, by: bytes | None) -> list[OutboxMessage]:
    # A table of its own: PostgreSQL may ask a subquery anew for each row, and finds others each time, as it skips what is locked.
    found = due.with_for_update(skip_locked=True).cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    claimed = sa.update(OutboxMessage).where(OutboxMessage.id.in_(sa.select(found.c.id)))
    return list(session.scalars(claimed.values(lease_until=at + LEASE, claimed_by=by).returning(OutboxMessage)))


def is_lease_ending(entry: OutboxMessage, at: datetime) -> bool:
    """Return whether it is too late to begin a claimed e-mail: sending could outlast the lease, and another would send it."""
    return entry.lease_until is None or entry.lease_until < at + LEASE / 2


def release(database: Database, entries: list[OutboxMessage], *, quota: Quota | None = None) -> None:
    """Release e-mails that were claimed together and are still ours, so that they need not wait for the lease to end.

    Give back their part of the quota too, so that a long outage does not use it up.
    """
    ours = OutboxMessage.id.in_([letter.id for letter in entries]), OutboxMessage.lease_until == entries[0].lease_until
    with database.writing() as session:
        session.execute(sa.update(OutboxMessage).where(*ours).values(lease_until=None, claimed_by=None))
        if quota and entries[0].lease_until:
            quotas.give_back(session, entries[0].lease_until - LEASE)


def expired(at: datetime) -> sa.ColumnElement[bool]:
    """Return the condition for e-mails to forget: 72 hours after they were sent or refused, 7 days after they were posted."""
    return expired_before(**expiry_cutoffs(at))


def expires_at(entry: OutboxMessage, at: datetime) -> datetime:
    """Return when an e-mail is to be forgotten that was sent, or is sent at this moment, and with it its link."""
    return min((entry.sent_at or entry.failed_at or at) + LINK_LIFETIME, entry.posted_at + MAX_LIFETIME)


def expiry_cutoffs(at: datetime) -> dict[str, datetime]:
    """Return two moments: an e-mail sent or refused before the first, or posted before the second, has expired."""
    return {"sent_before": at - LINK_LIFETIME, "posted_before": at - MAX_LIFETIME}


def expired_before(sent_before: Cutoff, posted_before: Cutoff) -> sa.ColumnElement[bool]:
    """Return the same condition for given cutoffs, which may be parameters of a prepared statement."""
    entry = table(OutboxMessage).c
    return sa.or_(sa.func.coalesce(entry.sent_at, entry.failed_at) < sent_before, entry.posted_at < posted_before)


def is_overdue(session: Session, at: datetime, quota: Quota | None) -> sa.ColumnElement[bool]:
    """Return the condition for e-mails that fell due long ago and were not sent, whether or not they were tried.

    It holds for none while the worker lets them wait: in an outage, which has its own sentence, or for the quota.
    """
    is_meant = outage.slowed(session) is not None or (quota is not None and quota.was_used_up(session, at))
    return sa.false() if is_meant else OutboxMessage.due_at < at - OVERDUE_AFTER


def count_messages(session: Session, at: datetime, quota: Quota | None) -> MessageCounts:
    """Count the e-mails for those who look after the mail."""
    kinds = (
        sa.and_(OutboxMessage.due_at.is_not(None), OutboxMessage.sent_at.is_(None)),
        is_overdue(session, at, quota),
        OutboxMessage.failed_at.is_not(None),
    )
    numbers = [session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage).where(kind)) or 0 for kind in kinds]
    return MessageCounts(*numbers)


def purge(database: Database, at: datetime) -> int:
    """Delete the expired e-mails, and with each the submission that waited for its answer; return how many."""
    with database.writing() as session:
        result = session.execute(sa.delete(OutboxMessage).where(expired(at)))
        return cast("sa.CursorResult[object]", result).rowcount
