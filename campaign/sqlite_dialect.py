"""How SQLite is used: what each connection is set to, and when its transactions begin."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

BUSY_TIMEOUT_PRAGMA = "PRAGMA busy_timeout=5000"  # milliseconds
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    BUSY_TIMEOUT_PRAGMA,
    "PRAGMA temp_store=MEMORY",  # what a savepoint changes is copied first, and is not to lie in a file that nothing empties
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
        if not _raw(connection).in_transaction:  # SQLite has undone all of it, as it does when the disk is full
            return
        try:
            _execute(connection, f"ROLLBACK TO {name}")
        except sa.exc.OperationalError:
            _raw(connection).rollback()  # or a half of this writer's work would be committed with that of others
            raise


sa.dialects.registry.register("sqlite.campaign", __name__, SQLite.__name__)


def _raw(connection: sa.Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def _execute(connection: sa.Connection, statement: str) -> None:
    try:
        _raw(connection).execute(statement)
    except sqlite3.Error as error:
        raise sa.exc.OperationalError(statement, None, error) from error


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
