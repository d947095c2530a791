"""Indexes of large tables on PostgreSQL, built while people sign: a migration leaves them out, and they follow after it.

An index in a migration's transaction locks out who writes until it is built, which takes a second for each million rows.
"""

import time

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex, DropIndex

from campaign.database import Database
from campaign.schema_version import all_tables

INDEX_LOCK = b"indexes."  # two that migrate at once take turns
# Left in a large table by their migrations, and built again by an older program that serves beside this one, or after it.
RETIRED = ("ix_signature_delete_on", "ix_signature_counted", "ix_signature_text_sha256", "ix_signature_tag")
PAUSE = 1.0  # seconds until one who waits asks again
BROKEN = sa.text(
    "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid"
    " AND c.relnamespace = current_schema()::regnamespace"
)


def build_missing(database: Database) -> list[str]:
    """Build the indexes that the migrations have left out, and those whose building was cut off; return their names.

    Indexes that are no longer wanted go.

    While another process builds them, wait with no statement or transaction open: it waits for each that began before.
    """
    while not database.is_sqlite and any(_find_changes(database)):
        with database.writing() as session:
            if database.try_lock(session, INDEX_LOCK):
                return _build(database, session)
        time.sleep(PAUSE)
    return []


def _build(database: Database, session: Session) -> list[str]:
    """Build what is missing by now, while the session holds the lock; return the names."""
    # A statement without a result lets go of the snapshot of the one before, which a build would wait for.
    session.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    missing, retired = _find_changes(database)
    with database.maintaining() as connection:
        for index in missing:
            connection.exec_driver_sql(_while_others_write(DropIndex(index, if_exists=True)))
            connection.exec_driver_sql(_while_others_write(CreateIndex(index)))
        for name in retired:  # last, as they serve until others take their place
            connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    return [str(index.name) for index in missing]


def _find_changes(database: Database) -> tuple[list[sa.Index], list[str]]:
    """Return the indexes to build, and the names of those to drop."""
    with database.engine.connect() as connection:
        found = sa.inspect(connection)
        broken = set(connection.scalars(BROKEN))
        there = {one["name"] for table in found.get_table_names() for one in found.get_indexes(table)}
    indexes = [index for table in all_tables().tables.values() for index in table.indexes]
    missing = sorted((index for index in indexes if index.name not in there - broken), key=lambda index: str(index.name))
    return missing, [name for name in RETIRED if name in there]


def _while_others_write(change: CreateIndex | DropIndex) -> str:
    """Return the statement of a change that locks nobody out."""
    statement = str(change.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]  # it says none
    return statement.replace(" INDEX ", " INDEX CONCURRENTLY ", 1)
