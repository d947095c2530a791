"""A daily e-mail to organizers who ask for it, and the answer with which an e-mail was refused."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("daily_language", sa.String(length=8), nullable=True))
    op.add_column("account", sa.Column("daily_sent_on", sa.Date(), nullable=True))
    op.add_column("letter", sa.Column("answer", sa.String(length=20), nullable=True))
