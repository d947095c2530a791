"""Addresses of those who ask for news, sealed to a key of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "news_key",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code", sa.LargeBinary(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_news_key")),
    )
    op.create_table(
        "news",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("signature_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_news_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
        sa.UniqueConstraint("signature_id", name=op.f("uq_news_signature_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_news_token_hash")),
        sqlite_with_rowid=False,
    )
