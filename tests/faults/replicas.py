"""Servers of PostgreSQL on loopback: one that can be stopped, or two, of which the second confirms what the first commits."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.servers import PostgreSQL, free_port, wait_until

NAME = "standby"  # what the primary calls the one that confirms
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 16MB
wal_keep_size = 64MB
"""


class Replica:
    """One server, with the programs and the user of another server of the tests."""

    def __init__(self, like: PostgreSQL, folder: Path) -> None:
        assert like.process
        self.programs, self.user = like.process.bin_path, like.process.system_user
        self.folder, self.port = folder, free_port()
        self.address = f"host=127.0.0.1 port={self.port} user=postgres"

    def run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL on the folder of this server."""
        command = [str(self.programs / program), "-D", str(self.folder), *arguments]
        subprocess.run(command, check=True, user=self.user, stdout=subprocess.DEVNULL, cwd="/")

    def make(self) -> None:
        """Make it the first server."""
        self.run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync")
        with (self.folder / "postgresql.conf").open("a") as file:
            file.write(SETTINGS)

    def follow(self, primary: "Replica") -> None:
        """Make it a copy of another server, to which it is then connected."""
        told = f"{primary.address} application_name={NAME}"
        self.run("pg_basebackup", "--dbname", told, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.run("pg_ctl", "-w", "-t", "300", "-l", f"{self.folder}.log", "-o", f"-p {self.port}", "start")

    def stop(self, how: str) -> None:
        """Stop it, as `pg_ctl stop -m` says."""
        self.run("pg_ctl", "-w", "-t", "300", "-m", how, "stop")

    def promote(self) -> None:
        """Let the standby accept writes from now on, and wait until it does."""
        self.run("pg_ctl", "-w", "-t", "300", "promote")

    def ask(self, statement: str) -> object:
        """The first value of what a statement returns, None where it returns no rows."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            answer = connection.execute(statement)
            row = answer.fetchone() if answer.description else None
            return row[0] if row else None

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        return (self.folder / "postmaster.pid").exists()


@contextmanager
def running(like: PostgreSQL) -> Iterator[Replica]:
    """One server by itself."""
    with _folder(like) as place:
        server = Replica(like, place / "server")
        try:
            server.make()
            server.start()
            yield server
        finally:
            _stop(server)


@contextmanager
def replicated(like: PostgreSQL) -> Iterator[tuple[Replica, Replica]]:
    """A primary and its standby, without which the primary commits nothing."""
    with _folder(like) as place:
        primary, standby = Replica(like, place / "primary"), Replica(like, place / "standby")
        try:
            primary.make()
            primary.start()
            standby.follow(primary)
            standby.start()
            # After the copy: the standby would have it too, and once promoted wait for one of its own.
            primary.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{NAME}'")
            primary.ask("SELECT pg_reload_conf()")
            wait_until(lambda: primary.ask("SELECT sync_state FROM pg_stat_replication") == "sync")
            yield primary, standby
        finally:
            _stop(primary, standby)


@contextmanager
def _folder(like: PostgreSQL) -> Iterator[Path]:
    """A folder for servers, which belongs to their user."""
    assert like.process
    place = Path(tempfile.mkdtemp(prefix="campaign-replicas-"))
    try:
        if like.process.system_user:
            shutil.chown(place, like.process.system_user)
        yield place
    finally:
        shutil.rmtree(place)


def _stop(*servers: Replica) -> None:
    for server in servers:
        if server.is_running:
            server.stop("immediate")


def address_of_both(primary: Replica, standby: Replica, name: str) -> str:
    """The address of a database that names both servers, as SQLAlchemy writes it."""
    hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in (primary, standby))
    return f"postgresql+psycopg://postgres@/{name}?{hosts}&target_session_attrs=read-write"
