"""What migrations leave for later on PostgreSQL. A migration of any age may use it, so it stays as it is."""

from typing import Any

import sqlalchemy as sa
from alembic import op

MANY = 100_000  # rows; an index of fewer is built in the blink of an eye


def create_index(name: str, table: str, columns: list[str], **options: Any) -> None:
    """Make an index, unless the table is large: `campaign migrate` then builds it while people sign (large_indexes.py)."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        rows = sa.text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)")
        if (connection.scalar(rows, {"name": table}) or 0) > MANY:
            return
    op.create_index(name, table, columns, **options)
