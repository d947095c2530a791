"""Send the mail and run the periodic tasks: publish the count, delete what has expired, empty the database's log.

Each task looks for due work, so a worker that was stopped catches up.
"""

import gc
import logging
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from campaign.backup.forgotten_list import ListKeeper
from campaign.config import Settings
from campaign.database import DATABASE_UNAVAILABLE, Database, now
from campaign.health.conditions import Site
from campaign.organizers import audit, daily_email
from campaign.organizers.auth import login
from campaign.organizers.export_worker import ExportWorker
from campaign.outbox import heartbeat, quota, worker_registry
from campaign.petition import bursts, counting, display_names, forgotten, links, name_index
from campaign.prints.render import prerender_next
from campaign.server import health_watch
from campaign.server.mailer import TICK, Mailer, working
from campaign.server.purger import Purger
from campaign.state import AppState

PURGE_EVERY, TRUNCATE_EVERY, PRERENDER_EVERY, PREPARE_EVERY = 60, 15, 600, 1  # seconds
RELEASE_EVERY = 5  # seconds; soon after a worker has died, what it had claimed is sent by another
REMAKE_AFTER = 600  # seconds; on several machines the older version may answer for so long after this one has started
PRERENDER_AFTER = 5  # seconds; what waits since the last time goes out first
log = logging.getLogger(__name__)


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
    health_watch.start_watching(Site(app_state.settings, app_state.database), stop)
    preparing = ExportWorker(app_state.settings, app_state.database)
    todo = periodic_tasks(app_state.settings, app_state.database, say)
    todo.append(PeriodicTask(PURGE_EVERY, ListKeeper(app_state.database, app_state.keys).write_if_changed))
    todo += [PeriodicTask(PREPARE_EVERY, preparing.ensure_running), PeriodicTask(PURGE_EVERY, preparing.purge)]
    todo.append(
        PeriodicTask(
            PRERENDER_EVERY,
            lambda: prerender_next(app, app_state.settings.data / "prints", say),
            time.monotonic() + PRERENDER_AFTER,
        )
    )
    todo.append(PeriodicTask(PURGE_EVERY, lambda: daily_email.enqueue_due(app_state.database, app_state.keys, now())))
    folder, failing = app_state.settings.data / "mail-workers", set[int]()
    gc.freeze()  # all of this stays in memory: scanning it at each collection would take a third of the time of an e-mail
    with worker_registry.registered(folder) as me, ExitStack() as stack:
        if mails:
            todo += mail_tasks(app_state, folder)
            stack.enter_context(working(Mailer(app, stop, say, by=me)))
        while not stop.is_set():
            for task in todo:
                _run_task(task, failing)
            stop.wait(TICK)
    preparing.end()
    app_state.database.close()


def periodic_tasks(settings: Settings, database: Database, say: Callable[[str], None] = print) -> list[PeriodicTask]:
    """Return the tasks that need only the database."""
    purger = Purger(settings, database, say)
    return [
        PeriodicTask(settings.count_every, lambda: counting.publish(database, batch=settings.count_batch)),
        PeriodicTask(PURGE_EVERY, purger.run),
        PeriodicTask(PURGE_EVERY, lambda: bursts.fold_past_hours(database, now())),
        PeriodicTask(PURGE_EVERY, lambda: bursts.purge(database, now())),
        PeriodicTask(PURGE_EVERY, lambda: forgotten.purge(database, settings.backup_days)),
        PeriodicTask(PURGE_EVERY, lambda: display_names.forget_refused(database, now().date())),
        PeriodicTask(PURGE_EVERY, lambda: links.purge(database, now().date())),
        PeriodicTask(PURGE_EVERY, lambda: login.purge(database, now())),
        PeriodicTask(PURGE_EVERY, lambda: audit.store_head(database, settings.data)),
        PeriodicTask(TRUNCATE_EVERY, database.truncate_log),
        PeriodicTask(PURGE_EVERY, name_index.Remaking(database).run, time.monotonic() + REMAKE_AFTER),
    ]


def mail_tasks(app_state: AppState, folder: Path) -> list[PeriodicTask]:
    """Return the tasks of a worker that sends; `folder` is where the mail workers of this machine are registered."""
    return [
        PeriodicTask(RELEASE_EVERY, lambda: worker_registry.release_dead(app_state.database, folder)),
        PeriodicTask(PURGE_EVERY, lambda: quota.purge(app_state.database, app_state.quota, now())),
    ]


def deliver_due(app: Flask, stop: threading.Event, say: Callable[[str], None], *, by: bytes | None = None) -> None:
    """Send due e-mails until none is left or the mail server fails."""
    with Mailer(app, stop, say, by=by) as mailer:
        mailer.deliver_due()


def _run_task(task: PeriodicTask, failing: set[int]) -> None:
    """Run a task if it is due. Where the database cannot be used, log it once, until every task succeeds again."""
    is_due = time.monotonic() >= task.due
    try:
        task.run_if_due()
    except DATABASE_UNAVAILABLE as error:
        if not failing:
            log.warning("The timed work cannot use the database (%s) and tries again until it can.", type(error).__name__)
        failing.add(id(task))
    else:
        if is_due and id(task) in failing:
            failing.remove(id(task))
            if not failing:
                log.info("The timed work uses the database again.")
