"""The tag of one spelling of an address, and that of the mailbox in its first version for what waits."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submission", sa.Column("first_tag", sa.LargeBinary(length=32), nullable=True))
    op.add_column("submission", sa.Column("address_tag", sa.LargeBinary(length=32), nullable=True))
    op.add_column("signature", sa.Column("address_tag", sa.LargeBinary(length=32), nullable=True))
