"""What the review looks at: counts by day and provider, arrivals, waves, words, and the switches."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "provider", name=op.f("pk_provider_day")),
    )
    op.create_table(
        "day_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "country", "language", name=op.f("pk_day_count")),
    )
    op.create_table(
        "arrival",
        sa.Column("signature_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("domain", sa.LargeBinary(length=8), nullable=False),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_arrival_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_arrival")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
    )
    op.create_table(
        "wave_member",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_wave_member_wave_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_wave_member_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("wave_id", "signature_id", name=op.f("pk_wave_member")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_wave_member_signature_id"), "wave_member", ["signature_id"])
    op.create_table(
        "review",
        sa.Column("signature_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("flags", sa.String(length=40), nullable=False),
        sa.Column("refused_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_review_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_review")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_review_waiting", "review", ["refused_on", "day", "signature_id"])
    op.create_index("ix_signature_counted", "signature", ["confirmed_on", "country", "language"])
    with op.batch_alter_table("publication") as table:
        table.add_column(sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True))
        for name in ("mail_stopped_on", "names_hidden_on", "words_held_on"):
            table.add_column(sa.Column(name, sa.Date(), nullable=True))
