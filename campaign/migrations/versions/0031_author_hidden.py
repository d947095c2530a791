"""The author's name can be hidden at the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("publication", sa.Column("author_hidden_on", sa.Date(), nullable=True))
