"""How SQLite is used: what each connection is set to, and when its transactions begin."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

BUSY_TIMEOUT_PRAGMA = "PRAGMA busy_timeout=5000"  # milliseconds
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    BUSY_TIMEOUT_PRAGMA,
    # Pages of the log that are then written to the database: every form changes some of the same ones, which go there once.
    "PRAGMA wal_autocheckpoint=4000",
)
DRIVER = "sqlite+campaign"
WRITER_MARK = "is a writer's"  # in the `info` of a connection whose transactions wait for their turn when they begin


class SQLite(SQLiteDialect_pysqlite):
    """SQLite whose transactions begin when SQLAlchemy begins one, not where the driver guesses.

    A listener to the event `begin` would do too, but then SQLAlchemy looks for listeners at each step of each statement,
    which makes a sixth of the work of a button.
    """

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        dbapi_connection.execute("BEGIN IMMEDIATE" if WRITER_MARK in dbapi_connection.info else "BEGIN")

    # Savepoints without what SQLAlchemy does for a statement: each writer has one, see shared_commit.py.
    def do_savepoint(self, connection: sa.Connection, name: str) -> None:
        _execute(connection, f"SAVEPOINT {name}")

    def do_release_savepoint(self, connection: sa.Connection, name: str) -> None:
        _execute(connection, f"RELEASE {name}")

    def do_rollback_to_savepoint(self, connection: sa.Connection, name: str) -> None:
        # Without a transaction SQLite has rolled back more than that already, as it does when the disk is full.
        if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            _execute(connection, f"ROLLBACK TO {name}")


sa.dialects.registry.register("sqlite.campaign", __name__, SQLite.__name__)


def _execute(connection: sa.Connection, statement: str) -> None:
    connection.connection.dbapi_connection.execute(statement)  # type: ignore[union-attr]


def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    """Set up a new connection."""
    connection.isolation_level = None  # the driver begins no transaction
    for pragma in PRAGMAS:
        connection.execute(pragma)


@contextmanager
def connected_to_write(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Yield a connection to SQLite whose transactions begin as those of a writer."""
    with engine.connect() as connection:
        info = connection.info  # of the connection to the database, which others use afterwards
        info[WRITER_MARK] = True
        try:
            yield connection
        finally:
            info.pop(WRITER_MARK, None)
