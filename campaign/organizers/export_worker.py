"""Prepares what organizers asked for at the desk: one export after the other, in a process of its own.

A process and no thread, because opening records takes all cores and forks, and so that the mail goes on whatever becomes of an
export: the worker starts the process when something waits (`ExportWorker.tend`). One that was killed is begun again. Of all
processes on a machine one prepares at a time; a lock in the folder says which, and the system lets go of it when that one ends.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, cast

import sqlalchemy as sa

from campaign.config import Settings
from campaign.crypto.encrypted_file import EncryptingWriter
from campaign.crypto.sealing import CannotOpen
from campaign.database import Database, now
from campaign.exports import rows
from campaign.exports.atomic_file import HashingWriter, atomic_file
from campaign.exports.format import Source
from campaign.exports.pdf import NamesHidden
from campaign.exports.rows import SignatureFilter
from campaign.file_lock import file_lock
from campaign.languages import LANGUAGES
from campaign.organizers import audit, export_jobs
from campaign.organizers.actions import Action
from campaign.organizers.export_jobs import EXPORT_FOLDER, MAX_ATTEMPTS, ExportJob
from campaign.petition import key_rotation
from campaign.prints.render import RenderError
from campaign.state import AppState

LOCK_FILE = "exports.lock"
PROGRESS_EVERY = 1.0  # seconds between two notes of how far it is
Say = Callable[[str], None]


class PrivateKeyMissing(Exception):
    """The private key was moved off the server after the export was asked for."""


class Cancelled(Exception):
    """Whoever asked has no account any more, or the worker that wanted it is gone."""


FAILURE_CODES: dict[type[Exception], str] = {
    PrivateKeyMissing: "key away",
    CannotOpen: "cannot open",
    NamesHidden: "names hidden",
}
EXPECTED_FAILURES = (PrivateKeyMissing, CannotOpen, NamesHidden, RenderError, OSError)


def run_jobs(app_state: AppState, say: Say) -> None:
    """Prepares until nothing waits; returns at once where another process does it already."""
    (app_state.settings.data / EXPORT_FOLDER).mkdir(mode=0o700, exist_ok=True)
    with file_lock(app_state.settings.data / LOCK_FILE, wait=0) as is_ours:
        while is_ours and (export := claim_job(app_state.database)):
            try:
                run_job(app_state, export)
            except Cancelled:
                return
            except EXPECTED_FAILURES as error:
                say(f"An export could not be prepared: {error}")
                fail_job(app_state.database, export, FAILURE_CODES.get(type(error), "failed"))


def claim_job(database: Database) -> ExportJob | None:
    """The oldest export that waits, also one that somebody began who was killed; after three attempts it has failed."""
    waiting = ExportJob.prepared_at.is_(None), ExportJob.failed_at.is_(None)
    with database.writing() as session:
        hopeless = sa.update(ExportJob).where(*waiting, ExportJob.attempts >= MAX_ATTEMPTS)
        session.execute(hopeless.values(failed_at=now(), trouble="failed"))
        export = session.scalar(sa.select(ExportJob).where(*waiting).order_by(ExportJob.asked_at).limit(1))
        if export:
            export.begun_at, export.attempts, export.done = now(), export.attempts + 1, 0
        return export


def run_job(app_state: AppState, export: ExportJob) -> None:
    """Writes the document of an export into its locked file and notes what it holds."""
    wanted, database = SignatureFilter.of(export.wanted), app_state.database
    with database.reading() as session:
        keys = key_rotation.load_active_keys(session, app_state.keys)
    if export.format.needs_key and keys.private is None:
        raise PrivateKeyMissing("the private key is not on this server any more")
    record_progress(database, export, expected=rows.count_rows(database, wanted))
    key, box = export_jobs.new_file_key(app_state.keys.desk)
    file = export_jobs.export_file(app_state.settings.data, export.id)
    file.unlink(missing_ok=True)
    with atomic_file(file) as stream:
        locking = EncryptingWriter(stream, key)
        hashed = HashingWriter(cast("IO[bytes]", locking))
        done = Progress(database, export)
        pages, privates = rows.read_pages(database, wanted), [keys.private] if keys.private else []
        source = Source(pages, done.watch, LANGUAGES[export.language], privates, wanted, keys.key_id)
        export.format.write(source, cast("IO[bytes]", hashed))
        locking.finish()
    finish_job(database, export, box, hashed, done.number)


class Progress:
    """How far an export is: noted in its row once a second, for the page that shows it."""

    def __init__(self, database: Database, export: ExportJob) -> None:
        self.number, self._database, self._export = 0, database, export
        self._told, self._parent = time.monotonic(), os.getppid()

    def watch(self, pages: Iterable[list[Any]]) -> Iterator[list[Any]]:
        """Passes pages on; raises Cancelled when nobody waits for them any more."""
        for page in pages:
            self.number += len(page)
            if os.getppid() != self._parent:
                raise Cancelled
            if time.monotonic() - self._told > PROGRESS_EVERY:
                record_progress(self._database, self._export, done=self.number)
                self._told = time.monotonic()
            yield page


def record_progress(database: Database, export: ExportJob, **values: int) -> None:
    """Notes how far an export is; raises Cancelled when it is gone."""
    with database.writing() as session:
        noted = session.execute(sa.update(ExportJob).where(ExportJob.id == export.id).values(**values))
        if not cast("sa.CursorResult[object]", noted).rowcount:
            raise Cancelled


def finish_job(database: Database, export: ExportJob, box: bytes, hashed: HashingWriter, number: int) -> None:
    """The file can be taken from now on."""
    with database.writing() as session:
        found = session.get(ExportJob, export.id)
        if found is None:
            raise Cancelled
        found.prepared_at, found.key_box = now(), box
        found.sha256, found.size, found.done, found.expected = hashed.sha256, hashed.size, number, number
        audit.record(session, found.account.email, Action.EXPORT_PREPARED, **found.details())


def fail_job(database: Database, export: ExportJob, trouble: str) -> None:
    """It will not be tried again; whoever asked is told why."""
    with database.writing() as session:
        session.execute(sa.update(ExportJob).where(ExportJob.id == export.id).values(failed_at=now(), trouble=trouble))


class ExportWorker:
    """The worker's end of it: starts the process when something waits, and ends it with the worker."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._folder, self._database = settings.data, database
        self._process: subprocess.Popen[bytes] | None = None

    def ensure_running(self) -> None:
        """Starts the process if something waits and none runs; it knows the settings from the environment."""
        if self._process and self._process.poll() is None:
            return
        with self._database.reading() as session:
            waiting = sa.select(ExportJob.id).where(ExportJob.prepared_at.is_(None), ExportJob.failed_at.is_(None))
            if session.scalar(waiting.limit(1)) is None:
                return
        command = [sys.executable, "-m", "campaign", "prepare"]
        # A session of its own: what a terminal sends to everybody is for the worker, which ends this one in good order.
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)

    def purge(self) -> None:
        """Lets go of keys and lines whose time is over, then of the files."""
        with self._database.writing() as session:
            export_jobs.purge(session, now())
        with self._database.reading() as session:
            export_jobs.delete_unneeded_files(session, self._folder)

    def end(self) -> None:
        """Ends the process; what it was preparing is begun again by the next."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
