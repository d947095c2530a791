"""Serve the site with granian and send its mail.

A worker ends by itself once its parent has ended, even if that was killed. No request is logged, so no visitor's address is.
"""

import errno
import gc
import multiprocessing
import os
import resource
import signal
import socket
import sys
import threading
import time
from functools import partial

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from campaign import create_app
from campaign.config import Settings
from campaign.server.rsgi import RsgiAdapter
from campaign.server.supervisor import CANNOT_START, PARENT_VARIABLE, STOP_TIMEOUT, Supervisor

HEAD_TIMEOUT = 15
"""The seconds that a client may take to send the head of a request."""

MAX_CONNECTIONS = 4096
"""The connections that one worker holds at once; granian's default of 512 lets as many slow clients shut out all others."""

MAX_WORKER_MEMORY = 256
"""The MiB above which a web worker is replaced, once its requests are answered."""


def serve(settings: Settings, *, host: str, port: int, workers: int | None = None, mail: bool = True) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP, then answer open requests and return.

    Without `workers` there is one for each core, four at most. Exits with one sentence and code 1 when the port is taken or
    a worker cannot start.
    """
    allow_many_connections()
    trouble: multiprocessing.SimpleQueue[str] = multiprocessing.SimpleQueue()
    group = Supervisor(
        "campaign",
        address=free_address(host, port),
        port=port,
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
    group.with_mail = mail
    group.serve(target_loader=partial(load_app, settings, trouble), wrap_loader=False)  # type: ignore[arg-type]  # RSGI: no function
    if not trouble.empty():
        sys.exit(f"The site cannot start: {trouble.get()}")


def allow_many_connections() -> None:
    """Let each worker open as many files as its connections and the database need, where the system allows it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 2 * MAX_CONNECTIONS), most))


def load_app(settings: Settings, trouble: "multiprocessing.SimpleQueue[str]") -> RsgiAdapter:
    """Make the application in a new web worker; send the parent the reason if it cannot be made."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the parent gets it too, and stops its workers in order
    end_with_parent()
    try:
        adapter = RsgiAdapter(create_app(settings))
    except Exception as error:
        trouble.put(str(error) or type(error).__name__)
        sys.exit(CANNOT_START)
    gc.freeze()  # all of this stays in memory: scanning it at each collection would delay requests
    return adapter


def end_with_parent() -> None:
    """End this process when its parent has ended: by SIGTERM within a quarter of a second, at once a second later.

    `multiprocessing` knows the parent of a web worker, the environment that of the mail worker; other processes have none.
    """
    known = multiprocessing.parent_process()
    parent = known.pid if known else int(os.environ.get(PARENT_VARIABLE, "0"))
    if parent:
        threading.Thread(target=_watch_parent, args=(parent,), name="end with parent", daemon=True).start()


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.25)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(1)
    os._exit(1)


def free_address(host: str, port: int) -> str:
    """Return the IP address of `host`; exits if the port is taken, which granian, sharing ports, would not notice."""
    give_up = time.monotonic() + 2  # workers whose parent was killed keep the port for a moment
    while True:
        try:
            family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
            return str(address[0])
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > give_up:
                sys.exit(f"Cannot listen on {host} port {port}: {error.strerror}.")
            time.sleep(0.25)
