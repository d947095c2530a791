"""The words of shown names, folded, so that a name is found however it is written."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, QueryableAttribute, Session, mapped_column

from campaign.database import Base, table
from campaign.languages import fold

MAX_WORD_LENGTH = 40  # characters of a word; what goes beyond does not help to find it
MAX_QUERY_WORDS = 10
AFTER_EVERY_WORD = "\U0010ffff"  # no word goes on with this
# Written together or apart, it is one name: عبد الله and عبدالله, Abu Bakr and Abubakr.
PARTICLES = frozenset("عبد ابو ابي ابا ام بن ابن ال al el abd abu".split())
# as SQLite compares anyway
BYTEWISE = sa.String(MAX_WORD_LENGTH).with_variant(sa.String(MAX_WORD_LENGTH, collation="C"), "postgresql")


class NameWord(Base):
    """A word of a shown name."""

    __tablename__ = "name_word"
    __table_args__ = (sa.Index("ix_name_word_signature_id_word", "signature_id", "word"), {"sqlite_with_rowid": False})

    word: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    signature_id: Mapped[bytes] = mapped_column(
        sa.LargeBinary(16), sa.ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True
    )


INSERT_NAME_WORD = sa.insert(table(NameWord))


def index_words(name: str) -> set[str]:
    """What a name is found by: its words, and each particle joined with what follows it."""
    parts = fold(name).split()
    return {word[:MAX_WORD_LENGTH] for place, part in enumerate(parts) for word in (part, "".join(_together(parts[place:])))}


def query_words(query: str) -> list[str]:
    """Return the first words of a query, particles joined with what follows them."""
    parts, found = fold(query).split()[:MAX_QUERY_WORDS], []
    while parts:
        together = _together(parts)
        found.append("".join(together)[:MAX_WORD_LENGTH])
        parts = parts[len(together) :]
    return found


def starts_with(column: QueryableAttribute[str], beginning: str) -> sa.ColumnElement[bool]:
    """Whether a word begins like this, asked so that an index answers it."""
    return sa.and_(column >= beginning, column < beginning + AFTER_EVERY_WORD)


def index_names(session: Session, names: dict[bytes, str]) -> None:
    """Stores the words of names that are shown from now on, by the signatures' ids."""
    rows = [{"word": word, "signature_id": record} for record, name in names.items() for word in index_words(name)]
    if rows:
        session.execute(INSERT_NAME_WORD, rows)


def unindex(session: Session, record: bytes) -> None:
    """Deletes the words of one signature; they go by themselves when it is deleted."""
    session.execute(sa.delete(NameWord).where(NameWord.signature_id == record))


def _together(parts: list[str]) -> list[str]:
    """The first word, with those that follow for as long as they stand behind a particle."""
    end = 1
    while end < len(parts) and parts[end - 1] in PARTICLES:
        end += 1
    return parts[:end]
