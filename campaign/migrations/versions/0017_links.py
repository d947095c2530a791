"""Whoever signed can ask for the link once more, and a link tells that its signature was withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_request",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("tag", sa.LargeBinary(length=33), nullable=False),
        sa.Column("first_tag", sa.LargeBinary(length=32), nullable=False),
        sa.Column("address_tag", sa.LargeBinary(length=32), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["letter.id"], name=op.f("fk_link_request_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_request")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_link_request_token_hash")),
    )
    op.create_index(op.f("ix_link_request_tag"), "link_request", ["tag"])
    op.create_table(
        "withdrawn_link",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_withdrawn_link")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_withdrawn_link_day"), "withdrawn_link", ["day"])
