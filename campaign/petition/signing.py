"""The rules of signing but for confirming.py: sign, find, withdraw, erase, close. They know no request and never commit."""

from datetime import date, datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto import sealing
from campaign.crypto.keys import Keys
from campaign.database import Database, table
from campaign.outbox import queue
from campaign.outbox.queue import OutboxMessage
from campaign.petition import forgotten, links, mailbox_signature
from campaign.petition.counting import add_to_tally
from campaign.petition.forgotten import Kind
from campaign.petition.links import LinkRequest
from campaign.petition.models import Publication, Signature, Submission
from campaign.petition.signature_request import SealedRequest

DOUBLE_CLICK = timedelta(seconds=60)  # the same content again within this time is a second click
EMAILS_A_DAY = 3  # to one address
Waiting = TypeVar("Waiting", Submission, LinkRequest)

# Made once and in terms of tables: building a statement of objects takes longer than the database takes to answer it. They run
# on the connection, as a session looks at each statement for what only objects need.
_signature, _submission, _request, _message = map(table, (Signature, Submission, LinkRequest, OutboxMessage))
_both = _submission.join(_message, _message.c.id == _submission.c.id)
INSERT_SUBMISSION = sa.insert(_submission)
RECENT_EMAILS = sa.union_all(
    sa.select(_submission.c.digest, _submission.c.created_at, _message.c.reminded_at)
    .select_from(_both)
    .where(
        _submission.c.tag.in_([sa.bindparam("tag"), sa.bindparam("first_tag")]),
        sa.or_(_submission.c.created_at > sa.bindparam("day_ago"), _message.c.reminded_at > sa.bindparam("day_ago")),
    ),
    sa.select(_request.c.address_tag, _request.c.created_at, _message.c.reminded_at)
    .join(_message, _message.c.id == _request.c.id)
    .where(
        _request.c.tag.in_([sa.bindparam("tag"), sa.bindparam("first_tag")]),
        _request.c.created_at > sa.bindparam("day_ago"),
        sa.or_(_message.c.due_at.is_not(None), _message.c.sent_at.is_not(None)),  # others are never sent
    ),
)
DELETE_MESSAGE = sa.delete(_message).where(_message.c.id == sa.bindparam("letter"))


def sign(database: Database, connection: sa.Connection, sealed: SealedRequest) -> None:
    """Store a submission and post its e-mail.

    Does exactly the same whether or not this mailbox has signed. A second click stores nothing again, and beyond
    three e-mails a day to one address nothing more is sent.
    """
    database.lock(connection, sealed.tags[0])
    if is_repeated(connection, tags=sealed.tags, digest=sealed.digest, at=sealed.at):
        return
    connection.execute(queue.INSERT_MESSAGE, sealed.message)
    connection.execute(INSERT_SUBMISSION, sealed.submission)


def is_repeated(connection: sa.Connection, *, tags: list[bytes], digest: bytes, at: datetime) -> bool:
    """Return whether this is a second click, or the address had its e-mails for the day."""
    day_ago, emails = at - timedelta(days=1), 0
    mailbox = {"tag": tags[0], "first_tag": tags[1]}
    for known, created_at, reminded_at in connection.execute(RECENT_EMAILS, mailbox | {"day_ago": day_ago}):
        if known == digest and created_at > at - DOUBLE_CLICK:
            return True
        emails += (created_at > day_ago) + (reminded_at is not None and reminded_at > day_ago)
    return emails >= EMAILS_A_DAY


