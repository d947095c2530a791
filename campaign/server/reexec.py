"""What follows on a reload (SIGHUP): a trial of the code and the settings of now, then the same process with them."""

import os
import pkgutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from typing import NoReturn

import campaign
from campaign.server.listening import FIRST_GIVEN

GIVEN_ENVIRONMENT = dict(os.environ)
"""The environment of the start. `campaign serve --port` adds an address to its own, which would hide the one in `.env`."""

NOT_IMPORTED = f"{campaign.__name__}.migrations"  # Alembic runs them; they cannot be imported


def hold_reloads() -> None:
    """Hold SIGHUP back, also in the process that this one becomes: without a handler, the signal would end it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})


def take_reloads(handler: Callable[..., None]) -> None:
    """Hand SIGHUP to a handler from now on, and one that has waited."""
    signal.signal(signal.SIGHUP, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})


def start_trial() -> "subprocess.Popen[bytes]":
    """Start what ends with 0 if the code and the settings of now can serve; it brings the tables up to date."""
    command = [sys.executable, "-m", "campaign", "migrate", "--trial"]
    return subprocess.Popen(command, env=GIVEN_ENVIRONMENT, stdin=subprocess.DEVNULL)


def import_everything() -> None:
    """Import each module of the program; raises ImportError where a package is missing."""
    for module in pkgutil.walk_packages(campaign.__path__, f"{campaign.__name__}."):
        if not module.name.startswith(NOT_IMPORTED):
            import_module(module.name)


def reexec(listening: socket.socket) -> NoReturn:
    """Become a new process of the same command, with the code and the settings of now, that goes on with this socket."""
    hold_reloads()
    os.dup2(listening.fileno(), FIRST_GIVEN)
    os.set_inheritable(FIRST_GIVEN, True)
    given = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
    sys.stdout.flush()
    command = [sys.executable, "-m", "campaign", *sys.argv[1:]]
    os.execve(sys.executable, command, GIVEN_ENVIRONMENT | given)  # noqa: S606  # the command it was started with, without a shell
