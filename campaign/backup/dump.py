"""Read the whole database at one moment while people sign: VACUUM INTO for SQLite, pg_dump for PostgreSQL."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from campaign.backup.container import BackupError
from campaign.database import Database

COPY_PREFIX = "backup-"  # of the folder in which SQLite writes its copy
NO_PG_DUMP = "There is no `pg_dump` on this machine: install the client of PostgreSQL (on Debian: apt install postgresql-client)."
WAIT = 60_000  # milliseconds for the lock of a table, such as a migration holds


@contextmanager
def open_dump(database: Database) -> Iterator[IO[bytes]]:
    """Yield a stream of the database at one moment: an SQLite file, or SQL in gzip; raise BackupError when it breaks off."""
    with _sqlite_copy(database) if database.is_sqlite else _pg_dump(database) as stream:
        yield stream


def revision(database: Database) -> str:
    """Return the version of the tables."""
    with database.engine.connect() as connection:
        return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))


@contextmanager
def _sqlite_copy(database: Database) -> Iterator[IO[bytes]]:
    """Copy the database into a private folder beside it; the copy is overwritten and deleted at the end."""
    for left in database.folder.glob(f"{COPY_PREFIX}*"):  # by one that was killed
        _wipe(left)
    folder = Path(tempfile.mkdtemp(prefix=COPY_PREFIX, dir=database.folder))
    copy = folder / "campaign.db"
    try:
        with closing(sqlite3.connect(str(database.engine.url.database), isolation_level=None)) as connection:
            connection.execute("PRAGMA busy_timeout=60000")
            connection.execute("VACUUM INTO ?", [str(copy)])
        with copy.open("rb") as stream:
            yield stream
    except sqlite3.Error as error:
        raise BackupError(f"The database could not be copied: {error}. Nothing was written.") from None
    finally:
        _wipe(folder)


def _wipe(folder: Path) -> None:
    """Overwrite and delete a copy, as it holds people who may withdraw later; flash storage may keep it all the same."""
    for file in folder.iterdir():
        with file.open("r+b") as stream, suppress(OSError):
            for _ in range(0, file.stat().st_size, 1 << 20):
                stream.write(bytes(1 << 20))
    shutil.rmtree(folder)


@contextmanager
def _pg_dump(database: Database) -> Iterator[IO[bytes]]:
    """Run pg_dump on the tables of the campaign; the password goes by its environment, which other users cannot read."""
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupError(NO_PG_DUMP)
    url = database.engine.url
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    with database.engine.connect() as connection:
        schema = connection.scalar(sa.select(sa.func.current_schema()))
    options = ["--format=plain", "--compress=1", "--encoding=UTF8", "--no-owner", "--no-privileges", "--no-comments"]
    options.append("--no-unlogged-table-data")  # files of exports, which their keys would open
    command = [program, *options, f"--lock-wait-timeout={WAIT}", f"--schema={schema}", f"--dbname={address}"]
    env = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, stdin=subprocess.DEVNULL, env=env) as process,
    ):
        assert process.stdout
        try:
            yield process.stdout
            if process.wait() != 0:
                said.seek(0)
                lines = said.read().decode("utf-8", "replace").split("\n")
                raise BackupError(f"pg_dump could not read the database: {' '.join(lines[:2]).strip()}")
        finally:
            process.kill()  # where the reader broke off; after the end it does nothing