def find(session: Session, token: str, at: datetime) -> Submission | Signature | None:
    """Return what a link leads to: a submission that waits, the signature of its mailbox in the same spelling, or nothing.

    Find a removed signature by its link until it is deleted, unless its mailbox has signed again.
    """
    hashed = sealing.token_hash(token)
    waiting = _unexpired(session, Submission, hashed, at) or _unexpired(session, LinkRequest, hashed, at)
    if waiting is not None:
        signed = mailbox_signature.signature_of(session, waiting)
        if signed and mailbox_signature.is_same_spelling(signed, waiting):
            return signed
        return waiting if isinstance(waiting, Submission) else mailbox_signature.removed_signature_of(session, waiting)
    own = _signature.alias()
    same = sa.or_(_signature.c.id == own.c.id, _signature.c.address_tag.is_not_distinct_from(own.c.address_tag))
    theirs = sa.select(_signature.c.id).join(own, sa.and_(_signature.c.tag == own.c.tag, same)).where(own.c.token_hash == hashed)
    # Each by itself, as PostgreSQL would take the tag, which both have, out of an OR.
    ids = sa.union_all(*(theirs.where(rows) for rows in links.EACH_INDEX))
    counted_first = (Signature.removal_id.is_not(None), Signature.token_hash != hashed)
    return session.scalar(sa.select(Signature).where(Signature.id.in_(ids)).order_by(*counted_first).limit(1))


def _unexpired(session: Session, kind: type[Waiting], hashed: bytes, at: datetime) -> Waiting | None:
    """Return the row whose e-mail carries a link that is still good."""
    by_link = sa.select(kind).join(OutboxMessage, OutboxMessage.id == kind.id).where(kind.token_hash == hashed)
    return session.scalar(by_link.where(sa.not_(sa.func.coalesce(queue.expired(at), sa.false()))))


def delete_waiting(session: Session, waiting: Submission) -> None:
    """Delete one submission and its e-mail; other submissions of its mailbox stay."""
    session.connection().execute(DELETE_MESSAGE, {"letter": waiting.id})
    forgotten.remember(session, Kind.RECORD, [waiting.id])


def withdraw(session: Session, signed: Signature, today: date, *, reason: str = "withdrawn") -> None:
    """Delete a signature, also a removed one, and what waits for its mailbox; only a number per day and reason remains."""
    links.remember_withdrawn(session, [signed.tag], today)
    _forget_waiting(session, [signed.tag])
    if mailbox_signature.delete_signatures(session, [signed.tag]):  # pressed twice at once, it goes away once
        add_to_tally(session, day=today, reason=reason)


def erase(session: Session, keys: Keys, address: str, today: date) -> bool:
    """Delete everything stored about an address; return whether there was anything."""
    tags = sealing.mailbox_tags(keys.tag, address)
    ids = sa.select(Submission.id).where(Submission.tag.in_(tags)), sa.select(Signature.id).where(links.signed_by(tags))
    found = [session.scalar(query.limit(1)) for query in ids]
    _forget_waiting(session, tags)
    if mailbox_signature.delete_signatures(session, tags):
        add_to_tally(session, day=today, reason="withdrawn")
    return any(record is not None for record in found)


def _forget_waiting(session: Session, tags: list[bytes]) -> None:
    """Delete what waits of a mailbox and its e-mails."""
    waiting = sa.union_all(*(sa.select(kind.c.id).where(links.of_mailbox(kind, tags)) for kind in (_submission, _request)))
    gone = sa.delete(OutboxMessage).where(OutboxMessage.id.in_(waiting)).returning(OutboxMessage.id)
    forgotten.remember(session, Kind.RECORD, session.scalars(gone).all())


def close(session: Session, today: date | None) -> None:
    """End the collecting of signatures on a day, or resume it with None."""
    session.execute(sa.update(Publication).where(Publication.id == 1).values(closed_on=today))


def withdraw_testimony(session: Session, today: date) -> bool:
    """Withdraw the testimony for good, and end the collecting, as the letter rests on it; return False if it was gone before."""
    standing = sa.update(Publication).where(Publication.id == 1, Publication.testimony_withdrawn_on.is_(None))
    changed = standing.values(testimony_withdrawn_on=today, closed_on=sa.func.coalesce(Publication.closed_on, today))
    return session.execute(changed.returning(Publication.id)).scalar() is not None
