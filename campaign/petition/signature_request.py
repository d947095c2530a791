"""What somebody sends with the form to sign, and the rows that are made of it."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from campaign.crypto import sealing
from campaign.crypto.keys import Keys
from campaign.outbox import queue
from campaign.outbox.address import EmailAddress
from campaign.outbox.queue import Envelope

CONFIRMING = "ask_to_confirm"


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
    delete_on: date | None = None  # the day of deletion that the signer is promised

    def digest(self, key: bytes) -> bytes:
        """Return what finds the same content again, for the second click."""
        return sealing.content_mac(
            key,
            self.name,
            self.email.text,
            self.shown_as,
            self.country or "",
            str(self.news),
            self.language,
            self.text_sha256,
        )


@dataclass(frozen=True)
class SealedRequest:
    """The stored form of a request, sealed, locked and tagged before its turn to write, for which others wait."""

    at: datetime
    tags: list[bytes]
    digest: bytes
    message: dict[str, Any]  # the row of its e-mail
    submission: dict[str, Any]


def seal_request(keys: Keys, submitted: SignatureRequest, at: datetime, *, delay: timedelta = timedelta(0)) -> SealedRequest:
    """Return the stored form of a request, with an e-mail that leaves after a delay."""
    record, token, email = secrets.token_bytes(16), sealing.new_token(), submitted.email.text
    tags, digest = sealing.mailbox_tags(keys.tag, email), submitted.digest(keys.tag)
    envelope = Envelope(address=submitted.email, language=submitted.language, token=token)
    due_at = queue.delayed(at, delay)
    person = sealing.Person(record=record, text_sha256=submitted.text_sha256, name=submitted.name, email=email)
    submission = {
        "id": record,
        "tag": tags[0],
        "first_tag": tags[1],
        "address_tag": sealing.address_tag(keys.tag, email),
        "digest": digest,
        "token_hash": sealing.token_hash(token),
        "sealed": sealing.seal(keys.public, person),
        "shown_box": sealing.encrypt(keys.mail, submitted.shown_as),
        "language": submitted.language,
        "country": submitted.country,
        "news": submitted.news,
        "text_sha256": submitted.text_sha256,
        "created_at": at,
        "delete_on": submitted.delete_on,
    }
    message = queue.message_row(keys.mail, entry=record, kind=CONFIRMING, envelope=envelope, at=at, due_at=due_at)
    return SealedRequest(at, tags, digest, message, submission)
