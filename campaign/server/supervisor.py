"""Serve the site with granian and send its mail: the parent process, its web workers and its mail worker.

All start and end together. A worker that ends unasked is started again, and one whose parent has ended ends by itself, even if
that was killed. No request is logged, so no visitor's address is.
"""

import gc
import logging
import multiprocessing
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import MPServer

from campaign import create_app
from campaign.config import Settings
from campaign.log import configure
from campaign.petition.snapshot import NothingKnown
from campaign.server.listening import listening_socket
from campaign.server.parent import PARENT_VARIABLE, end_with_parent
from campaign.server.reexec import reexec, start_trial, take_reloads
from campaign.server.rsgi import RsgiAdapter
from campaign.server.service_manager import notify
from campaign.web.rate_limits import SharedMemory

HEAD_TIMEOUT = 15
"""The seconds that a client may take to send the head of a request."""

MAX_CONNECTIONS = 4096
"""The connections that one worker holds at once; granian's default of 512 lets as many slow clients shut out all others."""

MAX_WORKER_MEMORY = 256
"""The MiB above which a web worker is replaced, once its requests are answered."""

CANNOT_START = 3
"""The exit code of a web worker that cannot start, so is not started again."""

RESTART_PAUSE = 1
"""The least seconds between two starts of one worker; doubled, up to a minute, while the mail worker ends with an error."""

STOP_TIMEOUT = 8
"""The seconds that a stop waits for requests and for the e-mail being sent; container engines kill after 10."""

TERMINAL_SIGNALS = {signal.SIGINT, signal.SIGHUP}
log = logging.getLogger(__name__)


def serve(settings: Settings, *, host: str, port: int, workers: int | None = None, mail: bool = True) -> None:
    """Serve until SIGINT or SIGTERM, then answer open requests and return; on SIGHUP do the same and start again.

    From a terminal SIGHUP ends it, as the terminal is gone.

    Without `workers` there is one for each core, four at most. Exits with one sentence and code 1 when the port is taken or
    a worker cannot start.
    """
    allow_many_connections()
    trouble = queue_of_trouble()
    listening = listening_socket(host, port, MAX_CONNECTIONS)
    group = Supervisor(
        "campaign",
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_TIMEOUT * 1000),
        websockets=False,
        backlog=MAX_CONNECTIONS,
        backpressure=MAX_CONNECTIONS,
        workers=workers or min(os.cpu_count() or 1, 4),
        workers_kill_timeout=STOP_TIMEOUT,
        workers_max_rss=MAX_WORKER_MEMORY,
        log_enabled=False,
    )
    group.with_mail, group.listening = mail, listening
    target_loader = partial(load_app, settings, trouble, SharedMemory())
    group.serve(target_loader=target_loader, wrap_loader=False)  # type: ignore[arg-type]  # RSGI: no function
    if not trouble.empty():
        sys.exit(f"The site cannot start: {trouble.get()}")
    if group.starts_anew and not group.interrupt_signal:
        reexec(listening)
    listening.close()


def queue_of_trouble() -> "multiprocessing.SimpleQueue[str]":
    """Return the queue in which a worker says why it cannot start; exit with one sentence without a usable `/dev/shm`."""
    try:
        return multiprocessing.SimpleQueue()
    except OSError as error:
        sys.exit(f"The site cannot use /dev/shm: {error.strerror}. Its user must be able to write there.")


def allow_many_connections() -> None:
    """Let each worker open as many files as its connections and the database need, where the system allows it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 2 * MAX_CONNECTIONS), most))


def load_app(settings: Settings, trouble: "multiprocessing.SimpleQueue[str]", memory: SharedMemory) -> RsgiAdapter:
    """Make the application in a new web worker and read the public words; if that fails, send the parent the reason."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the parent gets it too, and stops its workers in order
    end_with_parent()
    try:
        configure(settings.log)
        app = create_app(settings, memory)
        with suppress(NothingKnown):  # the database is away: the first request that finds it there reads it
            app.extensions["campaign"].snapshots()
    except NothingKnown:  # what must be looked at before it is shown cannot be read: try again in a second
        sys.exit(1)
    except Exception as error:
        trouble.put(str(error) or type(error).__name__)
        sys.exit(CANNOT_START)
    gc.freeze()  # all of this stays in memory: scanning it at each collection would delay requests
    return RsgiAdapter(app)


