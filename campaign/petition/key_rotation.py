"""The keys that signatures are sealed to: the first, which is in the data folder, and those that came after it.

Records sealed to an earlier key do not change, so you need all private keys. A later key is in the database
with a code that only the data folder can make, so write access to the database alone is not enough to slip a key in.
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
        """Return the key itself."""
        return PublicKey(self.public)


class InvalidKey(Exception):
    """What was typed is no public key."""


class KeyAlreadyUsed(Exception):
    """The key is in force already, or was before."""


def parse_key(typed: str) -> PublicKey:
    """Return a public key in the form that `encode_key` writes.

    Raise InvalidKey, also for a single wrong letter: nobody could open what is sealed to such a key.
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
    """Return a public key as one line of 48 characters: base64 of the key and a checksum."""
    return base64.b64encode(bytes(key) + _checksum(key)).decode()


def rotated_keys(session: Session, keys: Keys) -> list[SealKey]:
    """Return the keys that came after the first, oldest first; leave out those whose code is wrong."""
    found = session.scalars(sa.select(SealKey).order_by(SealKey.number))
    return [row for row in found if hmac.compare_digest(row.code, _mac(keys, row.number, row.public))]


def newest_key(session: Session, keys: Keys) -> PublicKey | None:
    """Return the newest key; None while the first one is in force."""
    after = rotated_keys(session, keys)
    return after[-1].key if after else None


def with_newest_key(keys: Keys, newest: PublicKey | None) -> Keys:
    """Return the keys with another public one, and without the first private key, which would not open everything."""
    return replace(keys, public=newest, private=None) if newest else keys


def load_active_keys(session: Session, keys: Keys) -> Keys:
    """Return the keys with the public one that records are sealed to now."""
    return with_newest_key(keys, newest_key(session, keys))


def check_unused(session: Session, keys: Keys, key: PublicKey) -> None:
    """Raise KeyAlreadyUsed if records were ever sealed to this key."""
    known = session.scalar(sa.select(SealKey.number).where(SealKey.public == bytes(key)))
    if known is not None or key == keys.public:
        raise KeyAlreadyUsed


def activate_key(session: Session, keys: Keys, key: PublicKey, today: date) -> None:
    """Seal everything to this key from now on, in every process within seconds; raise KeyAlreadyUsed."""
    check_unused(session, keys, key)
    number = (session.scalar(sa.select(sa.func.max(SealKey.number))) or 0) + 1
    session.add(SealKey(number=number, public=bytes(key), code=_mac(keys, number, bytes(key)), since=today))
    session.flush()


def key_problems(session: Session, keys: Keys) -> list[str]:
    """Return what is wrong with the later keys, a sentence each."""
    good = {row.number for row in rotated_keys(session, keys)}
    numbers = session.scalars(sa.select(SealKey.number).order_by(SealKey.number))
    return [
        f"This campaign did not add key {number} for signatures, so it is not used. Find out who has access to the database."
        for number in numbers
        if number not in good
    ]


def _checksum(key: PublicKey) -> bytes:
    return hashlib.sha256(b"checksum" + bytes(key)).digest()[:4]


def _mac(keys: Keys, number: int, public: bytes) -> bytes:
    return hmac.digest(keys.desk, f"seal key {number}:".encode() + public, "sha256")
