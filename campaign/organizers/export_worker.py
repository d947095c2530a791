"""Prepares what organizers asked for at the desk: one export after the other, in a process of its own.

A process and no thread, because opening records takes all cores and forks, and so that the mail goes on whatever becomes of an
export: the worker starts the process when something waits (`Preparing.tend`). One that was killed is begun again. Of all
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
from campaign.crypto.encrypted_file import Locking
from campaign.crypto.sealing import CannotOpen
from campaign.database import Database, now
from campaign.exports import rows
from campaign.exports.atomic_file import Hashed, whole
from campaign.exports.format import Source
from campaign.exports.pdf import NamesHidden
from campaign.exports.rows import Wanted
from campaign.file_lock import file_lock
from campaign.languages import LANGUAGES
from campaign.organizers import audit, export_jobs
from campaign.organizers.actions import Action
from campaign.organizers.export_jobs import ATTEMPTS, FOLDER, Export
from campaign.petition import key_rotation
from campaign.prints.render import NotDrawn
from campaign.state import Site

LOCK = "exports.lock"
TELL_EVERY = 1.0  # seconds between two notes of how far it is
Say = Callable[[str], None]


class KeyAway(Exception):
    """The private key was moved off the server after the export was asked for."""


class Over(Exception):
    """Whoever asked has no account any more, or the worker that wanted it is gone."""


TROUBLES: dict[type[Exception], str] = {KeyAway: "key away", CannotOpen: "cannot open", NamesHidden: "names hidden"}
EXPECTED = (KeyAway, CannotOpen, NamesHidden, NotDrawn, OSError)


def prepare_all(site: Site, say: Say) -> None:
    """Prepares until nothing waits; returns at once where another process does it already."""
    (site.settings.data / FOLDER).mkdir(mode=0o700, exist_ok=True)
    with file_lock(site.settings.data / LOCK, wait=0) as is_ours:
        while is_ours and (export := begin(site.database)):
            try:
                prepare(site, export)
            except Over:
                return
            except EXPECTED as error:
                say(f"An export could not be prepared: {error}")
                fail(site.database, export, TROUBLES.get(type(error), "failed"))


def begin(database: Database) -> Export | None:
    """The oldest export that waits, also one that somebody began who was killed; after three attempts it has failed."""
    waiting = Export.prepared_at.is_(None), Export.failed_at.is_(None)
    with database.writing() as session:
        hopeless = sa.update(Export).where(*waiting, Export.attempts >= ATTEMPTS)
        session.execute(hopeless.values(failed_at=now(), trouble="failed"))
        export = session.scalar(sa.select(Export).where(*waiting).order_by(Export.asked_at).limit(1))
        if export:
            export.begun_at, export.attempts, export.done = now(), export.attempts + 1, 0
        return export


def prepare(site: Site, export: Export) -> None:
    """Writes the document of an export into its locked file and notes what it holds."""
    wanted, database = Wanted.of(export.wanted), site.database
    with database.reading() as session:
        keys = key_rotation.in_force(session, site.keys)
    if export.format.needs_key and keys.private is None:
        raise KeyAway("the private key is not on this server any more")
    note(database, export, expected=rows.count(database, wanted))
    key, box = export_jobs.new_key(site.keys.desk)
    file = export_jobs.file_of(site.settings.data, export.id)
    file.unlink(missing_ok=True)
    with whole(file) as stream:
        locking = Locking(stream, key)
        hashed = Hashed(cast("IO[bytes]", locking))
        done = Done(database, export)
        pages, privates = rows.pages(database, wanted), [keys.private] if keys.private else []
        source = Source(pages, done.watched, LANGUAGES[export.language], privates, wanted, keys.key_id)
        export.format.write(source, cast("IO[bytes]", hashed))
        locking.finish()
    finish(database, export, box, hashed, done.number)


class Done:
    """How far an export is: noted in its row once a second, for the page that shows it."""

    def __init__(self, database: Database, export: Export) -> None:
        self.number, self._database, self._export = 0, database, export
        self._told, self._parent = time.monotonic(), os.getppid()

    def watched(self, pages: Iterable[list[Any]]) -> Iterator[list[Any]]:
        """Passes pages on; raises Over when nobody waits for them any more."""
        for page in pages:
            self.number += len(page)
            if os.getppid() != self._parent:
                raise Over
            if time.monotonic() - self._told > TELL_EVERY:
                note(self._database, self._export, done=self.number)
                self._told = time.monotonic()
            yield page


def note(database: Database, export: Export, **values: int) -> None:
    """Notes how far an export is; raises Over when it is gone."""
    with database.writing() as session:
        noted = session.execute(sa.update(Export).where(Export.id == export.id).values(**values))
        if not cast("sa.CursorResult[object]", noted).rowcount:
            raise Over


def finish(database: Database, export: Export, box: bytes, hashed: Hashed, number: int) -> None:
    """The file can be taken from now on."""
    with database.writing() as session:
        found = session.get(Export, export.id)
        if found is None:
            raise Over
        found.prepared_at, found.key_box = now(), box
        found.sha256, found.size, found.done, found.expected = hashed.sha256, hashed.size, number, number
        audit.note(session, found.account.email, Action.EXPORT_PREPARED, **found.facts())


def fail(database: Database, export: Export, trouble: str) -> None:
    """It will not be tried again; whoever asked is told why."""
    with database.writing() as session:
        session.execute(sa.update(Export).where(Export.id == export.id).values(failed_at=now(), trouble=trouble))


class Preparing:
    """The worker's end of it: starts the process when something waits, and ends it with the worker."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._folder, self._database = settings.data, database
        self._process: subprocess.Popen[bytes] | None = None

    def tend(self) -> None:
        """Starts the process if something waits and none runs; it knows the settings from the environment."""
        if self._process and self._process.poll() is None:
            return
        with self._database.reading() as session:
            waiting = sa.select(Export.id).where(Export.prepared_at.is_(None), Export.failed_at.is_(None))
            if session.scalar(waiting.limit(1)) is None:
                return
        command = [sys.executable, "-m", "campaign", "prepare"]
        # A session of its own: what a terminal sends to everybody is for the worker, which ends this one in good order.
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)

    def forget(self) -> None:
        """Lets go of keys and lines whose time is over, then of the files."""
        with self._database.writing() as session:
            export_jobs.forget(session, now())
        with self._database.reading() as session:
            export_jobs.tidy(session, self._folder)

    def end(self) -> None:
        """Ends the process; what it was preparing is begun again by the next."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
