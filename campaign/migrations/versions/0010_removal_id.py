"""A removed signature stays where it is and names its removal; before, it was moved to a table of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = "id, tag, token_hash, sealed, shown_as, language, country, news, text_sha256, confirmed_on"
REVIEW = "signature_id, day, held, flags, refused_on"
CHILDREN = ("review", "name_word", "arrival", "wave_member")  # what goes with a signature
OLD_INDEXES = (
    "ix_signature_confirmed_on_id",
    "ix_signature_country_confirmed_on_id_language",
    "ix_signature_language_confirmed_on_id_country",
    "ix_signature_counted",
    "ix_signature_shown",
)
COUNTS, REMOVED = "removal_id IS NULL", "removal_id IS NOT NULL"


def upgrade() -> None:
    for name in OLD_INDEXES:
        op.drop_index(name, table_name="signature")
    if op.get_bind().dialect.name == "sqlite":
        make_anew()
    else:
        op.add_column("signature", sa.Column("removal_id", sa.Integer(), nullable=True))
        op.create_foreign_key(op.f("fk_signature_removal_id"), "signature", "removal", ["removal_id"], ["id"])
        op.drop_constraint(op.f("uq_signature_tag"), "signature", type_="unique")
    op.execute(f"INSERT INTO signature ({COLUMNS}, removal_id) SELECT {COLUMNS}, removal_id FROM removed")  # noqa: S608  # only names of this file
    op.execute(f"INSERT INTO review ({REVIEW}) SELECT {REVIEW} FROM removed_review")  # noqa: S608  # only names of this file
    op.drop_table("removed_review")
    op.drop_table("removed")
    make_indexes()


def make_anew() -> None:
    """Make the table anew, as SQLite cannot drop the constraint of a column.

    Dropping it takes along what goes with a signature, and foreign keys cannot be turned off within a transaction.
    """
    for child in CHILDREN:
        op.execute(f"CREATE TABLE kept_{child} AS SELECT * FROM {child}")  # noqa: S608  # only names of this file
    op.create_table(
        "signature_anew",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("tag", sa.LargeBinary(length=32), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown_as", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("news", sa.Boolean(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("removal_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["removal_id"], ["removal.id"], name=op.f("fk_signature_removal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signature_token_hash")),
        sqlite_with_rowid=False,
    )
    op.execute(f"INSERT INTO signature_anew ({COLUMNS}) SELECT {COLUMNS} FROM signature")  # noqa: S608  # only names of this file
    op.drop_table("signature")
    op.rename_table("signature_anew", "signature")
    for child in CHILDREN:
        op.execute(f"INSERT INTO {child} SELECT * FROM kept_{child}")  # noqa: S608  # only names of this file
        op.drop_table(f"kept_{child}")


def make_indexes() -> None:
    op.create_index(op.f("ix_signature_tag"), "signature", ["tag"])
    partial("tag_standing", "tag", unique=True)
    partial("confirmed_on_id", "confirmed_on", "id", "removal_id")
    partial("country_confirmed_on_id_language", "country", "confirmed_on", "id", "language", "removal_id")
    partial("language_confirmed_on_id_country", "language", "confirmed_on", "id", "country", "removal_id")
    partial("counted", "confirmed_on", "country", "language", "removal_id")
    partial("shown", "confirmed_on", "id", where=f"{COUNTS} AND shown_as IS NOT NULL")
    partial("removal_id", "removal_id", where=REMOVED)
    partial("removed", "confirmed_on", "id", "removal_id", where=REMOVED)


def partial(name: str, *columns: str, where: str = COUNTS, unique: bool = False) -> None:
    """Index some of the signatures."""
    condition = sa.text(where)
    op.create_index(
        f"ix_signature_{name}", "signature", [*columns], unique=unique, sqlite_where=condition, postgresql_where=condition
    )
