"""Signatures removed for a time, and the words of shown names."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=320), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ids", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restored", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal")),
    )
    op.create_index(op.f("ix_removal_done_at"), "removal", ["done_at"])
    op.create_table(
        "removed",
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
        sa.Column("removal_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["removal_id"], ["removal.id"], name=op.f("fk_removed_removal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_removed_token_hash")),
    )
    op.create_index(op.f("ix_removed_removal_id"), "removed", ["removal_id"])
    op.create_index("ix_removed_confirmed_on_id", "removed", ["confirmed_on", "id"])
    op.create_index("ix_removed_tag", "removed", ["tag"])
    op.create_index("ix_signature_country_confirmed_on_id_language", "signature", ["country", "confirmed_on", "id", "language"])
    op.create_index("ix_signature_language_confirmed_on_id_country", "signature", ["language", "confirmed_on", "id", "country"])
    op.create_table(
        "name_word",
        sa.Column("word", bytewise(), nullable=False),
        sa.Column("signature_id", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_name_word_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("word", "signature_id", name=op.f("pk_name_word")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_name_word_signature_id_word", "name_word", ["signature_id", "word"])
    publish_by_reason()
    fill_words()


# How names were found when this was written: a migration must not change when the program does.
MAX_WORD_LENGTH = 40
PARTICLES = frozenset("عبد ابو ابي ابا ام بن ابن ال al el abd abu".split())
VOWEL_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
IGNORED_CHARACTERS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u0640\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
BETWEEN = re.compile(r"[\s\-_.'’`،]+")
FOLDED_LETTERS = str.maketrans("أإآٱىئؤةکیھەı", "ااااييوهكيههi", "ء")


def index_words(name: str) -> set[str]:
    """Return the words of a name, folded, and each particle joined with what follows it."""
    parts, words = fold(name).split(), set()
    for place, part in enumerate(parts):
        end = place + 1
        while end < len(parts) and parts[end - 1] in PARTICLES:
            end += 1
        words |= {part[:MAX_WORD_LENGTH], "".join(parts[place:end])[:MAX_WORD_LENGTH]}
    return words


def fold(text: str) -> str:
    """Return a name without Arabic marks, hamzas, accents and case, with Latin digits."""
    plain = IGNORED_CHARACTERS.sub("", unicodedata.normalize("NFKC", text))
    plain = unicodedata.normalize("NFKD", VOWEL_MARKS.sub("", plain).translate(FOLDED_LETTERS))
    letters = (
        str(unicodedata.digit(letter)) if unicodedata.category(letter) == "Nd" else letter
        for letter in plain
        if not unicodedata.combining(letter)
    )
    return BETWEEN.sub(" ", "".join(letters)).strip().casefold()


def bytewise() -> sa.types.TypeEngine[str]:
    """Text that is compared byte by byte on both databases."""
    return sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")


def publish_by_reason() -> None:
    """Nothing was removed before there was a desk."""
    op.add_column("publication", sa.Column("removed_by_reason", sa.JSON(), nullable=True))
    op.execute("UPDATE publication SET removed_by_reason = '{}'")
    with op.batch_alter_table("publication") as publication:
        publication.alter_column("removed_by_reason", existing_type=sa.JSON(), nullable=False)


def fill_words() -> None:
    """The words of the names that are shown already, a page at a time."""
    connection = op.get_bind()
    signature = sa.table("signature", sa.column("id", sa.LargeBinary), sa.column("shown_as", sa.Text))
    name_word = sa.table("name_word", sa.column("word"), sa.column("signature_id", sa.LargeBinary))
    page = sa.select(signature).where(signature.c.shown_as.is_not(None)).order_by(signature.c.id).limit(1000)
    rows = connection.execute(page).all()
    while rows:
        found = [{"word": word, "signature_id": record} for record, name in rows for word in index_words(name)]
        connection.execute(sa.insert(name_word), found)
        rows = connection.execute(page.where(signature.c.id > rows[-1].id)).all()
