"""The index of the days of deletion, without the signatures that were promised none: most campaigns name no such day."""

import sqlalchemy as sa
from alembic import op

from campaign.migrations import large

revision = "0036_0034"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A large table may not have it yet: it was to be built after the last migration.
    op.drop_index(op.f("ix_signature_delete_on"), "signature", if_exists=True)
    promised = sa.text("delete_on IS NOT NULL")
    large.create_index("ix_signature_promised", "signature", ["delete_on"], sqlite_where=promised, postgresql_where=promised)
