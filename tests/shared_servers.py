"""What several machines share besides the database: PgBouncer before it, and Redis for the limits."""

import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis
from psycopg.conninfo import conninfo_to_dict

from tests.servers import free_port, wait_until


@contextmanager
def pooler(program: str, address: str, user: str | None, folder: Path, *, sessions: int = 3) -> Iterator[str]:
    """A PgBouncer that lends each transaction one of a few sessions of the server at `address`.

    Runs as `user`, where one is given. Yields the address of its databases, to which a name is added.
    """
    known, port = conninfo_to_dict(address), free_port()
    target = {"host": known["host"], "port": known.get("port", 5432), "user": known.get("user", "postgres")}
    target |= {"password": known["password"]} if known.get("password") else {}
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"""[databases]
* = {" ".join(f"{name}={value}" for name, value in target.items())}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {sessions}
server_login_retry = 1
logfile = {folder / "pgbouncer.log"}
"""
    )
    if user:
        (folder / "pgbouncer.log").touch()
        for path in [folder, *folder.parents]:
            if not path.stat().st_mode & stat.S_IXOTH:
                path.chmod(0o711)  # so that its user reaches the folder
        (folder / "pgbouncer.log").chmod(0o666)
        settings.chmod(0o644)  # whatever the umask is by now
    command = [program, "-q", str(settings)]
    with subprocess.Popen(command, user=user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: _pools(port))
            yield f"postgresql+psycopg://someone@127.0.0.1:{port}/"
        finally:
            process.terminate()


def _pools(port: int) -> bool:
    try:
        psycopg.connect(f"postgresql://someone@127.0.0.1:{port}/postgres").close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def redis_running(program: str, folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """A real Redis server and its address."""
    port = free_port()
    options = ["--port", str(port), "--save", "", "--dir", str(folder), "--bind", "127.0.0.1"]
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL) as process:
        try:
            url = f"redis://127.0.0.1:{port}"
            wait_until(lambda: _answers(url))
            yield process, url
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as connection:
            return bool(connection.ping())
    except redis.ConnectionError:
        return False
