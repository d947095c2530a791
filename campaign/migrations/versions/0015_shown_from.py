"""Words that a signer chooses later are shown from a day on."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("signature", sa.Column("shown_from", sa.Date(), nullable=True))
