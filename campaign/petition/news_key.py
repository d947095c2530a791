"""The key that addresses for news are sealed to, apart from that of the signatures; without one news is not offered.

The database has it with a code that only the data folder can make. A row without a key ends the news.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from nacl.public import PublicKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.crypto.keys import NO_KEY, Keys
from campaign.database import Base
from campaign.petition.key_rotation import KeyAlreadyUsed, SealKey


class NewsKey(Base):
    """A public key for news that came into force, or the end of the news."""

    __tablename__ = "news_key"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public: Mapped[bytes] = mapped_column(sa.LargeBinary(32))  # zeros: news was no longer offered
    code: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    since: Mapped[date]

    @property
    def key(self) -> PublicKey | None:
        """Return the key itself; None where the row ends the news."""
        return None if self.public == NO_KEY else PublicKey(self.public)


class KeyForNews(KeyAlreadyUsed):
    """News is sealed to the key, or was."""


def news_keys(session: Session, keys: Keys) -> list[NewsKey]:
    """Return what was set, the oldest first; a row whose code is wrong does not count."""
    return [row for row in session.scalars(sa.select(NewsKey).order_by(NewsKey.number)) if _is_ours(keys, row)]


def newest_news_key(session: Session, keys: Keys) -> PublicKey | None:
    """Return the key that news is sealed to now; None where no news is offered."""
    found = news_keys(session, keys)
    return found[-1].key if found else None


def check_not_for_news(session: Session, key: PublicKey) -> None:
    """Raise KeyForNews unless news was never sealed to this key."""
    if session.scalar(sa.select(NewsKey.number).where(NewsKey.public == bytes(key)).limit(1)) is not None:
        raise KeyForNews


def set_news_key(session: Session, keys: Keys, key: PublicKey | None, today: date) -> bool:
    """Have news sealed to this key from now on, or offer none with None; return whether that is a change.

    Raise KeyAlreadyUsed for a key of the signatures.
    """
    if key and (key == keys.public or session.scalar(sa.select(SealKey.number).where(SealKey.public == bytes(key)))):
        raise KeyAlreadyUsed
    if key == newest_news_key(session, keys):
        return False
    number = (session.scalar(sa.select(sa.func.max(NewsKey.number))) or 0) + 1
    public = bytes(key) if key else NO_KEY
    session.add(NewsKey(number=number, public=public, code=_code(keys, number, public), since=today))
    session.flush()
    return True


def put_back(session: Session, keys: Keys, rows: Iterable[Mapping[str, Any]]) -> list[NewsKey]:
    """Add what was set after a backup was made; return the rows that it lacked. One whose code is wrong is left out."""
    known = {row.number for row in news_keys(session, keys)}
    missing = [row for row in (NewsKey(**one) for one in rows) if row.number not in known and _is_ours(keys, row)]
    session.execute(sa.delete(NewsKey).where(NewsKey.number.in_([row.number for row in missing])))  # whose codes are wrong
    session.add_all(missing)
    session.flush()
    return missing


def news_key_problems(session: Session, keys: Keys) -> list[str]:
    """Return what is wrong with the keys for news, a sentence each."""
    return [
        f"This campaign did not add key {row.number} for news, so it is not used. Find out who has access to the database."
        for row in session.scalars(sa.select(NewsKey).order_by(NewsKey.number))
        if not _is_ours(keys, row)
    ]


def _is_ours(keys: Keys, row: NewsKey) -> bool:
    return hmac.compare_digest(row.code, _code(keys, row.number, row.public))


def _code(keys: Keys, number: int, public: bytes) -> bytes:
    return hmac.digest(keys.desk, f"news key {number}:".encode() + public, hashlib.sha256)
