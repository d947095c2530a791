"""The campaign's own words are kept as they were published, and signatures are counted by the text that they stand under."""

import sqlalchemy as sa
from alembic import op

from campaign.migrations import large

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

COUNTS = sa.text("removal_id IS NULL AND held_in IS NULL")


def upgrade() -> None:
    op.create_table(
        "published",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published")),
    )
    op.add_column("publication", sa.Column("signed_texts", sa.JSON(), nullable=True))
    op.add_column("signature", sa.Column("sealed_for", sa.String(length=64), nullable=True))
    columns = ["text_sha256", "removal_id", "held_in"]
    large.create_index("ix_signature_text_sha256", "signature", columns, sqlite_where=COUNTS, postgresql_where=COUNTS)
