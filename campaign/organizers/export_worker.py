"""Prepare the exports that organizers request at the desk, one after the other, in a separate process.

It is a process and no thread, because opening records forks and takes all cores, and so that e-mails go out whatever happens to
an export. The worker starts it when an export waits (`ExportWorker.ensure_running`); a killed one is begun again.
Of all processes on a machine one prepares at a time: it holds a lock in the folder, which the system releases when it ends. Those
of several machines share the work: each claims one export after the other.
"""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import IO, Any, cast

import sqlalchemy as sa

from campaign.config import Settings
from campaign.crypto.encrypted_file import EncryptingWriter
from campaign.crypto.keys import Keys
from campaign.crypto.sealing import CannotOpen
from campaign.database import DATABASE_UNAVAILABLE, Database, now
from campaign.exports.atomic_file import HashingWriter
from campaign.exports.format import Source
from campaign.exports.pdf import NamesHidden, NamesRefused
from campaign.exports.rows import SignatureFilter
from campaign.file_lock import file_lock
from campaign.handover.archive import OFFICE_PACKAGE, write_archive
from campaign.languages import LANGUAGES
from campaign.organizers import audit, export_jobs, export_store, ledger
from campaign.organizers.actions import Action
from campaign.organizers.deliveries import record_delivery
from campaign.organizers.export_store import EXPORT_FOLDER, Cancelled
from campaign.organizers.models import ExportJob
from campaign.organizers.package_words import open_words
from campaign.petition import key_rotation
from campaign.petition.channels import Demand
from campaign.petition.deliveries import Delivery
from campaign.prints.render import RenderError
from campaign.state import AppState

LOCK_FILE = "exports.lock"
PROGRESS_EVERY = 1.0  # seconds between two records of how far it is
CLAIM_VARIABLE = "CLAIM_OF_CAMPAIGN_PREPARE"
"""The environment variable with the name under which the process claims exports; whoever started it releases them."""

Say = Callable[[str], None]


class PrivateKeyMissing(Exception):
    """The private key was moved off the server after the export was asked for."""


FAILURE_CODES: dict[type[Exception], str] = {
    PrivateKeyMissing: "key away",
    CannotOpen: "cannot open",
    NamesHidden: "names hidden",
    NamesRefused: "names refused",
}
EXPECTED_FAILURES = (PrivateKeyMissing, CannotOpen, NamesHidden, RenderError, OSError)


def run_jobs(app_state: AppState, say: Say) -> None:
    """Prepare exports until none waits; return at once where another process does it already."""
    (app_state.settings.data / EXPORT_FOLDER).mkdir(mode=0o700, exist_ok=True)
    me = bytes.fromhex(os.environ.get(CLAIM_VARIABLE, "")) or secrets.token_bytes(16)
    with file_lock(app_state.settings.data / LOCK_FILE, wait=0) as is_ours:
        while is_ours and (export := claim_next(app_state.database, me)):
            try:
                run_job(app_state, export)
            except Cancelled:
                return
            except EXPECTED_FAILURES as error:
                say(f"An export could not be prepared: {error}")
                fail_job(app_state.database, export, FAILURE_CODES.get(type(error), "failed"))


def claim_next(database: Database, by: bytes) -> ExportJob | None:
    """Return the oldest export that waits, claimed by this process."""
    with database.writing() as session:
        return export_jobs.claim_job(session, export_jobs.claimable(database, now()), by)


def run_job(app_state: AppState, export: ExportJob) -> None:
    """Write the document of an export into its encrypted file, and record what it holds."""
    wanted, database = SignatureFilter.of(export.wanted), app_state.database
    with database.reading() as session:
        keys = key_rotation.load_active_keys(session, app_state.keys)
    if export.format.needs_key and keys.private is None:
        raise PrivateKeyMissing("the private key is not on this server any more")
    record_progress(database, export, expected=export.format.count(database, wanted))
    key, box = export_jobs.new_file_key(app_state.keys.desk)
    with export_store.new_file(database, app_state.settings.data, export) as stream:
        encrypting = EncryptingWriter(stream, key)
        hashed = HashingWriter(cast("IO[bytes]", encrypting))
        progress = Progress(database, export)
        package = _write_package(wanted, hashed, export, keys) if export.document == OFFICE_PACKAGE.name else None
        pages, privates = export.format.read(database, wanted), [keys.private] if keys.private else []
        separator, reader = export.wanted.get("separator", "comma"), LANGUAGES[export.language]
        source = Source(pages, progress.watch, reader, privates, wanted=wanted, separator=separator, key_id=keys.key_id)
        if package is None:
            export.format.write(source, cast("IO[bytes]", hashed))
        encrypting.finish()
    finish_job(database, export, box, hashed, package.counts["confirmed"] if package else progress.number, package)


