"""The mail and the timed work: send what waits, publish the count, forget what is over, empty the database's log.

Everything is done by looking what is due, so it also catches up after having been away.
"""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from campaign.config import Settings
from campaign.database import AWAY, Database, now
from campaign.organizers import audit, purge, removals
from campaign.organizers.export_worker import Preparing
from campaign.outbox import queue, smtp, worker_registry
from campaign.petition import bursts, counting, emails, recent_confirmations
from campaign.prints.prerender import draw_next
from campaign.state import Site

TICK = 0.5  # seconds between two looks into the outbox
FORGET_EVERY, TRUNCATE_EVERY, DRAW_EVERY, PREPARE_EVERY = 60, 15, 600, 1  # seconds
RELEASE_EVERY = 5  # seconds; soon after a worker has died, what it had claimed is sent by another
DRAW_AFTER = 5  # seconds; what waits since the last time goes out first


@dataclass
class Duty:
    """Something to do every so many seconds; a failure is said and tried again at the next tick."""

    every: float
    do: Callable[[], object]
    due: float = 0.0

    def look(self) -> None:
        """Does it when its time has come. What returns False is tried again at the next tick."""
        if time.monotonic() < self.due:
            return
        if self.do() is not False:
            self.due = time.monotonic() + self.every


def run(app: Flask, *, mails: bool = True, say: Callable[[str], None] = print) -> None:
    """Works until SIGTERM or SIGINT; the letter that is being sent is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    site: Site = app.extensions["site"]
    preparing = Preparing(site.settings, site.database)
    todo = duties(site.settings, site.database)
    todo += [Duty(PREPARE_EVERY, preparing.tend), Duty(FORGET_EVERY, preparing.forget)]
    todo.append(Duty(DRAW_EVERY, lambda: draw_next(app, site.settings.data / "prints", say), time.monotonic() + DRAW_AFTER))
    folder = site.settings.data / "mail-workers"
    with worker_registry.registered(folder) as me:
        if mails:
            todo.append(Duty(RELEASE_EVERY, lambda: worker_registry.release_dead(site.database, folder)))
            todo.append(Duty(TICK, lambda: send_letters(app, stop, say, by=me)))
        while not stop.is_set():
            for duty in todo:
                _try(duty, say)
            stop.wait(TICK)
    preparing.end()
    site.database.close()


def duties(settings: Settings, database: Database) -> list[Duty]:
    """The timed work."""
    return [
        Duty(settings.count_every, lambda: counting.publish(database, batch=settings.count_batch)),
        Duty(FORGET_EVERY, lambda: queue.forget(database, now())),
        Duty(FORGET_EVERY, lambda: recent_confirmations.fold(database, now())),
        Duty(FORGET_EVERY, lambda: bursts.forget(database, now().date())),
        Duty(FORGET_EVERY, lambda: removals.forget(database, now())),
        Duty(FORGET_EVERY, lambda: purge.forget(database, now())),
        Duty(FORGET_EVERY, lambda: audit.keep_head(database, settings.data)),
        Duty(TRUNCATE_EVERY, database.truncate_log),
    ]


def send_letters(app: Flask, stop: threading.Event, say: Callable[[str], None], *, by: bytes | None = None) -> None:
    """Sends what is due, until nothing is or the mail server is in trouble."""
    site: Site = app.extensions["site"]
    claimed = claim(site.database, by=by)
    if not claimed:
        return
    with app.app_context(), smtp.conversation(smtp.transport(site.settings, say)) as way_out:
        while claimed and _send(site, stop, way_out, claimed):
            claimed = claim(site.database, by=by)
        smtp.note_relay(site.database, way_out)


def claim(database: Database, *, by: bytes | None = None) -> list[queue.Letter]:
    """Takes letters that are due; none while organizers have stopped the mail."""
    return [] if is_stopped(database) else queue.claim(database, now(), by=by)


def is_stopped(database: Database) -> bool:
    """Whether organizers have stopped the mail: asked before each letter, so that it holds within seconds."""
    with database.reading() as session:
        return counting.read(session).is_mail_stopped


def _send(site: Site, stop: threading.Event, way_out: smtp.Transport, claimed: list[queue.Letter]) -> bool:
    """Sends what was claimed; returns whether it is worth going on now."""
    for letter in claimed:
        is_over = stop.is_set() or queue.is_running_out(letter, now()) or is_stopped(site.database)
        if is_over or not queue.send(site.database, site.keys, way_out, emails.write, letter):
            queue.release(site.database, claimed)
            return False
    return not stop.is_set()


def _try(duty: Duty, say: Callable[[str], None]) -> None:
    """The work goes on when the database is away for a while."""
    try:
        duty.look()
    except AWAY as error:
        say(f"The timed work could not use the database and tries again: {type(error).__name__}")
