"""What was to be looked at of a signature comes back with it when its removal is undone."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removed_review",
        sa.Column("signature_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("flags", sa.String(length=40), nullable=False),
        sa.Column("refused_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["removed.id"], name=op.f("fk_removed_review_signature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_removed_review")),
        sqlite_with_rowid=False,
    )
