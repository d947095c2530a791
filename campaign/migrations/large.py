"""What migrations leave for later on PostgreSQL. A migration of any age may use it, so it stays as it is."""

from typing import Any

import sqlalchemy as sa
from alembic import op

MANY = 100_000  # rows; an index of fewer is built in the blink of an eye


def create_index(name: str, table: str, columns: list[str], **options: Any) -> None:
    """Make an index, unless the table is large: `campaign migrate` then builds it while people sign (large_indexes.py)."""
    if not _is_large(table):
        op.create_index(name, table, columns, **options)


def drop_index(name: str, table: str) -> None:
    """Drop an index, unless the table is large: `campaign migrate` then drops it, where large_indexes.RETIRED names it."""
    if not _is_large(table):
        op.drop_index(name, table, if_exists=True)


def _is_large(table: str) -> bool:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return False
    rows = sa.text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)")
    return (connection.scalar(rows, {"name": table}) or 0) > MANY
