"""Which worker has claimed an e-mail, and how often writing or sending it failed by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("letter", sa.Column("claimed_by", sa.LargeBinary(length=16), nullable=True))
    op.add_column("letter", sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
