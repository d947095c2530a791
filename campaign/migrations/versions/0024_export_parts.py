"""Exports are claimed by one process, and every machine can hand their files out."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    op.add_column("export", sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("export", sa.Column("claimed_by", sa.LargeBinary(length=16), nullable=True))
    op.create_table(
        "export_part",
        sa.Column("export_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["export_id"], ["export.id"], name=op.f("fk_export_part_export_id_export"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("export_id", "attempt", "number", name=op.f("pk_export_part")),
        prefixes=["UNLOGGED"] if is_postgresql else [],
    )
    if is_postgresql:  # what is encrypted cannot be made smaller
        op.execute("ALTER TABLE export_part ALTER COLUMN data SET STORAGE EXTERNAL")