def _write_package(wanted: SignatureFilter, hashed: HashingWriter, export: ExportJob, keys: Keys) -> Delivery:
    """Write a package for an office; it is recorded with the moment at which it can be downloaded."""
    filled = open_words(keys.desk, export.wanted)
    arranged = [one for one in Demand if one in export.wanted.get("arranged", "").split(",")]
    return write_archive(wanted, cast("IO[bytes]", hashed), by=str(export.account_id), arranged=arranged, **filled)


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
    """Record how far an export is, and renew the lease; raise Cancelled when it is gone or another process prepares it."""
    with database.writing() as session:
        export_jobs.update_claimed(session, export, lease_until=now() + export_jobs.EXPORT_LEASE, **values)


def finish_job(
    database: Database, export: ExportJob, box: bytes, hashed: HashingWriter, number: int, package: Delivery | None = None
) -> None:
    """Record that the file can be downloaded from now on, and a package for an office as written; raise Cancelled."""
    file = {"key_box": box, "sha256": hashed.sha256, "size": hashed.size, "done": number, "expected": number}
    with database.writing() as session:
        if package:
            ledger.begin_change(session)  # locks tables, so before the row: others who change the desk do it in this order
        export_jobs.update_claimed(session, export, prepared_at=now(), lease_until=None, claimed_by=None, **file)
        found = session.get_one(ExportJob, export.id)
        if package:
            record_delivery(session, package, by=found.account.email, with_names=bool(found.wanted.get("shown")))
        audit.record(session, found.account.email, Action.EXPORT_PREPARED, **found.details())


def fail_job(database: Database, export: ExportJob, trouble: str) -> None:
    """Record why an export failed, for the page of who asked; it is not tried again."""
    with suppress(Cancelled), database.writing() as session:
        export_jobs.update_claimed(session, export, failed_at=now(), trouble=trouble, lease_until=None, claimed_by=None)


class ExportWorker:
    """Starts the process when an export waits, and ends it with the worker."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._folder, self._database = settings.data, database
        self._process: subprocess.Popen[bytes] | None = None
        self._claims = secrets.token_bytes(16)

    def ensure_running(self) -> None:
        """Start the process if something waits and none runs; it knows the settings from the environment."""
        if self._process:
            if self._process.poll() is None:
                return
            self._release()
        with self._database.reading() as session:
            waiting = sa.select(ExportJob.id).where(*export_jobs.claimable(self._database, now()))
            if session.scalar(waiting.limit(1)) is None:
                return
        command, env = [sys.executable, "-m", "campaign", "prepare"], os.environ | {CLAIM_VARIABLE: self._claims.hex()}
        # A session of its own: what a terminal sends to everybody is for the worker, which ends this one in good order.
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, env=env)

    def purge(self) -> None:
        """Delete keys and rows whose time is over, then the files; let what was lost be prepared again."""
        with self._database.writing() as session:
            export_jobs.purge(session, now())
            if not self._database.is_sqlite:
                export_store.restart_lost(session, self._folder)
        with self._database.writing() as session:
            export_store.delete_unneeded(session, self._folder, now())

    def end(self) -> None:
        """End the process; what it was preparing is begun again by the next."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
        if self._process:
            with suppress(*DATABASE_UNAVAILABLE):  # the lease ends by itself
                self._release()

    def _release(self) -> None:
        with self._database.writing() as session:
            export_jobs.release_claims(session, self._claims)
        self._process = None
