"""What is counted of signatures that were deleted on their day, and how long the timed work has run since it was away."""

import sqlalchemy as sa
from alembic import op

from campaign.migrations import large

revision = "0021"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deleted_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "country", "language", "text_sha256", name=op.f("pk_deleted_count")),
    )
    op.create_table(
        "purge_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ran_for", sa.Integer(), nullable=False),
        sa.Column("is_to_wipe", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_clock")),
    )
    op.execute("INSERT INTO purge_clock (id, ticked_at, ran_for, is_to_wipe) SELECT 1, at, 0, false FROM worker_beat")
    op.add_column("publication", sa.Column("deleted_on", sa.Date(), nullable=True))
    large.create_index(op.f("ix_signature_delete_on"), "signature", ["delete_on"])
