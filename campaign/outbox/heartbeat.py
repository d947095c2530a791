"""The heartbeat of the mail worker: it writes to the database every ten seconds, so that /readyz knows that this can be done.

The worker also touches a file in the data folder whether or not it can write, which tells a worker that is gone from a
database that takes nothing. A worker that dies within ten seconds of its start has no heartbeat.
"""

import shutil
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.database import DATABASE_UNAVAILABLE, Base, Database, insert, now

BEAT_EVERY = 10  # seconds
STALE_AFTER = timedelta(seconds=45)  # four beats are missing, one of which may have waited for the database
LEAST_ROOM = (
    4 * 1024 * 1024
)  # bytes on the disk of SQLite, whose log grows by as much; one row more may fit where a signature does not
FILE_NAME = "mail-worker.alive"


class WorkerBeat(Base):
    """The time at which a mail worker last wrote to the database; one row, none before the first worker started."""

    __tablename__ = "worker_beat"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def start(database: Database, folder: Path, stop: threading.Event) -> None:
    """Beat in a thread until `stop` is set; the start is noted first, as the disk may be full a moment later."""
    with suppress(*DATABASE_UNAVAILABLE):
        note_start(database)
    threading.Thread(target=_run, args=(database, folder / FILE_NAME, stop), name="heartbeat", daemon=True).start()


def _run(database: Database, file: Path, stop: threading.Event) -> None:
    while not stop.wait(BEAT_EVERY):
        beat(database, file)


def note_start(database: Database) -> None:
    """Note the first start of a worker, so that one which never lives for ten seconds is missed."""
    with database.writing() as session:
        session.execute(insert(session, WorkerBeat).values(id=1, at=now()).on_conflict_do_nothing(index_elements=["id"]))


def beat(database: Database, file: Path) -> None:
    """Touch the file, and write to the database if that can be done."""
    with suppress(OSError):
        file.touch(mode=0o600)
    if database.is_sqlite and shutil.disk_usage(file.parent).free < LEAST_ROOM:
        return
    with suppress(*DATABASE_UNAVAILABLE), database.writing() as session:
        moment = {"at": now()}
        new = insert(session, WorkerBeat).values(id=1, **moment)
        session.execute(new.on_conflict_do_update(index_elements=["id"], set_=moment))


def is_fresh(session: Session, at: datetime) -> bool:
    """Return whether a worker wrote lately, or none was ever started."""
    last = session.scalar(sa.select(WorkerBeat.at))
    return last is None or last > at - STALE_AFTER


def was_ever_started(session: Session) -> bool:
    """Return whether a worker ever ran on this database."""
    return session.scalar(sa.select(WorkerBeat.id)) is not None


def is_worker_here(folder: Path, at: datetime) -> bool:
    """Return whether a worker lives on this machine, even one that cannot write."""
    try:
        touched = (folder / FILE_NAME).stat().st_mtime
    except OSError:
        return False
    return datetime.fromtimestamp(touched, UTC) > at - STALE_AFTER
