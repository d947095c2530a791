"""The outage of the mail server, what was refused in a row, and the beat of the mail worker."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("probe_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outage"),
    )
    op.create_table(
        "refusal",
        sa.Column("letter_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("domain", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_refusal_letter_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("letter_id", name="pk_refusal"),
    )
    op.create_table(
        "worker_beat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worker_beat"),
    )
