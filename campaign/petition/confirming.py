"""The button behind a link: what waits is opened before the turn to write, and becomes a signature within it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from campaign.crypto import sealing
from campaign.crypto.keys import Keys
from campaign.database import Database, session_on, table
from campaign.outbox import queue
from campaign.outbox.address import EmailAddress, NotAnAddress
from campaign.outbox.queue import OutboxMessage
from campaign.petition import bursts, display_names, mailbox_signature, news, signing
from campaign.petition.models import Signature, Submission

_signature, _submission, _message = map(table, (Signature, Submission, OutboxMessage))
CARRIED_COLUMNS = [column.name for column in _signature.c if column.name in _submission.c]  # what goes over unchanged
SELECT_WAITING = (
    sa.select(*(_submission.c[name] for name in (*CARRIED_COLUMNS, "shown_box")), _message.c.box)
    .select_from(_submission.join(_message, _message.c.id == _submission.c.id))
    .where(
        _submission.c.token_hash == sa.bindparam("token_hash"),
        sa.not_(sa.func.coalesce(queue.expired_before(sa.bindparam("sent_before"), sa.bindparam("posted_before")), sa.false())),
    )
)
UPDATE_TAGS = (
    sa.update(_submission)
    .where(_submission.c.id == sa.bindparam("waiting"))
    .values({name: sa.bindparam(name) for name in ("tag", "first_tag", "address_tag")})
)


@dataclass(frozen=True)
class Confirmed:
    """A submission just became a signature."""

    held_in: int | None  # the group that waits for review with it


@dataclass(frozen=True)
class OpenedSubmission:
    """A submission and what its boxes hold, opened before the turn to write."""

    row: dict[str, Any]  # of the signature that it becomes
    first_tag: bytes
    email: EmailAddress
    words: str
    wants_news: bool

    @property
    def tags(self) -> dict[str, bytes]:
        """Return what its mailbox and spelling are found by, as tags are made now."""
        return {
            "waiting": self.row["id"],
            "tag": self.row["tag"],
            "first_tag": self.first_tag,
            "address_tag": self.row["address_tag"],
        }


class AlreadySigned(Exception):
    """The mailbox of a submission has signed."""


def confirm(
    database: Database, keys: Keys, token: str, at: datetime, *, hold: bool = False, limit_domains: bool = True
) -> Confirmed | Signature | Submission | None:
    """Turn the submission behind a link into a signature, and commit; pressing again finds that signature. None for a dead link.

    Where the mailbox has signed with another spelling of its address, the submission is left as it is and returned. With
    `hold` its words are shown only once an organizer has looked at them. With `limit_domains` it is held for review where one
    small mail domain brings more than is usual.
    """
    with database.engine.connect() as connection:  # before the turn to write, for which others wait
        waiting = _open_waiting(connection, keys, token, at, hold=hold)
    if waiting:
        try:
            if confirmed := database.write(partial(_become_signature, keys, waiting, at, hold=hold, limit_domains=limit_domains)):
                return confirmed
        except AlreadySigned:  # every link that leads to the signature stays alive
            database.write(lambda connection: connection.execute(UPDATE_TAGS, waiting.tags))
    with database.reading() as session:  # it was pressed before, perhaps just now: what came of that stands
        found = signing.find(session, token, at)
    return found if waiting or isinstance(found, Signature) else None


def _open_waiting(connection: sa.Connection, keys: Keys, token: str, at: datetime, *, hold: bool) -> OpenedSubmission | None:
    """Open the submission behind a link; return None for a dead link, and for one that was pressed."""
    wanted = {"token_hash": sealing.token_hash(token)} | queue.expiry_cutoffs(at)
    found = connection.execute(SELECT_WAITING, wanted).mappings().first()
    if found is None:
        return None
    words = sealing.decrypt(keys.mail, found["shown_box"])
    try:
        email = queue.open_envelope(keys.mail, found["box"]).address
    except NotAnAddress:  # it came in before such spellings were refused: one mailbox could sign with each
        return None
    tag, first_tag = sealing.mailbox_tags(keys.tag, email.text)
    row = {name: found[name] for name in CARRIED_COLUMNS} | {
        "tag": tag,
        "address_tag": sealing.address_tag(keys.tag, email.text),
        "shown_as": None if display_names.waits_for_review(words, hold=hold) else words or None,
        "confirmed_on": at.date(),
    }
    return OpenedSubmission(row, first_tag, email, words, found["news"])


def _become_signature(
    keys: Keys, waiting: OpenedSubmission, at: datetime, connection: sa.Connection, *, hold: bool, limit_domains: bool
) -> Confirmed | None:
    """Store a signature in place of its submission; return None where that is gone, raise AlreadySigned where its mailbox has."""
    signature, email = waiting.row["id"], waiting.email
    if not connection.execute(signing.DELETE_MESSAGE, {"letter": signature}).rowcount:  # the submission goes with it
        return None
    if not mailbox_signature.insert_signature(connection, waiting.row, waiting.first_tag):
        raise AlreadySigned
    held_in = bursts.hold_beyond_limit(connection, keys.tag, signature=signature, email=email, at=at) if limit_domains else None
    if held_in is None:
        bursts.record_confirmation(connection, keys.tag, signature=signature, email=email, at=at)
    if waiting.words or waiting.wants_news:
        with session_on(connection) as session:
            if waiting.words:
                display_names.apply_display_name(session, signature, waiting.words, today=at.date(), hold=hold)
            if waiting.wants_news:
                news.agree(session, keys, signature=signature, email=email, language=waiting.row["language"])
    return Confirmed(held_in)
