"""What was found of each condition, when the last backup was made, and by which clock a jump of the time is told."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "condition_state",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("machine", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "machine", name="pk_condition_state"),
    )
    op.create_table(
        "backup_made",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_backup_made"),
    )
    op.add_column("purge_clock", sa.Column("has_jumped", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("purge_clock", sa.Column("boot", sa.String(length=36), nullable=True))
    op.add_column("purge_clock", sa.Column("uptime", sa.Integer(), nullable=True))
