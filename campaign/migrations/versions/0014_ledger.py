"""The desk lists its rows under a key that is not in the database, and each line of the audit has a code under it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("desk", sa.Column("ledger", sa.Text(), nullable=True))
    op.add_column("desk", sa.Column("counter", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("desk", sa.Column("mac", sa.LargeBinary(length=32), nullable=True))
    op.add_column("audit_line", sa.Column("mac", sa.LargeBinary(length=32), nullable=True))
