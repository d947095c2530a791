"""Load a backup of PostgreSQL into a separate schema, and swap it with the existing one in one transaction."""

import re
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from psycopg import sql
from pyrage.x25519 import Identity
from sqlalchemy.orm import Session

from campaign import instance
from campaign.backup.container import BackupError, BackupHeader, BackupReader, decrypt_file
from campaign.backup.forgotten_list import ForgottenList
from campaign.backup.loading_sqlite import UNREADABLE, gather_old, session_info
from campaign.backup.target import Loaded
from campaign.config import Settings
from campaign.crypto.keys import KeyFileError, Keys
from campaign.database import Database, now

FRESH_SCHEMA = "campaign_restored"
OTHERS_CONNECTED = "Others use the database ({}): stop `campaign serve` and `campaign work` on every machine first."
GOODBYE_TIME = 5.0  # seconds that a connection has to end: one whose process was killed stays open for a moment
SCHEMA_KEPT = "The old tables are in the schema {0}. When everything works: DROP SCHEMA {0} CASCADE;"
COPY = re.compile(rb'COPY (?:"?[\w]+"?\.)?"?(\w+)"? \(([^)]*)\) FROM stdin;')
SETVAL = re.compile(rb"SELECT pg_catalog\.setval\('(?:\"?\w+\"?\.)?\"?(\w+)\"?', (\d+), (true|false)\);")
TABLES_OF = "SELECT tablename FROM pg_tables WHERE schemaname = :schema ORDER BY tablename"
FOREIGN_KEYS = (
    "SELECT c.conname, t.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid ="
    " t.relnamespace WHERE c.contype = 'f' AND n.nspname = :schema"
)
CONNECTED = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


@contextmanager
def load_postgresql(
    settings: Settings, keys: Keys, file: Path, identity: Identity, check: Callable[[BackupHeader], None]
) -> Iterator[Loaded]:
    """Yield a backup, loaded beside the tables that are there and brought up to date."""
    with closing(Database(settings.database_url, settings.data)) as database, database.engine.connect() as connection:
        transaction = connection.begin()
        schema = str(connection.scalar(sa.select(sa.func.current_schema())))
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        _wait_to_be_alone(connection)
        there = _tables(connection, schema)
        old_list: ForgottenList | None = None
        said: list[str] = []
        if there:
            _run(connection, "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", sql.SQL(", ").join(map(sql.Identifier, there)))
            old_list, said = _read_old(connection, settings, keys)
        _run(connection, "CREATE SCHEMA {}", sql.Identifier(FRESH_SCHEMA))
        _run(connection, "SET LOCAL search_path TO {}", sql.Identifier(FRESH_SCHEMA))
        header = _unpack(connection, file, identity, check)
        with Session(connection, info=session_info(settings)) as session:

            def replace() -> list[str]:
                session.flush()
                kept = _change_places(connection, schema, there)
                transaction.commit()
                return kept

            yield Loaded(header, session, old_list, schema, replace, said)


def _wait_to_be_alone(connection: sa.Connection) -> None:
    give_up = time.monotonic() + GOODBYE_TIME
    while others := connection.scalar(sa.text(CONNECTED)):
        if time.monotonic() > give_up:
            raise BackupError(OTHERS_CONNECTED.format(others))
        time.sleep(0.1)
        connection.execute(sa.text("SELECT pg_stat_clear_snapshot()"))  # within a transaction the first answer would stay


def _read_old(connection: sa.Connection, settings: Settings, keys: Keys) -> tuple[ForgottenList | None, list[str]]:
    try:
        with connection.begin_nested(), Session(connection, info=session_info(settings)) as session:
            return gather_old(session, keys), []
    except (sa.exc.SQLAlchemyError, ValueError, BackupError, KeyFileError) as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split()).rstrip(".")
        return None, [UNREADABLE.format(reason)]


