"""The campaign's own words are changed at the desk: drafts beside what is published, and who published what."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("changed_by", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_draft")),
    )
    op.add_column("published", sa.Column("set_by", sa.String(length=20), nullable=True))
