"""The keys that signatures are sealed to: the first, which lies in the data folder, and those that came after it.

What was sealed to an earlier key stays as it is, so the private keys are needed side by side. A later key stands in the database
with a code that only who has the data folder can make: whoever can write to the database alone cannot slip in a key of their
own.
"""

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import date

import sqlalchemy as sa
from nacl.exceptions import CryptoError
from nacl.public import PublicKey, SealedBox
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.crypto.keys import Keys
from campaign.database import Base


class SealKey(Base):
    """A public key that came into force after the first one."""

    __tablename__ = "seal_key"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1 is the first that came after
    public: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    code: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    since: Mapped[date]

    @property
    def key(self) -> PublicKey:
        """The key itself."""
        return PublicKey(self.public)


class InvalidKey(Exception):
    """What was typed is no public key."""


class KeyAlreadyUsed(Exception):
    """The key is in force already, or was before."""


def parse_key(typed: str) -> PublicKey:
    """A public key as `encode_key`.

    Raises InvalidKey, also where a letter is wrong: what is sealed to such a key nobody could open.
    """
    try:
        both = base64.b64decode("".join(typed.split()), validate=True)
        key = PublicKey(both[: PublicKey.SIZE])
        if both[PublicKey.SIZE :] != _checksum(key):
            raise InvalidKey
        SealedBox(key).encrypt(b"")  # libsodium refuses the few points to which nothing can be sealed safely
    except (ValueError, TypeError, CryptoError):
        raise InvalidKey from None
    return key


def encode_key(key: PublicKey) -> str:
    """A public key in one line of 48 letters, digits and signs: in base64, a checksum behind it."""
    return base64.b64encode(bytes(key) + _checksum(key)).decode()


def rotated_keys(session: Session, keys: Keys) -> list[SealKey]:
    """The keys that came after the first, the oldest first; none whose code is wrong."""
    found = session.scalars(sa.select(SealKey).order_by(SealKey.number))
    return [row for row in found if hmac.compare_digest(row.code, _mac(keys, row.number, row.public))]


def newest_key(session: Session, keys: Keys) -> PublicKey | None:
    """The key that came last; none where it is the first one still."""
    after = rotated_keys(session, keys)
    return after[-1].key if after else None


def with_newest_key(keys: Keys, newest: PublicKey | None) -> Keys:
    """The keys with another public one; the private one of the first then opens not everything, and so is of no use."""
    return replace(keys, public=newest, private=None) if newest else keys


def load_active_keys(session: Session, keys: Keys) -> Keys:
    """The keys with the public one that records are sealed to now."""
    return with_newest_key(keys, newest_key(session, keys))


def check_unused(session: Session, keys: Keys, key: PublicKey) -> None:
    """Raises KeyAlreadyUsed unless records were never sealed to this key."""
    known = session.scalar(sa.select(SealKey.number).where(SealKey.public == bytes(key)))
    if known is not None or key == keys.public:
        raise KeyAlreadyUsed


def activate_key(session: Session, keys: Keys, key: PublicKey, today: date) -> None:
    """Has everything sealed to this key from now on, in every process within seconds; raises KeyAlreadyUsed."""
    check_unused(session, keys, key)
    number = (session.scalar(sa.select(sa.func.max(SealKey.number))) or 0) + 1
    session.add(SealKey(number=number, public=bytes(key), code=_mac(keys, number, bytes(key)), since=today))
    session.flush()


def key_problems(session: Session, keys: Keys) -> list[str]:
    """What is wrong with the later keys, a sentence each."""
    good = {row.number for row in rotated_keys(session, keys)}
    numbers = session.scalars(sa.select(SealKey.number).order_by(SealKey.number))
    return [
        f"Key {number} that signatures are to be sealed to was not put there by this campaign: it is not used. Who has access to"
        " the database?"
        for number in numbers
        if number not in good
    ]


def _checksum(key: PublicKey) -> bytes:
    return hashlib.sha256(b"checksum" + bytes(key)).digest()[:4]


def _mac(keys: Keys, number: int, public: bytes) -> bytes:
    return hmac.digest(keys.desk, f"seal key {number}:".encode() + public, "sha256")
