"""What a backup that is put back must not bring back is remembered."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    made = op.create_table(
        "forgotten",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_forgotten")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_forgotten_day"), "forgotten", ["day"])
    today = datetime.now(UTC).date()
    op.bulk_insert(made, [{"kind": "since", "id": bytes(16), "number": 0, "value": 0, "day": today}])
