"""When e-mails were handed over, for the quota of the mail server, and an index of those that leave before the reminders."""

import sqlalchemy as sa
from alembic import op

from campaign.migrations import large

revision = "0023"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handed_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_over")),
    )
    op.create_index(op.f("ix_handed_over_at"), "handed_over", ["at"])
    first = sa.text("sent_at IS NULL")
    large.create_index("ix_letter_first_due", "letter", ["due_at"], sqlite_where=first, postgresql_where=first)
