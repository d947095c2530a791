"""One process group that serves the site and sends its mail: the parent, the web workers and the mail worker.

They start together and end together. The parent starts a worker again that ends unasked; a worker ends by itself once its parent is
gone, however that happened. Nothing is logged about a request: the address of a visitor is written down nowhere.
"""

import errno
import logging
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from campaign import create_app
from campaign.config import Settings
from campaign.gateway import Gateway

PARENT = "PARENT_OF_CAMPAIGN_WORK"
"""The variable that tells the mail worker whose child it is. It is no setting, so it has not the prefix of one."""

CANNOT_START = 3
"""The exit code of a web worker that will not start however often it is tried."""

PAUSE = 1
"""The least seconds between two starts of one worker; they double, to a minute, while the mail worker keeps ending."""

HEAD_SECONDS = 15
"""How long a client may take over the head of a request."""

LAST_SECONDS = 8
"""How long a stop waits for what is in flight; container engines kill after 10."""

MEMORY = 256
"""MiB above which a web worker is replaced, its requests answered."""

FROM_TERMINAL = {signal.SIGINT, signal.SIGHUP}

log = logging.getLogger(__name__)
trouble: "multiprocessing.SimpleQueue[str]" = multiprocessing.SimpleQueue()


def serve(settings: Settings, *, host: str, port: int, workers: int | None = None, mail: bool = True) -> None:
    """Serves until SIGINT, SIGTERM or SIGHUP, then answers what is in flight and returns.

    Without `workers` there is one for each core, four at most. Exits with one sentence and code 1 when the port is taken or
    a worker cannot start.
    """
    group = Group(
        "campaign",
        address=free_address(host, port),
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000),
        websockets=False,
        workers=workers or min(os.cpu_count() or 1, 4),
        workers_kill_timeout=LAST_SECONDS,
        workers_max_rss=MEMORY,
        log_enabled=False,
    )
    group.with_mail = mail
    group.serve(target_loader=partial(load, settings, trouble), wrap_loader=False)
    if not trouble.empty():
        sys.exit(f"The site cannot start: {trouble.get()}")


def load(settings: Settings, trouble: "multiprocessing.SimpleQueue[str]") -> Gateway:
    """Makes the application in a new web worker, or tells the parent why it cannot."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the parent gets it too, and stops us in good order
    end_with_parent()
    try:
        return Gateway(create_app(settings))
    except Exception as error:
        trouble.put(str(error) or type(error).__name__)
        sys.exit(CANNOT_START)


def end_with_parent() -> None:
    """Has this process end soon after its parent: asks itself to within a quarter of a second, and insists a second later.

    A web worker knows its parent, the mail worker is told; a process that belongs to no group is left alone.
    """
    known = multiprocessing.parent_process()
    parent = known.pid if known else int(os.environ.get(PARENT, 0))
    if parent:
        threading.Thread(target=_watch, args=(parent,), name="end with parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.25)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(1)
    os._exit(1)


def free_address(host: str, port: int) -> str:
    """Gives the IP address of `host` if nobody listens there, which granian, sharing ports, would not notice."""
    patience = time.monotonic() + 2  # workers whose parent was killed keep the port for a moment
    while True:
        try:
            family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
            return str(address[0])
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > patience:
                sys.exit(f"Cannot listen on {host} port {port}: {error.strerror}.")
            time.sleep(0.25)


class MailWorker:
    """`campaign work`, as a child."""

    def __init__(self) -> None:
        self.pause = PAUSE
        self.start()

    def start(self) -> None:
        """Starts it; it knows its parent from the environment."""
        self.born = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "campaign", "work"],
            env=os.environ | {PARENT: str(os.getpid())},
            stdin=subprocess.DEVNULL,
        )

    def tend(self) -> None:
        """Starts it again if it has ended, with longer and longer pauses if it ends at once."""
        age = time.monotonic() - self.born
        code = self.process.poll()
        if code is not None and age > self.pause:
            log.warning("The mail worker ended (%s) and is started again.", code)
            self.pause = PAUSE if code < 0 or age > 60 else min(self.pause * 2, 60)
            self.start()

    def stop(self) -> None:
        """Asks it to end."""
        self.process.terminate()
        self.deadline = time.monotonic() + LAST_SECONDS

    def end(self) -> None:
        """Waits until the letter in its hands is away; one that is cut off is sent again when its lease is over."""
        try:
            self.process.wait(max(0.1, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Group(Granian):
    """granian's parent of web workers, which also tends the mail worker."""

    with_mail = True

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Notes that a stop is asked for."""
        if os.getpid() != self.pid:
            os._exit(1)  # a worker that was forked a moment ago and has no handlers of its own yet
        super().signal_handler_interrupt(*args, **kwargs)

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        """Tends everybody until a stop is asked for or a worker cannot start.

        In the place of granian's own loop, which ends everything when one worker is killed twice within six seconds.
        """
        signal.signal(signal.SIGHUP, self.signal_handler_interrupt)
        mail = MailWorker() if self.with_mail else None
        while not self.interrupt_signal:
            self.main_loop_interrupt.wait(PAUSE)
            self.main_loop_interrupt.clear()
            if mail:
                mail.tend()
            while self.interrupt_children and not self.interrupt_signal:
                self._tend(self.interrupt_children.pop(0), spawn_target, target_loader)
            if self.rss_signal:
                self.rss_signal = False
                self._handle_rss_signal(spawn_target, target_loader)
                self._watch_workers_rss()
        self.interrupt_children.clear()
        if mail:
            mail.stop()
            self.on_shutdown(mail.end)

    def _tend(self, index: int, spawn_target: Any, target_loader: Any) -> None:
        worker = self.wrks[index]
        if worker.inner.exitcode == CANNOT_START:
            self.interrupt_signal = True
            return
        log.warning("A web worker ended (%s) and is started again.", worker.inner.exitcode)
        time.sleep(max(0, PAUSE - (time.monotonic() - worker.birth)))
        self._respawn_workers([index], spawn_target, target_loader)
