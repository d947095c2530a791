"""Load a backup of SQLite into a file beside the database, and put it in its place with one renaming."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from pyrage.x25519 import Identity
from sqlalchemy.orm import Session

from campaign import instance
from campaign.backup.container import BackupError, BackupHeader, BackupReader, decrypt_file
from campaign.backup.forgotten_list import ForgottenList, gather
from campaign.backup.target import Loaded
from campaign.config import Settings
from campaign.crypto.keys import KeyFileError, Keys, sync_folder
from campaign.database import Database, now
from campaign.schema_version import known_versions
from campaign.sqlite_dialect import connected_to_write

WORK_PREFIX = "restore-"  # of the folder in which a backup is loaded
OLD_SCHEMA = "old"
UNREADABLE = "The existing database cannot be read ({}), so nothing was taken from it."
FILE_KEPT = "The old database is in {}. When everything works, destroy it."
BEING_WRITTEN = "Somebody is writing to the database: stop `campaign serve`, `campaign work` and every other command first."


@contextmanager
def load_sqlite(
    settings: Settings, keys: Keys, file: Path, identity: Identity, check: Callable[[BackupHeader], None]
) -> Iterator[Loaded]:
    """Yield a backup, loaded beside the database and brought up to date."""
    old = Database(settings.database_url, settings.data)
    place = Path(old.engine.url.database or "")
    for left in settings.data.glob(f"{WORK_PREFIX}*"):  # by one that was killed
        shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=WORK_PREFIX, dir=place.parent))
    try:
        with closing(old), old.writer_turn():
            header = unpack(file, folder / "campaign.db", identity, check)
            fresh = Database("", folder)
            instance.migrate(fresh)
            old_list, said = read_old(old, keys) if place.exists() else (None, [])
            old.close()
            if old_list:
                _fold_log(place)
            with closing(fresh), connected_to_write(fresh.engine) as connection:
                if old_list:
                    raw = connection.connection.dbapi_connection
                    raw.execute(f"ATTACH DATABASE ? AS {OLD_SCHEMA}", [str(place)])  # type: ignore[union-attr]
                with Session(connection, info=session_info(settings)) as session:

                    def replace() -> list[str]:
                        session.commit()
                        connection.close()
                        fresh.close()
                        return put_in_place(folder / "campaign.db", place)

                    yield Loaded(header, session, old_list, OLD_SCHEMA, replace, said)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def session_info(settings: Settings) -> dict[str, object]:
    """Return what a session knows that writes, as Database.writing() says it."""
    return {"folder": settings.data, "before_commit": [], "after_commit": []}


def unpack(file: Path, place: Path, identity: Identity, check: Callable[[BackupHeader], None]) -> BackupHeader:
    """Decrypt a backup into a new SQLite file; raise BackupError, also for an incomplete one."""
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:

        def begin(header: BackupHeader) -> object:
            check(header)
            return stream

        reader = BackupReader(begin)
        decrypt_file(file, reader, identity)
    if reader.header is None:
        raise BackupError(f"{file} is not a backup of a campaign.")
    with closing(sqlite3.connect(place)) as connection:
        try:
            [[health]] = connection.execute("PRAGMA quick_check(1)").fetchall()
        except sqlite3.DatabaseError as error:
            health = str(error)
    if health != "ok":
        raise BackupError(f"The database in {file} is damaged ({health}): take another backup.")
    return reader.header


def read_old(old: Database, keys: Keys) -> tuple[ForgottenList | None, list[str]]:
    """Return the list from the existing database, or the reason why it has none."""
    try:
        with old.reading() as session:
            return gather_old(session, keys), []
    except (sa.exc.SQLAlchemyError, ValueError, BackupError, KeyFileError) as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split()).rstrip(".")
        return None, [UNREADABLE.format(reason)]


def gather_old(session: Session, keys: Keys) -> ForgottenList:
    """Return the list of an old database; raise where it is of another version of the program, or of other keys."""
    revision = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if revision not in known_versions():
        raise BackupError("it is of a newer version of the program, which can read it")
    if revision != known_versions()[0]:
        raise BackupError("it is of an older version of the program: run `campaign migrate` first")
    instance.compare_fingerprints(session, keys)
    return gather(session, now())


def _fold_log(place: Path) -> None:
    """Move the write-ahead log into the database file, so that the file alone is all of it."""
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            raise BackupError(BEING_WRITTEN) from None


def put_in_place(fresh: Path, place: Path) -> list[str]:
    """Rename the new file over the old one, which keeps another name; a log of the old one must not meet the new one."""
    _fold_log(fresh)
    with fresh.open("rb") as stream:
        os.fsync(stream.fileno())
    said = []
    if place.exists():
        kept = place.with_name(f"before-restore-{now():%Y%m%d-%H%M%S-%f}.db")
        for log in ("-wal", "-shm"):  # of a database that cannot be read, else they are folded in
            if (left := place.with_name(place.name + log)).exists():
                left.replace(kept.with_name(kept.name + log))
        kept.hardlink_to(place)
        said.append(FILE_KEPT.format(kept))
    fresh.replace(place)
    sync_folder(place.parent)
    return said
