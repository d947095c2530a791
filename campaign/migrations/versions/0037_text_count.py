"""Signatures are counted by text as they are by day, and each confirmation writes to two indexes less."""

import sqlalchemy as sa
from alembic import op

from campaign.migrations import large

revision = "0037_0034"
down_revision = "0036_0034"
branch_labels = None
depends_on = None

COUNTS = sa.text("removal_id IS NULL AND held_in IS NULL")
REMOVED = sa.text("removal_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "text_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "text_sha256", name=op.f("pk_text_count")),
    )
    for name in ("text_moves", "text_moves_counted"):
        op.add_column("publication", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    # Drop before creating: SQLite reuses the freed pages, so its file does not grow.
    for name in ("ix_signature_counted", "ix_signature_text_sha256", "ix_signature_tag"):
        large.drop_index(name, "signature")
    cell = ["confirmed_on", "country", "language", "text_sha256", "removal_id", "held_in"]
    large.create_index("ix_signature_counted_by_text", "signature", cell, sqlite_where=COUNTS, postgresql_where=COUNTS)
    large.create_index("ix_signature_tag_removed", "signature", ["tag"], sqlite_where=REMOVED, postgresql_where=REMOVED)
