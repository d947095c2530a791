"""The rules of signing: sign, find, confirm, withdraw, erase, close. They know no request and never commit."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from campaign.crypto import sealing
from campaign.crypto.keys import Keys
from campaign.database import INSERTS, Database, table
from campaign.outbox import queue
from campaign.outbox.address import EmailAddress, NotAnAddress
from campaign.outbox.queue import Envelope, OutboxMessage
from campaign.petition import bursts, display_names
from campaign.petition.counting import add_to_tally, confirmed
from campaign.petition.models import Publication, Signature, Submission

DOUBLE_CLICK = timedelta(seconds=60)  # the same content again within this time is a second click
EMAILS_A_DAY = 3  # to one address
CONFIRMING = "ask_to_confirm"

# Made once and in terms of tables: building a statement of objects takes longer than the database takes to answer it.
_signature, _submission, _message = table(Signature), table(Submission), table(OutboxMessage)
_both = _submission.join(_message, _message.c.id == _submission.c.id)
INSERT_SUBMISSION = sa.insert(_submission)
RECENT_SUBMISSIONS = (
    sa.select(_submission.c.digest, _submission.c.created_at, _message.c.reminded_at)
    .select_from(_both)
    .where(
        _submission.c.tag == sa.bindparam("tag"),
        sa.or_(_submission.c.created_at > sa.bindparam("day_ago"), _message.c.reminded_at > sa.bindparam("day_ago")),
    )
)
CARRIED_COLUMNS = [column.name for column in _signature.c if column.name in _submission.c]  # what goes over unchanged
SELECT_WAITING = (
    sa.select(*(_submission.c[name] for name in (*CARRIED_COLUMNS, "shown_box")), _message.c.box)
    .select_from(_both)
    .where(
        _submission.c.token_hash == sa.bindparam("token_hash"),
        sa.not_(sa.func.coalesce(queue.expired_before(sa.bindparam("sent_before"), sa.bindparam("posted_before")), sa.false())),
    )
    .with_for_update(of=_message)  # the e-mail, as all who delete it do
)
INSERT_SIGNATURE = {
    dialect: make(_signature)
    .on_conflict_do_nothing(index_elements=["tag"], index_where=_signature.c.removal_id.is_(None))
    .returning(_signature.c.id)
    for dialect, make in INSERTS.items()
}
DELETE_MESSAGE = sa.delete(_message).where(_message.c.id == sa.bindparam("letter"))


@dataclass(frozen=True)
class SignatureRequest:
    """What somebody typed into the form, cleaned."""

    name: str
    email: EmailAddress
    shown_as: str
    country: str | None
    news: bool
    language: str
    text_sha256: str


def sign(database: Database, session: Session, keys: Keys, submitted: SignatureRequest, at: datetime) -> None:
    """Stores a submission and posts its e-mail.

    Does exactly the same whether or not this mailbox has signed. A second click stores nothing again, and beyond
    three e-mails a day to one address nothing more is sent.
    """
    tag = sealing.mailbox_tag(keys.tag, submitted.email.text)
    digest = sealing.content_mac(
        keys.tag,
        submitted.name,
        submitted.email.text,
        submitted.shown_as,
        submitted.country or "",
        str(submitted.news),
        submitted.language,
        submitted.text_sha256,
    )
    database.lock(session, tag)
    if _is_repeated(session, tag=tag, digest=digest, at=at):
        return
    record, token = secrets.token_bytes(16), sealing.new_token()
    person = sealing.Person(record=record, text_sha256=submitted.text_sha256, name=submitted.name, email=submitted.email.text)
    envelope = Envelope(address=submitted.email, language=submitted.language, token=token)
    queue.enqueue(session, keys.mail, entry=record, kind=CONFIRMING, envelope=envelope, at=at)
    session.execute(
        INSERT_SUBMISSION,
        {
            "id": record,
            "tag": tag,
            "digest": digest,
            "token_hash": sealing.token_hash(token),
            "sealed": sealing.seal(keys.public, person),
            "shown_box": sealing.encrypt(keys.mail, submitted.shown_as),
            "language": submitted.language,
            "country": submitted.country,
            "news": submitted.news,
            "text_sha256": submitted.text_sha256,
            "created_at": at,
        },
    )


def _is_repeated(session: Session, *, tag: bytes, digest: bytes, at: datetime) -> bool:
    """Whether this is a second click, or the address had its e-mails for the day."""
    day_ago = at - timedelta(days=1)
    emails = 0
    for known, created_at, reminded_at in session.execute(RECENT_SUBMISSIONS, {"tag": tag, "day_ago": day_ago}):
        if known == digest and created_at > at - DOUBLE_CLICK:
            return True
        emails += (created_at > day_ago) + (reminded_at is not None and reminded_at > day_ago)
    return emails >= EMAILS_A_DAY


def find(session: Session, token: str, at: datetime) -> Submission | Signature | None:
    """Return what a link leads to: a submission that waits, the signature that its mailbox has, or nothing.

    A signature that was removed is found by its link until it is deleted, unless its mailbox has signed anew.
    """
    hashed = sealing.token_hash(token)
    waiting = session.scalar(
        sa.select(Submission)
        .join(OutboxMessage, OutboxMessage.id == Submission.id)
        .where(Submission.token_hash == hashed, sa.not_(sa.func.coalesce(queue.expired(at), sa.false())))
    )
    if waiting is not None:
        return signature_of(session, waiting.tag) or waiting
    signed = aliased(Signature)
    mailbox = sa.select(signed.tag).where(signed.token_hash == hashed).scalar_subquery()
    counted_first = (Signature.removal_id.is_not(None), Signature.token_hash != hashed)
    return session.scalar(sa.select(Signature).where(Signature.tag == mailbox).order_by(*counted_first).limit(1))


def signature_of(session: Session, tag: bytes) -> Signature | None:
    """Return the signature of a mailbox that counts, if it has one."""
    found: Signature | None = session.scalar(confirmed().where(Signature.tag == tag))
    return found


def confirm(session: Session, keys: Keys, token: str, at: datetime, *, hold: bool = False) -> Signature | None:
    """Turns the submission behind a link into a signature; pressing again finds the same one. None for a dead link.

    With `hold` its words are shown only once an organizer has looked at them.
    """
    hashed = sealing.token_hash(token)
    found = session.execute(SELECT_WAITING, {"token_hash": hashed} | queue.expiry_cutoffs(at)).mappings().first()
    if found is None:  # it was pressed before, perhaps just now: what came of that stands
        signed = find(session, token, at)
        return None if isinstance(signed, Submission) else signed
    words = sealing.decrypt(keys.mail, found["shown_box"])
    try:
        email = queue.open_envelope(keys.mail, found["box"]).address
    except NotAnAddress:  # it came in before such spellings were refused: one mailbox could sign with each
        return None
    values = {name: found[name] for name in CARRIED_COLUMNS} | {
        "shown_as": None if hold else words or None,
        "confirmed_on": at.date(),
    }
    if session.execute(INSERT_SIGNATURE[session.get_bind().dialect.name], values).scalar() is None:
        return signature_of(session, found["tag"])  # the mailbox has signed already; every link that leads to it stays alive
    bursts.record_confirmation(session, keys.tag, signature=found["id"], email=email, at=at)
    if words:
        display_names.apply_display_name(session, found["id"], words, today=at.date(), hold=hold)
    session.execute(DELETE_MESSAGE, {"letter": found["id"]})  # the submission goes with it
    return Signature(**values)


def withdraw(session: Session, signed: Signature, today: date, *, reason: str = "withdrawn") -> None:
    """Deletes a signature, also a removed one, and whatever waits for the same mailbox; a number per day and reason remains."""
    _forget_waiting(session, signed.tag)
    if _delete(session, signed.tag):  # pressed twice at once, it goes away once
        add_to_tally(session, day=today, reason=reason)


def erase(session: Session, keys: Keys, address: str, today: date) -> bool:
    """Deletes everything there is of an address; returns whether there was anything."""
    tag = sealing.mailbox_tag(keys.tag, address)
    found = [session.scalar(sa.select(kind.id).where(kind.tag == tag).limit(1)) for kind in (Submission, Signature)]
    _forget_waiting(session, tag)
    if _delete(session, tag):
        add_to_tally(session, day=today, reason="withdrawn")
    return any(record is not None for record in found)


def _delete(session: Session, tag: bytes) -> bool:
    """Delete what a mailbox has signed, also what was removed; return whether any of it counted."""
    gone = session.scalars(sa.delete(_signature).where(_signature.c.tag == tag).returning(_signature.c.removal_id))
    return None in gone.all()


def _forget_waiting(session: Session, tag: bytes) -> bool:
    waiting = sa.select(Submission.id).where(Submission.tag == tag)
    return bool(session.execute(sa.delete(OutboxMessage).where(OutboxMessage.id.in_(waiting))).rowcount)  # type: ignore[attr-defined]


def close(session: Session, today: date | None) -> None:
    """Ends the collecting of signatures on a day, or resumes it with None."""
    session.execute(sa.update(Publication).where(Publication.id == 1).values(closed_on=today))


def withdraw_testimony(session: Session, today: date) -> None:
    """Withdraws the testimony for good, and with it ends the collecting: the letter rests on it. Again changes nothing."""
    standing = sa.update(Publication).where(Publication.id == 1, Publication.testimony_withdrawn_on.is_(None))
    closed_on = sa.func.coalesce(Publication.closed_on, today)
    session.execute(standing.values(testimony_withdrawn_on=today, closed_on=closed_on))
