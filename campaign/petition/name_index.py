"""The words of shown names, folded, so that a name is found however it is written."""

from dataclasses import dataclass

import regex
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, QueryableAttribute, Session, mapped_column

from campaign.database import Base, Database, insert, table
from campaign.petition.counting import standing
from campaign.petition.models import Signature
from campaign.petition.name_folding import fold_query, spellings

WORDS_VERSION = 3  # of what index_words returns
NAMES_AT_ONCE = 500  # names whose words are made anew in one transaction
MAX_WORD_LENGTH = 40  # characters of a word; what goes beyond does not help to find it
MAX_QUERY_WORDS = 10
AFTER_EVERY_WORD = "\U0010ffff"  # no word goes on with this
# Written together or apart, it is one name: عبد الله and عبدالله, Abu Bakr and Abubakr, O Brien and OBrien.
PARTICLES = frozenset("عبد ابو ابي ابا ام بن ابن ال al el abd abdul abdel abdal abu o".split())
ARTICLES = {"ال": 2, "al": 4, "el": 4}  # and how many letters follow at least: a shorter rest is more likely part of the name
# Two words that many write as one: نورالدين is نور الدين, and جادالله is جاد الله. A shorter rest is none, as in غزالي.
COMPOUND = regex.compile(r"(?P<first>\w{2,}?)(?P<second>ال(?:\w{3,}|له))")
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


class NameIndex(Base):
    """The version of the index of names; one row, none before the first index with a version.

    Below zero: made anew once, while an older program may still have answered; the timed work makes them once more.
    """

    __tablename__ = "name_index"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]


INSERT_NAME_WORD = sa.insert(table(NameWord))


def index_words(name: str) -> set[str]:
    """Return the words that find a name: its own, particles joined, compounds apart, all without the article too."""
    words = {word for spelling in spellings(name) for word in _words(spelling.split())}
    words |= {part for word in words for part in _apart(word)}
    return {word[:MAX_WORD_LENGTH] for word in words | {_without_article(word) for word in words}}


def query_words(query: str) -> list[str]:
    """Return the first words of a query, particles joined with what follows them, compounds apart, without articles."""
    words, found = fold_query(query)[:MAX_QUERY_WORDS], []
    while words:
        together = _together([word for word, _ in words])
        is_article = together[0] in ARTICLES
        if len(together) > 1:
            found.append("".join(together[is_article:]))
        else:
            found += [_without_article(part) for part in _apart(words[0][1])] or [words[0][1]]
        words = words[len(together) :]
    return [word[:MAX_WORD_LENGTH] for word in found]


def starts_with(column: QueryableAttribute[str], beginning: str) -> sa.ColumnElement[bool]:
    """Return the condition that a word begins like this, in a form that uses an index."""
    return sa.and_(column >= beginning, column < beginning + AFTER_EVERY_WORD)


def index_names(session: Session, names: dict[bytes, str]) -> None:
    """Store the words of newly shown names, by the signatures' ids."""
    rows = [{"word": word, "signature_id": record} for record, name in names.items() for word in index_words(name)]
    if rows:
        session.execute(INSERT_NAME_WORD, rows)


def unindex(session: Session, record: bytes) -> None:
    """Delete the words of one signature; the database deletes them when the signature goes."""
    session.execute(sa.delete(NameWord).where(NameWord.signature_id == record))


def make_anew_if_older(database: Database) -> None:
    """Rebuild the words of all names from another version, some names at a time, while people sign.

    An older program may still answer and store its own words, so `Remaking` does it again.
    Cut off, it begins again; two that do it at once do the same.
    """
    with database.reading() as session:
        if _version(session) in (WORDS_VERSION, -WORDS_VERSION):
            return
    last: bytes | None = b""
    while last is not None:
        with database.writing() as session:
            last = _make_anew(session, after=last)
    with database.writing() as session:
        if _version(session) != WORDS_VERSION:
            _note_version(session, -WORDS_VERSION)


@dataclass
class Remaking:
    """Makes the words of all names once more after an update, when no older program answers any more."""

    database: Database
    last: bytes | None = b""  # the signature up to which they are made

    def run(self) -> bool:
        """Make the words of the next names; return False while there are more, so that the timed work goes on soon."""
        with self.database.reading() as session:
            if _version(session) == WORDS_VERSION:
                return True
        with self.database.writing() as session:
            last = _make_anew(session, after=self.last or b"")
            if last is None:
                _note_version(session, WORDS_VERSION)
        self.last = last
        return last is None


def make_all_anew(session: Session) -> None:
    """Rebuild the words of all names in one transaction, while nobody else uses the database."""
    session.execute(sa.delete(NameWord))
    last: bytes | None = b""
    while last is not None:
        last = _make_anew(session, after=last)
    _note_version(session, WORDS_VERSION)


def _version(session: Session) -> int | None:
    return session.scalar(sa.select(NameIndex.version))


def _note_version(session: Session, version: int) -> None:
    new = insert(session, NameIndex).values(id=1, version=version)
    session.execute(new.on_conflict_do_update(index_elements=["id"], set_={"version": version}))


def _make_anew(session: Session, *, after: bytes) -> bytes | None:
    """Rebuild the words of the next names; return their last id, None if there was none."""
    found = standing(Signature.id, Signature.shown_as).where(Signature.shown_as.is_not(None), Signature.id > after)
    names = {row.id: row.shown_as for row in session.execute(found.order_by(Signature.id).limit(NAMES_AT_ONCE).with_for_update())}
    session.execute(sa.delete(NameWord).where(NameWord.signature_id.in_(names)))
    index_names(session, names)
    return max(names, default=None)


def _words(parts: list[str]) -> set[str]:
    return {word for place, part in enumerate(parts) for word in (part, "".join(_together(parts[place:])))}


def _apart(word: str) -> list[str]:
    """Return the two words that are written as one; none of a name that is joined with its particle on both sides."""
    halves = COMPOUND.fullmatch(_without_article(word))
    return list(halves.groups()) if halves and halves["first"] not in PARTICLES else []


def _without_article(word: str) -> str:
    for article, least in ARTICLES.items():
        if word.startswith(article) and len(word) >= len(article) + least:
            return word.removeprefix(article)
    return word


def _together(parts: list[str]) -> list[str]:
    """Return the first word, with each next one for as long as it follows a particle."""
    end = 1
    while end < len(parts) and parts[end - 1] in PARTICLES:
        end += 1
    return parts[:end]
