"""Exports that organizers ask for at the desk: asked for, prepared by the worker, kept locked for an hour, taken once.

The file is locked under a key of its own, which lies in its row, locked under the desk's key file: neither the database nor
the folder opens anything alone. Once the row has let go of the key, no copy of the file on any disk can be opened.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from campaign.crypto.sealing import lock, unlock
from campaign.database import Record, now
from campaign.exports.format import Format
from campaign.exports.formats import FORMATS
from campaign.exports.rows import Wanted
from campaign.organizers import accounts, audit, four_eyes
from campaign.organizers.actions import Action
from campaign.organizers.models import Account, Request

KEPT, REMEMBERED = timedelta(hours=1), timedelta(days=1)
ATTEMPTS = 3  # a worker that is killed over one export gives up at last
FOLDER = "exports"


class Gone(Exception):
    """There is nothing to take: it was taken before, its hour is over, it is not prepared yet, or it is somebody else's."""


class Export(Record):
    """A file that an organizer asked for: in the making, kept for an hour or until it is taken, and then a line for a day."""

    __tablename__ = "export"

    id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    document: Mapped[str] = mapped_column(sa.String(10))  # the name of its format
    wanted: Mapped[dict[str, str]] = mapped_column(sa.JSON)  # which signatures, as Wanted.facts
    language: Mapped[str] = mapped_column(sa.String(8))  # the reader's
    asked_at: Mapped[datetime] = mapped_column(index=True)
    begun_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    expected: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    prepared_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(sa.String(64))  # of what is taken
    size: Mapped[int | None] = mapped_column(sa.BigInteger)  # bytes of it
    key_box: Mapped[bytes | None] = mapped_column(sa.LargeBinary)  # the file's key, locked; none: nothing to take
    failed_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(sa.String(20))  # why it failed, see TROUBLES in views/exports.py
    taken_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def format(self) -> Format:
        """Return the format that was asked for."""
        return FORMATS[self.document]

    @property
    def name(self) -> str:
        """What the file is to be called."""
        return f"signatures-{self.asked_at.date()}.{self.document}"

    def is_waiting(self) -> bool:
        """Whether it is still to be prepared, or is being."""
        return self.prepared_at is None and self.failed_at is None

    def is_ready(self, moment: datetime) -> bool:
        """Whether it can be taken."""
        return self.key_box is not None and self.prepared_at is not None and self.prepared_at > moment - KEPT

    def facts(self) -> dict[str, str | int]:
        """What the audit says about it."""
        return {"format": self.document, **self.wanted, "rows": self.done, "sha256": self.sha256 or ""}


@dataclass(frozen=True)
class Taken:
    """What opens the file of an export."""

    file: Path
    key: bytes
    export: Export


def ask(
    session: Session, by: Account, document: str, wanted: Wanted, language: str, handlers: four_eyes.Handlers
) -> Request | None:
    """Asks for an export. One with addresses is a request to a second organizer, done at once where the rule is off.

    Asking for the same again while it waits changes nothing.
    """
    facts = {"format": document, "reader": language, **wanted.facts()}
    if not FORMATS[document].needs_key:
        order(session, facts, by.email)
        return None
    same = [one for one in asked(session, by) if one.facts == facts]
    return same[0] if same else four_eyes.ask(session, by, Action.EXPORT_WITH_ADDRESSES, facts, handlers)


def asked(session: Session, by: Account) -> list[Request]:
    """What somebody asked for that waits for a second organizer, the newest first."""
    mine = Action.EXPORT_WITH_ADDRESSES, by.email
    return [one for one in four_eyes.waiting(session) if (one.act, one.asked_by) == mine]


def order(session: Session, facts: dict[str, Any], by: str) -> None:
    """Puts an export before the worker, unless the same one waits there; of somebody whose account is gone, nothing."""
    account = accounts.find(session, by)
    if account is None:
        return
    wanted = FORMATS[facts["format"]].narrow(Wanted.of(facts)).facts()
    same = {"document": facts["format"], "wanted": wanted, "language": facts["reader"]}
    if any(one.is_waiting() and all(getattr(one, name) == value for name, value in same.items()) for one in of(session, account)):
        return
    line = Export(id=secrets.token_bytes(16), account=account, asked_at=now(), **same)
    session.add(line)
    audit.note(session, by, Action.EXPORT_ASKED_FOR, format=line.document, **line.wanted)


def of(session: Session, account: Account) -> list[Export]:
    """What somebody asked for within a day, the newest first."""
    theirs = sa.select(Export).where(Export.account_id == account.id)
    return list(session.scalars(theirs.order_by(Export.asked_at.desc(), Export.id)))


def take(session: Session, key: bytes, folder: Path, export: bytes, by: Account, moment: datetime) -> Taken:
    """Takes the file of an export, which only its organizer can and only once; raises Gone.

    The row lets go of the key in the statement that decides who gets it.
    """
    found = session.get(Export, export)
    if found is None or found.account_id != by.id or found.key_box is None or not found.is_ready(moment):
        raise Gone
    box, ours = found.key_box, sa.update(Export).where(Export.id == export, Export.key_box.is_not(None))
    taken = session.execute(ours.values(key_box=None, taken_at=moment))
    if not cast("sa.CursorResult[object]", taken).rowcount:
        raise Gone
    audit.note(session, by.email, Action.EXPORT_TAKEN, **found.facts())
    return Taken(file_of(folder, export), bytes.fromhex(unlock(key, box)), found)


def new_key(key: bytes) -> tuple[bytes, bytes]:
    """A key for one file, and the same locked under the desk's."""
    made = secrets.token_bytes(32)
    return made, lock(key, made.hex())


def file_of(folder: Path, export: bytes) -> Path:
    """Where the file of an export lies, locked; `folder` is the data folder."""
    return folder / FOLDER / export.hex()


def forget(session: Session, moment: datetime) -> None:
    """Lets go of the keys whose hour is over, and of everything that was asked for a day ago."""
    over = sa.update(Export).where(Export.key_box.is_not(None), Export.prepared_at < moment - KEPT)
    session.execute(over.values(key_box=None))
    session.execute(sa.delete(Export).where(Export.asked_at < moment - REMEMBERED))


def tidy(session: Session, folder: Path) -> None:
    """Deletes every file that is neither in the making nor still to be taken."""
    in_the_making = sa.and_(Export.begun_at.is_not(None), Export.prepared_at.is_(None), Export.failed_at.is_(None))
    needed = session.scalars(sa.select(Export.id).where(sa.or_(Export.key_box.is_not(None), in_the_making)))
    names = {export.hex() for export in needed}
    for file in (folder / FOLDER).glob("*"):
        if file.name.lstrip(".").partition(".")[0] not in names:
            file.unlink(missing_ok=True)
