"""Serves the site and sends its mail, by one process group that starts together and ends together.

A worker ends by itself once its parent is gone, however that happened. Nothing is logged about a request: the address of a
visitor is written down nowhere.
"""

import errno
import gc
import multiprocessing
import os
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
"""How long a client may take over the head of a request."""

MAX_WORKER_MEMORY = 256
"""MiB above which a web worker is replaced, its requests answered."""


def serve(settings: Settings, *, host: str, port: int, workers: int | None = None, mail: bool = True) -> None:
    """Serves until SIGINT, SIGTERM or SIGHUP, then answers what is in flight and returns.

    Without `workers` there is one for each core, four at most. Exits with one sentence and code 1 when the port is taken or
    a worker cannot start.
    """
    trouble: multiprocessing.SimpleQueue[str] = multiprocessing.SimpleQueue()
    group = Supervisor(
        "campaign",
        address=free_address(host, port),
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_TIMEOUT * 1000),
        websockets=False,
        workers=workers or min(os.cpu_count() or 1, 4),
        workers_kill_timeout=STOP_TIMEOUT,
        workers_max_rss=MAX_WORKER_MEMORY,
        log_enabled=False,
    )
    group.with_mail = mail
    group.serve(target_loader=partial(load_app, settings, trouble), wrap_loader=False)  # type: ignore[arg-type]  # RSGI: no function
    if not trouble.empty():
        sys.exit(f"The site cannot start: {trouble.get()}")


def load_app(settings: Settings, trouble: "multiprocessing.SimpleQueue[str]") -> RsgiAdapter:
    """Makes the application in a new web worker, or tells the parent why it cannot."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the parent gets it too, and stops us in good order
    end_with_parent()
    try:
        gateway = RsgiAdapter(create_app(settings))
    except Exception as error:
        trouble.put(str(error) or type(error).__name__)
        sys.exit(CANNOT_START)
    gc.freeze()  # all of this stays: looking through it again and again would hold up whoever is reading at that moment
    return gateway


def end_with_parent() -> None:
    """Has this process end soon after its parent: asks itself to within a quarter of a second, and insists a second later.

    A web worker knows its parent, the mail worker is told; a process that belongs to no group is left alone.
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
