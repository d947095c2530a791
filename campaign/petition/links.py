"""Links to a signature besides the first one: asked for once more, or of a signature that was withdrawn."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.crypto import sealing
from campaign.database import Base, Database, insert, table
from campaign.petition.models import Signature, Submission

SAYS_SO_FOR = timedelta(days=30)  # that a link says that its signature was withdrawn


class LinkRequest(Base):
    """An address that asked for its link again, kept whether or not it has signed. It goes when its e-mail goes."""

    __tablename__ = "link_request"

    id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), sa.ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[bytes] = mapped_column(sa.LargeBinary(33), index=True)  # these three as in Submission
    first_tag: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    address_tag: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    created_at: Mapped[datetime]


class WithdrawnLink(Base):
    """The hash of a link whose signature was withdrawn, and the day; nothing else of the signature is left."""

    __tablename__ = "withdrawn_link"
    __table_args__ = {"sqlite_with_rowid": False}

    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    day: Mapped[date] = mapped_column(index=True)


_request, _signature, _submission = table(LinkRequest), table(Signature), table(Submission)
# Of the two indexes of tags each has some of the rows, and a database uses it only where it is asked for just these.
EACH_INDEX = _signature.c.removal_id.is_(None), _signature.c.removal_id.is_not(None)


def of_mailbox(waiting: sa.Table, tags: list[bytes]) -> sa.ColumnElement[bool]:
    """Return which submissions or requests are of a mailbox, by its tags."""
    return sa.or_(waiting.c.tag.in_(tags), waiting.c.first_tag.in_(tags))


def signed_by(tags: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Return which signatures are of a mailbox, by its tags: those that count or are held, and removed ones, see EACH_INDEX."""
    theirs = _signature.c.tag.in_(tags)
    return sa.or_(*(sa.and_(theirs, rows) for rows in EACH_INDEX))


def remember_withdrawn(session: Session, tags: list[bytes], today: date) -> None:
    """Have every link of a mailbox say for a while that its signature was withdrawn; before what they lead to is deleted."""
    owners = ((_signature, signed_by(tags)), *((kind, of_mailbox(kind, tags)) for kind in (_submission, _request)))
    hashes = [sa.select(owner.c.token_hash, sa.literal(today, sa.Date)).where(theirs) for owner, theirs in owners]
    new = insert(session, WithdrawnLink).from_select(["token_hash", "day"], sa.union_all(*hashes))
    session.execute(new.on_conflict_do_nothing())


def is_withdrawn(session: Session, token: str) -> bool:
    """Return whether a link led to a signature that was withdrawn not long ago."""
    return session.get(WithdrawnLink, sealing.token_hash(token)) is not None


def purge(database: Database, today: date) -> None:
    """Forget the links of what was withdrawn long ago."""
    is_over = WithdrawnLink.day < today - SAYS_SO_FOR
    with database.reading() as session:  # most of the time there is nothing, and looking costs no writer's turn
        if session.scalar(sa.select(WithdrawnLink.day).where(is_over).limit(1)) is None:
            return
    with database.writing() as session:
        session.execute(sa.delete(WithdrawnLink).where(is_over))
