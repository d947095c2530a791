"""Signatures beyond what one small mail domain may bring in an hour are held for review, in a group."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COUNTS = "removal_id IS NULL AND held_in IS NULL"
REPLACED_INDEXES = (
    "confirmed_on_id",
    "country_confirmed_on_id_language",
    "language_confirmed_on_id_country",
    "counted",
    "shown",
)


def upgrade() -> None:
    op.add_column("wave", sa.Column("is_held", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("publication", sa.Column("held", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "domain_count",
        sa.Column("domain", sa.LargeBinary(length=8), nullable=False),
        sa.Column("quarter", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_domain_count_wave_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("domain", "quarter", name=op.f("pk_domain_count")),
        sqlite_with_rowid=False,
    )
    # in one statement, as SQLite adds a foreign key only together with its column
    op.execute("ALTER TABLE signature ADD COLUMN held_in INTEGER CONSTRAINT fk_signature_held_in REFERENCES wave (id)")
    for name in REPLACED_INDEXES:
        op.drop_index(f"ix_signature_{name}", table_name="signature")
    partial("confirmed_on_id", "confirmed_on", "id", "removal_id", "held_in")
    partial("country_confirmed_on_id_language", "country", "confirmed_on", "id", "language", "removal_id", "held_in")
    partial("language_confirmed_on_id_country", "language", "confirmed_on", "id", "country", "removal_id", "held_in")
    partial("counted", "confirmed_on", "country", "language", "removal_id", "held_in")
    partial("shown", "confirmed_on", "id", where=f"{COUNTS} AND shown_as IS NOT NULL")
    partial("held_in", "held_in", "removal_id", where="held_in IS NOT NULL")


def partial(name: str, *columns: str, where: str = COUNTS) -> None:
    """Index some of the signatures."""
    condition = sa.text(where)
    op.create_index(f"ix_signature_{name}", "signature", [*columns], sqlite_where=condition, postgresql_where=condition)
