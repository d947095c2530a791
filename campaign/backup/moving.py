"""Move a campaign from SQLite to PostgreSQL: every table in one transaction, compared row by row before it is committed.

Killed at any moment it leaves an empty PostgreSQL database or a whole one, and can be run again. The site is stopped meanwhile.
Afterwards a file in the data folder keeps it from being started on SQLite again.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.orm import Session

from campaign import instance, schema_version
from campaign.backup.container import BackupError
from campaign.config import Settings
from campaign.database import Database, UTCDateTime
from campaign.file_lock import file_lock

MOVE_LOCK = b"move...."  # two that move at once take turns
RUNS = "Stop `campaign serve` and `campaign work` first."
NOT_SQLITE = "This campaign is not on SQLite, so there is nothing to move."
NOT_POSTGRESQL = "Name the address of a PostgreSQL database, such as postgresql+psycopg://campaign@db.internal/campaign."
NOT_UTF8 = "The PostgreSQL database is not in UTF-8. Create it again with ENCODING 'UTF8'."
TAKEN = (
    "The PostgreSQL database has a campaign that differs from this one. If it is this campaign, moved before, use it:"
    " do not delete it. If it is another campaign, name an empty database."
)
DIFFERENT = "The table {} is not the same in both databases. Nothing was kept. Try again."
UNKNOWN_TABLE = "The SQLite database has a table that this version does not know: {}."
BATCH = 1000  # rows


@dataclass(frozen=True)
class Contents:
    """The content of a table: the number of rows, and a hash over them that ignores their order."""

    rows: int
    digest: int


def move(settings: Settings, url: str, watch: Callable[[str, int], None]) -> int:
    """Copy everything into the PostgreSQL database at `url` and return the number of rows; raise BackupError.

    Call `watch` with the name of each table and its number of rows.
    """
    if not Database(settings.database_url, settings.data).is_sqlite:
        raise BackupError(NOT_SQLITE)
    if not url.startswith("postgresql+psycopg://"):
        raise BackupError(NOT_POSTGRESQL)
    with file_lock(settings.data / instance.RUNNING_LOCK, wait=0) as is_stopped:
        if not is_stopped:
            raise BackupError(RUNS)
        with (
            closing(Database(settings.database_url, settings.data)) as source,
            closing(Database(url, settings.data)) as target,
        ):
            _check_target(target)
            instance.migrate(source)
            instance.migrate(target)
            with source.engine.connect() as old, target.writing() as session:
                moved = _copy_all(old, session, target, watch)
        instance.mark_moved(settings)
    return moved


def _check_target(target: Database) -> None:
    """Raise BackupError for a database that is not in UTF-8, or holds a campaign of another version: nothing is changed in it."""
    with target.engine.connect() as connection:
        if connection.scalar(sa.text("SHOW server_encoding")) != "UTF8":
            raise BackupError(NOT_UTF8)
        is_made = sa.inspect(connection).has_table(instance.KeyFingerprint.__tablename__)
        is_taken = is_made and connection.scalar(sa.select(instance.KeyFingerprint.name).limit(1)) is not None
        if is_taken and schema_version.compare(connection) != 0:
            raise BackupError(TAKEN)


def _copy_all(old: sa.Connection, session: Session, target: Database, watch: Callable[[str, int], None]) -> int:
    target.lock(session, MOVE_LOCK, patiently=True)
    new, tables = session.connection(), _tables(old)
    is_empty = session.scalar(sa.select(instance.KeyFingerprint.name).limit(1)) is None
    if is_empty:
        _execute(new, "TRUNCATE {}", sql.SQL(", ").join(sql.Identifier(table.name) for table in tables))
    total = 0
    for table in tables:
        source = _copy(old, new, table) if is_empty else _read(_rows_of_sqlite(old, table))
        if source != _read(_rows_of_postgresql(new, table)):
            raise BackupError(DIFFERENT.format(table.name) if is_empty else TAKEN)
        watch(table.name, source.rows)
        total += source.rows
    return total


def _tables(old: sa.Connection) -> list[sa.Table]:
    """Return every table in the order in which one refers to another; raise BackupError where one would be forgotten."""
    known = schema_version.all_tables().sorted_tables
    if unknown := set(sa.inspect(old).get_table_names()) - {table.name for table in known} - {"alembic_version"}:
        raise BackupError(UNKNOWN_TABLE.format(", ".join(sorted(unknown))))
    return known


def _copy(old: sa.Connection, new: sa.Connection, table: sa.Table) -> Contents:
    """Copy the rows of a table, and let its numbers go on after the highest."""
    raw: Any = new.connection.dbapi_connection
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    rows, digest = 0, 0
    with raw.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)) as copying:
        for row in _rows_of_sqlite(old, table):
            copying.write_row(row)
            rows, digest = rows + 1, digest + _digest(row)
    for column in table.primary_key.columns:
        if new.scalar(sa.text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": table.name, "c": column.name}):
            highest = sa.select(sa.func.coalesce(sa.func.max(column), 0) + 1).scalar_subquery()
            new.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, column.name), highest, False)))
    return Contents(rows, digest)


def _read(rows: Iterator[tuple[Any, ...]]) -> Contents:
    number, digest = 0, 0
    for row in rows:
        number, digest = number + 1, digest + _digest(row)
    return Contents(number, digest)


def _digest(row: tuple[Any, ...]) -> int:
    """Return a number for a row; their sum does not depend on the order of the rows, which the databases see differently."""
    return int.from_bytes(hashlib.sha256(repr(row).encode()).digest(), "big")


def _rows_of_sqlite(old: sa.Connection, table: sa.Table) -> Iterator[tuple[Any, ...]]:
    """Yield the rows as PostgreSQL takes them: SQLite keeps moments and truths as text and numbers."""
    take = [_converter(column) for column in table.columns]
    yield from _rows(old, table, lambda row: tuple(one(value) for one, value in zip(take, row, strict=True)))


def _rows_of_postgresql(new: sa.Connection, table: sa.Table) -> Iterator[tuple[Any, ...]]:
    yield from _rows(new, table, lambda row: tuple(map(_as_written, row)))


def _rows(connection: sa.Connection, table: sa.Table, convert: Callable[[Any], tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows without what SQLAlchemy would make of them: null and JSON's null are two things."""
    is_postgresql = connection.dialect.name == "postgresql"
    columns: list[sa.ColumnElement[Any]] = [
        sa.cast(column, sa.Text)
        if is_postgresql and isinstance(column.type, sa.JSON)
        else sa.type_coerce(column, sa.types.NullType())
        for column in table.columns
    ]
    with connection.execute(sa.select(*columns).select_from(table), execution_options={"yield_per": BATCH}) as found:
        yield from map(convert, found)


def _converter(column: sa.Column[Any]) -> Callable[[Any], Any]:
    """Return how a value of SQLite becomes what is written into PostgreSQL."""
    if isinstance(column.type, sa.Boolean):
        return lambda value: None if value is None else bool(value)
    if isinstance(column.type, UTCDateTime):
        return lambda value: value and datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(column.type, sa.Date):
        return lambda value: value and date.fromisoformat(value)
    return lambda value: value


def _as_written(value: Any) -> Any:
    """Return a value of PostgreSQL as it was written."""
    if isinstance(value, memoryview):
        return bytes(value)
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _execute(new: sa.Connection, statement: str, *names: Any) -> None:
    raw: Any = new.connection.dbapi_connection
    new.exec_driver_sql(sql.SQL(statement).format(*names).as_string(raw))
