"""Words that were refused are kept for a week, and an account can be locked."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review", sa.Column("refused", sa.Text(), nullable=True))
    op.add_column("account", sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))
