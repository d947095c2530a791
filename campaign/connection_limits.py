"""Limit how long a statement waits in PostgreSQL, which would otherwise wait for ever, and a visitor with it.

A pooler such as PgBouncer may lend each transaction another session of the server, and a setting of a session would reach its
next user too. So behind a pooler the limits are set for each transaction, and no statement is prepared on the server.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:  # on SQLite no process needs it, and it takes 9 MB
    import psycopg

# Seconds to connect, milliseconds in which nothing of ours arrives, and seconds after which a silent machine is asked whether it
# is there: Linux by itself waits two hours for one that lost its power after it got a statement. Nothing is told to the server at
# the start: PgBouncer would refuse it.
CONNECT_OPTIONS = {
    "connect_timeout": 2,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
POOLED = "pooled"  # noted of a connection through a pooler
SET = "SELECT set_config('lock_timeout', %s, %s), set_config('statement_timeout', %s, %s)"
Limits = Callable[[], tuple[float, float]]


def listen(engine: sa.Engine, limits: Limits) -> None:
    """Limit how long connections of an engine wait: `limits` returns the seconds for a lock and for a statement."""

    def on_connect(connection: "psycopg.Connection", record: sa.pool.ConnectionPoolEntry) -> None:
        connection.autocommit = True
        if is_pooled(connection):
            connection.prepare_threshold = None
            record.info[POOLED] = True
        else:
            connection.execute(SET, _values(limits(), local=False))
        connection.autocommit = False

    def on_begin(connection: sa.Connection) -> None:
        if connection.info.get(POOLED):
            connection.exec_driver_sql(SET, _values(limits(), local=True))

    sa.event.listen(engine, "connect", on_connect)
    sa.event.listen(engine, "begin", on_begin)


def is_pooled(connection: "psycopg.Connection") -> bool:
    """Return whether there is a pooler: when it answers, it does not know yet which process of the server will work."""
    found = connection.execute("SELECT pg_backend_pid()").fetchone()
    return found is None or found[0] != connection.info.backend_pid


def lift(connection: sa.Connection, *, local: bool) -> None:
    """Let a connection wait for as long as it takes: `local` until the end of its transaction, or else for good."""
    if local or not connection.info.get(POOLED):
        connection.exec_driver_sql(SET, _values((0, 0), local=local))


def _values(limits: tuple[float, float], *, local: bool) -> tuple[str, bool, str, bool]:
    lock, statement = (f"{seconds * 1000:.0f}" for seconds in limits)
    return lock, local, statement, local
