"""Supervise the web workers, by granian's own parent process, and the mail worker.

All start and end together. A worker that ends unasked is started again.
"""

import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from typing import Any

from granian.server import MPServer

PARENT_VARIABLE = "PARENT_OF_CAMPAIGN_WORK"
"""The environment variable with the process id of the mail worker's parent. It is no setting, so it has no `CAMPAIGN_` prefix."""

CANNOT_START = 3
"""The exit code of a web worker that cannot start, so is not started again."""

RESTART_PAUSE = 1
"""The least seconds between two starts of one worker; doubled, up to a minute, while the mail worker ends with an error."""

STOP_TIMEOUT = 8
"""The seconds that a stop waits for requests and for the e-mail being sent; container engines kill after 10."""

TERMINAL_SIGNALS = {signal.SIGINT, signal.SIGHUP}
log = logging.getLogger(__name__)


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

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Ask the loop to stop."""
        if multiprocessing.parent_process():
            os._exit(1)  # a worker forked a moment ago, without handlers of its own yet
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        """Keep all workers running until a stop is asked for or a web worker cannot start.

        It replaces granian's own loop, which ends everything when one worker is killed twice within six seconds.
        """
        signal.signal(signal.SIGHUP, self.signal_handler_interrupt)
        mail = MailWorker() if self.with_mail else None
        while not self.interrupt_signal:
            self.main_loop_interrupt.wait(RESTART_PAUSE)
            self.main_loop_interrupt.clear()
            if mail:
                mail.ensure_running()
            while self.interrupt_children and not self.interrupt_signal:
                self._replace_worker(self.interrupt_children.pop(0), spawn_target, target_loader)
            if self.rss_signal:
                self.rss_signal = False
                self._handle_rss_signal(spawn_target, target_loader)  # type: ignore[no-untyped-call]
                self._watch_workers_rss()  # type: ignore[no-untyped-call]
        self.interrupt_children.clear()
        if mail:
            mail.stop()
            self.on_shutdown(mail.wait)

    def _replace_worker(self, index: int, spawn_target: Any, target_loader: Any) -> None:
        worker = self.wrks[index]
        if worker.inner.exitcode == CANNOT_START:
            self.interrupt_signal = True
            return
        log.warning("A web worker ended (%s) and is started again.", worker.inner.exitcode)
        time.sleep(max(0, RESTART_PAUSE - (time.monotonic() - worker.birth)))
        self._respawn_workers([index], spawn_target, target_loader)
