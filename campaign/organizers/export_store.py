"""Where the encrypted file of an export waits until it is downloaded.

With PostgreSQL it is a table of parts, so that any machine can hand out what another has prepared. A part leaves the table as it
is sent. With SQLite, which is for one machine, it is a file in the data folder: in the database it would be room that is never
given back, pass through the log, hold up who signs, and be in every backup.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import Database
from campaign.exports.atomic_file import atomic_file
from campaign.organizers.models import ExportJob, ExportPart

EXPORT_FOLDER = "exports"
EXPORT_NAME = re.compile("[0-9a-f]{32}")  # of a file
PART_SIZE = 1024 * 1024  # bytes
DOWNLOAD_TIME = timedelta(hours=6)  # the parts of a download that was broken off are deleted after it
IN_THE_MAKING = sa.and_(ExportJob.begun_at.is_not(None), ExportJob.prepared_at.is_(None), ExportJob.failed_at.is_(None))


class NotAvailable(Exception):
    """There is nothing to download: it was downloaded before, is over, is not prepared yet, or is somebody else's."""


class Cancelled(Exception):
    """Nobody waits for this export any more, or another process prepares it."""


def export_file(folder: Path, export: bytes) -> Path:
    """Return the path of an export's encrypted file; `folder` is the data folder."""
    return folder / EXPORT_FOLDER / export.hex()


@contextmanager
def new_file(database: Database, folder: Path, export: ExportJob) -> Iterator[IO[bytes]]:
    """Yield the file of this attempt at an export, to be written to; raise Cancelled."""
    if database.is_sqlite:
        file = export_file(folder, export.id)
        file.unlink(missing_ok=True)
        with atomic_file(file) as stream:
            yield stream
    else:
        parts = PartsWriter(database, export)
        yield cast("IO[bytes]", parts)
        parts.finish()


def open_once(session: Session, database: Database, folder: Path, export: ExportJob) -> IO[bytes]:
    """Return the file of an export, which can be read once; when the session rolls back it stays. Raise NotAvailable.

    With PostgreSQL too it is in the folder where a version before the table has prepared it.
    """
    first, file = None if database.is_sqlite else _take_part(session, export, 0), export_file(folder, export.id)
    if first is not None:
        return cast("IO[bytes]", PartsReader(database, export, first))
    if not file.exists():
        raise NotAvailable
    session.info["after_commit"].append(lambda: file.unlink(missing_ok=True))
    return file.open("rb")


class PartsWriter(io.RawIOBase):
    """Store written data in parts of a mebibyte, each in a separate transaction."""

    def __init__(self, database: Database, export: ExportJob) -> None:
        self._database, self._export, self._number, self._rest = database, export, 0, bytearray()

    def writable(self) -> bool:
        """Return True, as a writer does."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # nothing else is ever written
        """Take all of it, and store the parts that are full; raise Cancelled."""
        self._rest += data
        while len(self._rest) >= PART_SIZE:
            self._store(self._rest[:PART_SIZE])
            del self._rest[:PART_SIZE]
        return len(data)

    def finish(self) -> None:
        """Store what is left."""
        self._store(self._rest)

    def _store(self, data: bytearray) -> None:
        part = ExportPart(export_id=self._export.id, attempt=self._export.attempts, number=self._number, data=bytes(data))
        try:
            with self._database.writing() as session:
                session.add(part)
        except sa.exc.IntegrityError:  # the export was deleted
            raise Cancelled from None
        self._number += 1


class PartsReader:
    """Reads the parts of an export and deletes each; the first was deleted by the transaction that claimed the download."""

    def __init__(self, database: Database, export: ExportJob, first: bytes) -> None:
        self._database, self._export, self._number, self._rest = database, export, 1, bytearray(first)

    def read(self, size: int) -> bytes:
        """Return as many bytes as are asked for; fewer at the end."""
        while len(self._rest) < size:
            with self._database.writing() as session:
                part = _take_part(session, self._export, self._number)
            if part is None:
                break
            self._number += 1
            self._rest += part
        found = bytes(self._rest[:size])
        del self._rest[:size]
        return found

    def close(self) -> None:
        """Leave what was not read: its key is gone, and the timed work deletes it."""


def delete_unneeded(session: Session, folder: Path, moment: datetime) -> None:
    """Delete every file and part that is neither in the making nor still to be downloaded, nor on its way."""
    needed = sa.or_(ExportJob.key_box.is_not(None), IN_THE_MAKING)
    on_its_way = ExportJob.taken_at > moment - DOWNLOAD_TIME
    theirs = ExportJob.id == ExportPart.export_id, ExportJob.attempts == ExportPart.attempt
    keeps = sa.exists().where(*theirs, sa.or_(needed, on_its_way))
    session.execute(sa.delete(ExportPart).where(~keeps).execution_options(synchronize_session=False))
    names = {export.hex() for export in session.scalars(sa.select(ExportJob.id).where(needed))}
    for file in (folder / EXPORT_FOLDER).glob("*"):
        if file.name.lstrip(".").partition(".")[0] not in names:
            file.unlink(missing_ok=True)


def restart_lost(session: Session, folder: Path) -> None:
    """Let exports be prepared again whose parts PostgreSQL has lost: it empties the table after a crash and on a replica.

    Those are left alone that a version before the table has prepared: their file is in the folder.
    """
    in_folder = [bytes.fromhex(file.name) for file in (folder / EXPORT_FOLDER).glob("?" * 32) if EXPORT_NAME.fullmatch(file.name)]
    has_parts = sa.exists().where(ExportPart.export_id == ExportJob.id, ExportPart.attempt == ExportJob.attempts)
    lost = sa.update(ExportJob).where(ExportJob.key_box.is_not(None), ~has_parts, ExportJob.id.not_in(in_folder))
    session.execute(lost.values(key_box=None, prepared_at=None).execution_options(synchronize_session=False))


def _take_part(session: Session, export: ExportJob, number: int) -> bytes | None:
    one = ExportPart.export_id == export.id, ExportPart.attempt == export.attempts, ExportPart.number == number
    return session.scalar(sa.delete(ExportPart).where(*one).returning(ExportPart.data))
