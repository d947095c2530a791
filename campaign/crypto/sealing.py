"""What hides a signer: sealed records, encrypted boxes, the tag that finds the same mailbox twice, and tokens for links.

A record is sealed to the campaign's public key before it is stored; only the private key opens it. E-mails that wait are
encrypted under a key file outside the database (`keys.py`). See docs/formats.md.
"""

import base64
import hashlib
import hmac
import re
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass

from nacl.bindings import crypto_box_SEALBYTES
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from campaign.crypto import mailbox
from campaign.crypto.keys import key_id

ENVELOPE_VERSION = 1  # of the records that are sealed from now on; OPENERS has every version that is opened
NEWS_VERSION = b"\1"  # of the records of those who asked for news
MAILING_VERSION = b"\1"  # of what the machine is to send that sends the news
SIZES = (512, 1024)  # what is sealed or locked shows its length to whoever holds the database, so there are two lengths
ENVELOPE_SIZES = tuple(1 + 8 + crypto_box_SEALBYTES + size for size in SIZES)
TOKEN = re.compile("(?<![a-z2-7])[a-z2-7]{26}(?![a-z2-7])")  # as `new_token` makes it, with anything else around


class CannotOpen(Exception):
    """A sealed record cannot be opened with this key."""


class RecordTooLarge(Exception):
    """Something does not fit into the larger of the two sizes; the text is one sentence."""


@dataclass(frozen=True)
class Person:
    """The sealed data of one signer."""

    record: bytes  # the id of the row it belongs to, 16 bytes
    text_sha256: str  # the text that was signed, 64 hex digits
    name: str
    email: str


def seal(public: PublicKey, person: Person) -> bytes:
    """Return a record that only the private key opens: version, key id, then the padded record in a SealedBox."""
    plain = _padded(person.record + bytes.fromhex(person.text_sha256), person.name, person.email)
    return _envelope(bytes([ENVELOPE_VERSION]), public, plain)


def recipient_key_id(envelope: bytes) -> bytes:
    """Return the id of the key that a record was sealed to; raise CannotOpen for what `seal` never wrote."""
    if envelope[:1] and envelope[:1] not in OPENERS:
        raise CannotOpen(f"the record has version {envelope[0]}, which this program does not know")
    if len(envelope) not in ENVELOPE_SIZES:
        raise CannotOpen("the record is damaged")
    return envelope[1:9]


def open_sealed(private: PrivateKey, envelope: bytes) -> Person:
    """Open a record of any version in OPENERS; raise CannotOpen. Version and key id come first in every version."""
    version, sealed_to, box = envelope[:1], envelope[1:9], envelope[9:]
    if sealed_to != key_id(private.public_key):
        raise CannotOpen("the record was sealed to another key")
    if version not in OPENERS:
        raise CannotOpen(f"the record has version {version[0]}, which this program does not know")
    return OPENERS[version](private, box)


def _open_first(private: PrivateKey, box: bytes) -> Person:
    try:
        plain = SealedBox(private).decrypt(box)
        name, rest = _take(plain[48:])
        email, _ = _take(rest)
        return Person(record=plain[:16], text_sha256=plain[16:48].hex(), name=name.decode(), email=email.decode())
    except (CryptoError, struct.error, ValueError):  # the last two: sealed to this key, but not by `seal`
        raise CannotOpen("the record is damaged") from None


OPENERS: dict[bytes, Callable[[PrivateKey, bytes], Person]] = {b"\1": _open_first}


@dataclass(frozen=True)
class NewsRecipient:
    """The sealed data of somebody who asked for news; it does not say which signature is theirs."""

    record: bytes  # the id of the row it belongs to, 16 bytes
    email: str
    language: str
    token: str  # of the link that ends it


def seal_news(public: PublicKey, recipient: NewsRecipient) -> bytes:
    """Return a record that only the news key opens: version, key id, then the padded record in a SealedBox."""
    plain = _padded(recipient.record, recipient.email, recipient.language, recipient.token)
    return _envelope(NEWS_VERSION, public, plain)


