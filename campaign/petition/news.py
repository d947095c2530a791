"""People who want news: address, language and the token that ends it, sealed to a separate key.

The server keeps the sealed record and the hash of the token, until the signature goes or the signer stops the news.
"""

import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.crypto import sealing
from campaign.crypto.keys import Keys
from campaign.crypto.sealing import NewsRecipient
from campaign.database import Base, table
from campaign.outbox.address import EmailAddress
from campaign.petition import forgotten, news_key
from campaign.petition.forgotten import Kind
from campaign.petition.models import Signature


class NewsAgreement(Base):
    """The sealed address of a signer who asked for news."""

    __tablename__ = "news"
    __table_args__ = {"sqlite_with_rowid": False}  # row numbers would tell in which order people asked

    id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), primary_key=True)  # by chance, and not that of the signature
    signature_id: Mapped[bytes] = mapped_column(
        sa.LargeBinary(16), sa.ForeignKey("signature.id", ondelete="CASCADE"), unique=True
    )
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)


_agreement, _signature = table(NewsAgreement), table(Signature)


def agree(session: Session, keys: Keys, *, signature: bytes, email: EmailAddress, language: str) -> bool:
    """Seal an address for news, unless that was done before or the signature is gone; return False where no news is offered."""
    public, lock = news_key.newest_news_key(session, keys), sa.select(_signature.c.id).where(_signature.c.id == signature)
    is_there = session.scalar(lock.with_for_update()) is not None  # so that two who ask or withdraw at once take turns
    if public and is_there and not is_agreed(session, signature):
        record, token = secrets.token_bytes(16), sealing.new_token()
        sealed = sealing.seal_news(public, NewsRecipient(record, email.text, language, token))
        row = {"id": record, "signature_id": signature, "sealed": sealed, "token_hash": sealing.token_hash(token)}
        session.execute(sa.insert(_agreement), row)
    _mark(session, [signature], news=public is not None)
    return public is not None


def is_agreed(session: Session, signature: bytes) -> bool:
    """Return whether the address of a signature is sealed for news."""
    return session.scalar(sa.select(_agreement.c.id).where(_agreement.c.signature_id == signature)) is not None


def stop(session: Session, signature: bytes) -> None:
    """Delete what is kept of a signature for news."""
    _delete(session, _agreement.c.signature_id == signature)
    _mark(session, [signature], news=False)


def unsubscribe(session: Session, token: str) -> None:
    """Delete the agreement that a link in a news e-mail ends; an unknown link changes nothing."""
    _mark(session, _delete(session, _agreement.c.token_hash == sealing.token_hash(token)), news=False)


def _delete(session: Session, which: sa.ColumnElement[bool]) -> list[bytes]:
    """Delete agreements, for good also where a backup is put back; return whose they were."""
    gone = session.execute(sa.delete(_agreement).where(which).returning(_agreement.c.id, _agreement.c.signature_id)).all()
    forgotten.remember(session, Kind.RECORD, [row.id for row in gone])
    return [row.signature_id for row in gone]


def _mark(session: Session, signatures: list[bytes], *, news: bool) -> None:
    session.execute(sa.update(_signature).where(_signature.c.id.in_(signatures)).values(news=news))
