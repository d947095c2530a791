"""Words that a signer chooses later are shown from a day on; a name is reported by somebody who did not sign."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("signature", sa.Column("shown_from", sa.Date(), nullable=True))
    op.add_column("review", sa.Column("reported_on", sa.Date(), nullable=True))