def open_news(private: PrivateKey, envelope: bytes) -> NewsRecipient:
    """Open what `seal_news` made; raise CannotOpen."""
    if envelope[:1] != NEWS_VERSION or len(envelope) not in ENVELOPE_SIZES:
        raise CannotOpen("the record is damaged, or of a later version")
    if envelope[1:9] != key_id(private.public_key):
        raise CannotOpen("the record was sealed to another key")
    try:
        plain = SealedBox(private).decrypt(envelope[9:])
        email, rest = _take(plain[16:])
        language, rest = _take(rest)
        token, _ = _take(rest)
        return NewsRecipient(plain[:16], email.decode(), language.decode(), token.decode())
    except (CryptoError, struct.error, ValueError):
        raise CannotOpen("the record is damaged") from None


def seal_mailing(public: PublicKey, text: str) -> bytes:
    """Return text that only the news key opens, and that nobody changes by mistake: version, key id, then a SealedBox."""
    return _envelope(MAILING_VERSION, public, text.encode())


def open_mailing(private: PrivateKey, envelope: bytes) -> str:
    """Open what `seal_mailing` made; raise CannotOpen."""
    if envelope[:1] != MAILING_VERSION:
        raise CannotOpen("the mailing is damaged, or of a later version")
    if envelope[1:9] != key_id(private.public_key):
        raise CannotOpen("the mailing was sealed to another key")
    try:
        return SealedBox(private).decrypt(envelope[9:]).decode()
    except (CryptoError, ValueError):
        raise CannotOpen("the mailing is damaged") from None


def _envelope(version: bytes, public: PublicKey, plain: bytes) -> bytes:
    return version + key_id(public) + SealedBox(public).encrypt(plain)


def encrypt(key: bytes, text: str) -> bytes:
    """Lock text of at most 1,022 bytes under a key file; raise RecordTooLarge."""
    return bytes(SecretBox(key).encrypt(_padded(b"", text)))


def decrypt(key: bytes, box: bytes) -> str:
    """Open what `encrypt` made; raise CannotOpen."""
    try:
        return _take(SecretBox(key).decrypt(box))[0].decode()
    except CryptoError:
        raise CannotOpen("this was locked under another key") from None


def mailbox_tag(key: bytes, email: str) -> bytes:
    """33 bytes that are the same for every way to write one mailbox, and say nothing without the key file. Version 2."""
    return b"\2" + hmac.digest(key, mailbox.mailbox(email).encode(), hashlib.sha256)


def first_mailbox_tag(key: bytes, email: str) -> bytes:
    """Return the 32 bytes of version 1, which older rows have."""
    return hmac.digest(key, mailbox.first_mailbox(email).encode(), hashlib.sha256)


def mailbox_tags(key: bytes, email: str) -> list[bytes]:
    """Return the tags under which rows of a mailbox can be found, the newest version first."""
    return [mailbox_tag(key, email), first_mailbox_tag(key, email)]


def address_tag(key: bytes, email: str) -> bytes:
    """32 bytes that tell one spelling of an address from the others of its mailbox."""
    return content_mac(key, "address", mailbox.spelling(email))


def content_mac(key: bytes, *parts: str) -> bytes:
    """32 bytes that tell the same content again, keyed like the tag."""
    return hmac.digest(key, "\0".join(("content", *parts)).encode(), hashlib.sha256)


def new_token() -> str:
    """Return a token for a link: 128 random bits in base32, whose 26 letters and digits no mail program breaks or cuts off."""
    return base64.b32encode(secrets.token_bytes(16)).decode().lower().rstrip("=")


def find_token(text: str) -> str | None:
    """Return the token in a part of an address, ignoring what mail programs and people added around it; None without one."""
    found = TOKEN.search(text)
    return found and found[0]


def token_hash(token: str) -> bytes:
    """Return the stored form of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


def _padded(head: bytes, *texts: str) -> bytes:
    """Join a head and texts, each behind its length, and fill up with zeros to the smaller size that fits."""
    fields = [text.encode() for text in texts]
    length = len(head) + sum(2 + len(field) for field in fields)
    for size in SIZES:
        if length <= size:
            return b"".join([head, *(struct.pack(">H", len(field)) + field for field in fields)]).ljust(size, b"\0")
    raise RecordTooLarge(f"{length:,} bytes are too many to seal or lock. The limit is {SIZES[-1]:,}.")


def _take(data: bytes) -> tuple[bytes, bytes]:
    (length,) = struct.unpack_from(">H", data)
    return data[2 : 2 + length], data[2 + length :]