def has_terminal() -> bool:
    """Return whether this was started from a terminal, which sends SIGHUP to everybody when it is closed."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        return False
    return True


class MailWorker:
    """A child process that runs `campaign work`."""

    def __init__(self) -> None:
        self.pause = RESTART_PAUSE
        self.start()

    def start(self) -> None:
        """Start the process with SIGINT and SIGHUP blocked: a terminal sends them to the parent too, which stops it in order."""
        self.started_at = time.monotonic()
        command = [sys.executable, "-m", "campaign", "work"]
        signal.pthread_sigmask(signal.SIG_BLOCK, TERMINAL_SIGNALS)
        self.process = subprocess.Popen(command, env=os.environ | {PARENT_VARIABLE: str(os.getpid())}, stdin=subprocess.DEVNULL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, TERMINAL_SIGNALS)

    def ensure_running(self) -> None:
        """Start the process again if it has ended; after a longer pause each time it ends at once."""
        age = time.monotonic() - self.started_at
        code = self.process.poll()
        if code is not None and age > self.pause:
            log.warning("The mail worker ended (%s) and is started again.", code)
            self.pause = RESTART_PAUSE if code < 0 or age > 60 else min(self.pause * 2, 60)
            self.start()

    def stop(self) -> None:
        """Ask the process to end."""
        self.process.terminate()
        self.deadline = time.monotonic() + STOP_TIMEOUT

    def wait(self) -> None:
        """Wait until the process has sent its e-mail and ended; kill it at the deadline. What is cut off is sent again."""
        try:
            self.process.wait(max(0.1, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor(MPServer):
    """granian's parent of web workers, which runs the mail worker too."""

    with_mail = True
    listening: socket.socket
    starts_anew = False
    trial: "subprocess.Popen[bytes] | None" = None

    def _init_shared_socket(self) -> None:
        """Let all workers accept from one socket; granian opens one for each, whose queue is lost when its worker ends."""
        self._ssp, self._sfd, self._sso = None, self.listening.fileno(), self.listening  # type: ignore[assignment]
        self._shd = SocketHolder(self._sfd, False, self.backlog)  # type: ignore[assignment, call-arg]

    def _drop_shared_socket(self) -> None:
        """Leave the socket open: the workers have it too, and after a reload it goes on."""

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Ask the loop to stop."""
        if multiprocessing.parent_process():
            os._exit(1)  # a worker forked a moment ago, without handlers of its own yet
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        """Keep all workers running until a stop is requested or a web worker cannot start.

        It replaces granian's own loop, which ends everything when one worker is killed twice within six seconds.
        """
        take_reloads(self.signal_handler_interrupt if has_terminal() else self.signal_handler_reload)
        mail = MailWorker() if self.with_mail else None
        notify("READY=1")
        while not self.interrupt_signal:
            notify("WATCHDOG=1")
            self.main_loop_interrupt.wait(RESTART_PAUSE)
            self.main_loop_interrupt.clear()
            if self.reload_signal and self._can_reexec():
                self.starts_anew = True
                break
            if mail:
                mail.ensure_running()
            while self.interrupt_children and not self.interrupt_signal:
                self._replace_worker(self.interrupt_children.pop(0), spawn_target, target_loader)
            if self.rss_signal:
                self.rss_signal = False
                self._handle_rss_signal(spawn_target, target_loader)  # type: ignore[no-untyped-call]
                self._watch_workers_rss()  # type: ignore[no-untyped-call]
        notify("RELOADING=1" if self.starts_anew else "STOPPING=1")
        self.interrupt_children.clear()
        if mail:
            mail.stop()
            self.on_shutdown(mail.wait)

    def _can_reexec(self) -> bool:
        """Return whether the code and the settings of now can serve; while that is tried, and if not, all goes on."""
        self.trial = self.trial or start_trial()
        code = self.trial.poll()
        if code is None:
            return False
        self.trial = None
        self.reload_signal = False
        if code:
            log.warning("The site was not reloaded, because the trial failed. It goes on as before.")
        return code == 0

    def _replace_worker(self, index: int, spawn_target: Any, target_loader: Any) -> None:
        worker = self.wrks[index]
        if worker.inner.exitcode == CANNOT_START:
            self.interrupt_signal = True
            return
        log.warning("A web worker ended (%s) and is started again.", worker.inner.exitcode)
        time.sleep(max(0, RESTART_PAUSE - (time.monotonic() - worker.birth)))
        self._respawn_workers([index], spawn_target, target_loader)
