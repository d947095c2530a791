"""Send the mail and run the periodic tasks: publish the count, delete what has expired, empty the database's log.

Each task looks for what is due, so a worker that was stopped catches up.
"""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from campaign.config import Settings
from campaign.database import DATABASE_UNAVAILABLE, Database, now
from campaign.organizers import audit, removals
from campaign.organizers.auth import login
from campaign.organizers.export_worker import ExportWorker
from campaign.outbox import delivery, heartbeat, queue, smtp, worker_registry
from campaign.petition import bursts, counting, emails
from campaign.prints.render import prerender_next
from campaign.state import AppState

TICK = 0.5  # seconds between two queries of the outbox
PURGE_EVERY, TRUNCATE_EVERY, PRERENDER_EVERY, PREPARE_EVERY = 60, 15, 600, 1  # seconds
RELEASE_EVERY = 5  # seconds; soon after a worker has died, what it had claimed is sent by another
PRERENDER_AFTER = 5  # seconds; what waits since the last time goes out first


@dataclass
class PeriodicTask:
    """A task to run every so many seconds."""

    every: float
    do: Callable[[], object]
    due: float = 0.0

    def run_if_due(self) -> None:
        """Run the task if it is due. A task that returns False is run again at the next tick."""
        if time.monotonic() < self.due:
            return
        if self.do() is not False:
            self.due = time.monotonic() + self.every


def run(app: Flask, *, mails: bool = True, say: Callable[[str], None] = print) -> None:
    """Work until SIGTERM or SIGINT; finish the e-mail that is being sent first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    app_state: AppState = app.extensions["campaign"]
    heartbeat.start(app_state.database, app_state.settings.data, stop)
    preparing = ExportWorker(app_state.settings, app_state.database)
    todo = periodic_tasks(app_state.settings, app_state.database)
    todo += [PeriodicTask(PREPARE_EVERY, preparing.ensure_running), PeriodicTask(PURGE_EVERY, preparing.purge)]
    todo.append(
        PeriodicTask(
            PRERENDER_EVERY,
            lambda: prerender_next(app, app_state.settings.data / "prints", say),
            time.monotonic() + PRERENDER_AFTER,
        )
    )
    folder = app_state.settings.data / "mail-workers"
    with worker_registry.registered(folder) as me:
        if mails:
            todo.append(PeriodicTask(RELEASE_EVERY, lambda: worker_registry.release_dead(app_state.database, folder)))
            todo.append(PeriodicTask(TICK, lambda: deliver_due(app, stop, say, by=me)))
        while not stop.is_set():
            for task in todo:
                _run_task(task, say)
            stop.wait(TICK)
    preparing.end()
    app_state.database.close()


def periodic_tasks(settings: Settings, database: Database) -> list[PeriodicTask]:
    """Return the tasks that need only the database."""
    return [
        PeriodicTask(settings.count_every, lambda: counting.publish(database, batch=settings.count_batch)),
        PeriodicTask(PURGE_EVERY, lambda: queue.purge(database, now())),
        PeriodicTask(PURGE_EVERY, lambda: bursts.fold_past_hours(database, now())),
        PeriodicTask(PURGE_EVERY, lambda: bursts.purge(database, now())),
        PeriodicTask(PURGE_EVERY, lambda: removals.purge(database, now())),
        PeriodicTask(PURGE_EVERY, lambda: login.purge(database, now())),
        PeriodicTask(PURGE_EVERY, lambda: audit.store_head(database, settings.data)),
        PeriodicTask(TRUNCATE_EVERY, database.truncate_log),
    ]


def deliver_due(app: Flask, stop: threading.Event, say: Callable[[str], None], *, by: bytes | None = None) -> None:
    """Send what is due, until nothing is or the mail server fails."""
    app_state: AppState = app.extensions["campaign"]
    claimed = claim_unless_stopped(app_state.database, by=by)
    if not claimed:
        return
    with app.app_context(), smtp.open_transport(smtp.make_transport(app_state.settings, say)) as way_out:
        while claimed and _deliver_claimed(app_state, stop, way_out, claimed):
            claimed = claim_unless_stopped(app_state.database, by=by)
        smtp.record_capabilities(app_state.database, way_out)


def claim_unless_stopped(database: Database, *, by: bytes | None = None) -> list[queue.OutboxMessage]:
    """Claim e-mails that are due; none while organizers have stopped the mail."""
    return [] if is_mail_stopped(database) else queue.claim(database, now(), by=by)


def is_mail_stopped(database: Database) -> bool:
    """Return whether organizers have stopped the mail; asked before each e-mail, so that a stop takes effect within seconds."""
    with database.reading() as session:
        return counting.read_snapshot(session).is_mail_stopped


def _deliver_claimed(
    app_state: AppState, stop: threading.Event, way_out: smtp.Transport, claimed: list[queue.OutboxMessage]
) -> bool:
    """Send what was claimed; return whether more can be sent now."""
    for entry in claimed:
        is_over = stop.is_set() or queue.is_lease_ending(entry, now()) or is_mail_stopped(app_state.database)
        if is_over or not delivery.deliver(app_state.database, app_state.keys, way_out, emails.compose, entry):
            queue.release(app_state.database, claimed)
            return False
    return not stop.is_set()


def _run_task(task: PeriodicTask, say: Callable[[str], None]) -> None:
    """Run a task if it is due; say so and go on where the database cannot be used."""
    try:
        task.run_if_due()
    except DATABASE_UNAVAILABLE as error:
        say(f"The timed work could not use the database and tries again: {type(error).__name__}")