def _unpack(connection: sa.Connection, file: Path, identity: Identity, check: Callable[[BackupHeader], None]) -> BackupHeader:
    """Load a backup into the schema that is searched: the tables of its version first, then the rows, then the newest version."""

    def begin(header: BackupHeader) -> RowsReader:
        check(header)
        instance.upgrade(connection, header.revision)
        tables = [name for name in _tables(connection, FRESH_SCHEMA) if name != "alembic_version"]
        _run(connection, "TRUNCATE {}", sql.SQL(", ").join(map(sql.Identifier, tables)))
        _defer(connection, "DEFERRABLE INITIALLY DEFERRED")  # rows come in the order of the tables' names
        rows.tables = {*tables}
        return rows

    rows = RowsReader(connection.connection.dbapi_connection)
    reader = BackupReader(begin)
    decrypt_file(file, reader, identity)
    if reader.header is None:
        raise BackupError(f"{file} is not a backup of a campaign.")
    rows.finish()
    connection.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
    _defer(connection, "NOT DEFERRABLE")
    instance.upgrade(connection, "head")
    return reader.header


class RowsReader:
    """Takes what pg_dump wrote as SQL in gzip and loads the rows of the tables that are there; their definitions it leaves."""

    def __init__(self, connection: Any) -> None:
        self._cursor, self.tables = connection.cursor(), set[str]()
        self._unzip, self._rest = zlib.decompressobj(31), b""
        self._copying: Any = None  # the block of rows that is being read
        self._copy: Any = None  # where they go; none for a table that is not ours

    def write(self, data: bytes) -> int:
        """Take the next part."""
        lines = (self._rest + self._unzip.decompress(data)).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._take(line)
        return len(data)

    def finish(self) -> None:
        """Raise BackupError unless everything has come."""
        if not self._unzip.eof or self._copying:
            raise BackupError("The backup is not complete. Use another one.")

    def _take(self, line: bytes) -> None:
        if self._copying and line == rb"\.":
            if self._copy:
                self._copying.__exit__(None, None, None)
            self._copying = self._copy = None
        elif self._copy:
            self._copy.write(line + b"\n")
        elif not self._copying and (found := COPY.fullmatch(line)):
            self._begin(found[1].decode(), found[2].decode())
        elif not self._copying and (found := SETVAL.fullmatch(line)):
            said = {"name": found[1].decode(), "value": int(found[2]), "called": found[3] == b"true"}
            self._cursor.execute("SELECT setval(%(name)s::regclass, %(value)s, %(called)s)", said)

    def _begin(self, name: str, columns: str) -> None:
        """Begin to take the rows of a table; those of one that is not ours are read and left."""
        self._copying = True
        if name in self.tables:
            quoted = sql.SQL(", ").join(sql.Identifier(column.strip().strip('"')) for column in columns.split(","))
            self._copying = self._cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), quoted))
            self._copy = self._copying.__enter__()


def _change_places(connection: sa.Connection, schema: str, there: list[str]) -> list[str]:
    """Move the old tables into a separate schema, and the new ones to their place."""
    kept, ours = f"before_restore_{now():%Y%m%d_%H%M%S_%f}", _tables(connection, FRESH_SCHEMA)
    replaced = [name for name in there if name in ours]
    if replaced:
        _run(connection, "CREATE SCHEMA {}", sql.Identifier(kept))
    for name in replaced:
        _move(connection, name, schema, kept)
    for name in ours:
        _move(connection, name, FRESH_SCHEMA, schema)
    _run(connection, "DROP SCHEMA {}", sql.Identifier(FRESH_SCHEMA))
    return [SCHEMA_KEPT.format(kept)] if replaced else []


def _move(connection: sa.Connection, name: str, source: str, to: str) -> None:
    _run(connection, "ALTER TABLE {} SET SCHEMA {}", sql.Identifier(source, name), sql.Identifier(to))


def _defer(connection: sa.Connection, how: str) -> None:
    """Say when foreign keys are looked at."""
    for constraint, name in connection.execute(sa.text(FOREIGN_KEYS), {"schema": FRESH_SCHEMA}).all():
        statement = f"ALTER TABLE {{}} ALTER CONSTRAINT {{}} {how}"
        _run(connection, statement, sql.Identifier(FRESH_SCHEMA, name), sql.Identifier(constraint))


def _tables(connection: sa.Connection, schema: str) -> list[str]:
    return list(connection.scalars(sa.text(TABLES_OF), {"schema": schema}))


def _run(connection: sa.Connection, statement: str, *names: Any) -> None:
    """Run a statement with names in it, quoted."""
    raw: Any = connection.connection.dbapi_connection
    with suppress(sa.exc.ResourceClosedError):
        connection.exec_driver_sql(sql.SQL(statement).format(*names).as_string(raw))
