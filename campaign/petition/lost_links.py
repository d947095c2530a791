"""The link to a signature again, for people who lost the e-mail: they give the address, and all get the same answer."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto import sealing
from campaign.crypto.keys import Keys
from campaign.database import Database
from campaign.outbox import queue
from campaign.outbox.address import EmailAddress
from campaign.outbox.queue import Envelope, OutboxMessage
from campaign.petition import signing
from campaign.petition.links import LinkRequest
from campaign.petition.models import Submission

SEND_LINK = "send_link"


def request_link(
    database: Database,
    session: Session,
    keys: Keys,
    email: EmailAddress,
    language: str,
    at: datetime,
    *,
    delay: timedelta = timedelta(0),
) -> None:
    """Store that an address wants its link, which the mail worker sends where there is one.

    Write exactly the same whether or not this mailbox has signed. Store a second click too, and requests beyond the daily
    limit of e-mails to one address, but never send them.
    """
    tags, address_tag = sealing.mailbox_tags(keys.tag, email.text), sealing.address_tag(keys.tag, email.text)
    database.lock(session, tags[0])
    is_silent = signing.is_repeated(session.connection(), tags=tags, digest=address_tag, at=at)
    entry, token = secrets.token_bytes(16), sealing.new_token()
    envelope = Envelope(address=email, language=language, token=token)
    due_at = queue.delayed(at, delay)
    queue.enqueue(session, keys.mail, entry=entry, kind=SEND_LINK, envelope=envelope, at=at, due_at=due_at, is_silent=is_silent)
    values = {"tag": tags[0], "first_tag": tags[1], "address_tag": address_tag, "token_hash": sealing.token_hash(token)}
    session.execute(sa.insert(LinkRequest).values(id=entry, created_at=at, **values))


def waiting_message(session: Session, request: LinkRequest, at: datetime) -> OutboxMessage | None:
    """Return the newest e-mail whose link an address can still confirm with; None while that is on its way by itself."""
    theirs = sa.select(OutboxMessage).join(Submission, Submission.id == OutboxMessage.id)
    theirs = theirs.where(Submission.address_tag == request.address_tag, sa.not_(sa.func.coalesce(queue.expired(at), sa.false())))
    newest = session.scalar(theirs.order_by(Submission.created_at.desc()).limit(1))
    return newest if newest and (newest.sent_at or newest.failed_at) else None
