"""Prepares the exports that organizers ask for at the desk, one after the other, in a process of its own.

It is a process and no thread, because opening records forks and takes all cores, and so that e-mails go out whatever happens to
an export. The worker starts it when an export waits (`ExportWorker.ensure_running`); a killed one is begun again.
Of all processes on a machine one prepares at a time: it holds a lock in the folder, which the system releases when it ends.
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
from campaign.organizers import audit, export_jobs, ledger
from campaign.organizers.actions import Action
from campaign.organizers.export_jobs import EXPORT_FOLDER, MAX_ATTEMPTS
from campaign.organizers.models import ExportJob
from campaign.petition import key_rotation
from campaign.prints.render import RenderError
from campaign.state import AppState

LOCK_FILE = "exports.lock"
PROGRESS_EVERY = 1.0  # seconds between two records of how far it is
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
    """Prepare exports until none waits; return at once where another process does it already."""
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
    """Return the oldest export that waits, also one whose process was killed; after three attempts it has failed.

    One that nobody asked for at the desk has failed at once.
    """
    waiting = ExportJob.prepared_at.is_(None), ExportJob.failed_at.is_(None)
    with database.writing() as session:
        hopeless = sa.update(ExportJob).where(*waiting, ExportJob.attempts >= MAX_ATTEMPTS)
        session.execute(hopeless.values(failed_at=now(), trouble="failed"))
        export = session.scalar(sa.select(ExportJob).where(*waiting).order_by(ExportJob.asked_at).limit(1))
        if export and not ledger.is_ours(session, export):
            export.failed_at, export.trouble = now(), "failed"
            return None
        if export:
            export.begun_at, export.attempts, export.done = now(), export.attempts + 1, 0
        return export


def run_job(app_state: AppState, export: ExportJob) -> None:
    """Write the document of an export into its encrypted file, and record what it holds."""
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
        encrypting = EncryptingWriter(stream, key)
        hashed = HashingWriter(cast("IO[bytes]", encrypting))
        progress = Progress(database, export)
        pages, privates = rows.read_pages(database, wanted), [keys.private] if keys.private else []
        source = Source(pages, progress.watch, LANGUAGES[export.language], privates, wanted=wanted, key_id=keys.key_id)
        export.format.write(source, cast("IO[bytes]", hashed))
        encrypting.finish()
    finish_job(database, export, box, hashed, progress.number)


class Progress:
    """How far an export is: recorded in its row once a second, for the page that shows it."""

    def __init__(self, database: Database, export: ExportJob) -> None:
        self.number, self._database, self._export = 0, database, export
        self._recorded_at, self._parent = time.monotonic(), os.getppid()

    def watch(self, pages: Iterable[list[Any]]) -> Iterator[list[Any]]:
        """Pass pages on; raise Cancelled when nobody waits for them any more."""
        for page in pages:
            self.number += len(page)
            if os.getppid() != self._parent:
                raise Cancelled
            if time.monotonic() - self._recorded_at > PROGRESS_EVERY:
                record_progress(self._database, self._export, done=self.number)
                self._recorded_at = time.monotonic()
            yield page


def record_progress(database: Database, export: ExportJob, **values: int) -> None:
    """Record how far an export is; raise Cancelled when it is gone."""
    with database.writing() as session:
        updated = session.execute(sa.update(ExportJob).where(ExportJob.id == export.id).values(**values))
        if not cast("sa.CursorResult[object]", updated).rowcount:
            raise Cancelled


def finish_job(database: Database, export: ExportJob, box: bytes, hashed: HashingWriter, number: int) -> None:
    """Record that the file can be downloaded from now on."""
    with database.writing() as session:
        found = session.get(ExportJob, export.id)
        if found is None:
            raise Cancelled
        found.prepared_at, found.key_box = now(), box
        found.sha256, found.size, found.done, found.expected = hashed.sha256, hashed.size, number, number
        audit.record(session, found.account.email, Action.EXPORT_PREPARED, **found.details())


def fail_job(database: Database, export: ExportJob, trouble: str) -> None:
    """Record why an export failed, for the page of who asked; it is not tried again."""
    with database.writing() as session:
        session.execute(sa.update(ExportJob).where(ExportJob.id == export.id).values(failed_at=now(), trouble=trouble))


class ExportWorker:
    """Starts the process when an export waits, and ends it with the worker."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._folder, self._database = settings.data, database
        self._process: subprocess.Popen[bytes] | None = None

    def ensure_running(self) -> None:
        """Start the process if something waits and none runs; it knows the settings from the environment."""
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
        """Delete keys and rows whose time is over, then the files."""
        with self._database.writing() as session:
            export_jobs.purge(session, now())
        with self._database.reading() as session:
            export_jobs.delete_unneeded_files(session, self._folder)

    def end(self) -> None:
        """End the process; what it was preparing is begun again by the next."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
