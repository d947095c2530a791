"""Finding signatures: by state, day, country and language, or by the words of a shown name; page by page, by key."""

import operator
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from campaign.petition.models import Signature, Submission
from campaign.petition.name_words import NameWord, begins, typed
from campaign.petition.removed import Removed

PAGE = 50
RECORD = re.compile("[0-9a-f]{32}")
ENOUGH = 1000  # words that are looked at to see which of those that were typed is the rarest


@dataclass(frozen=True)
class Wanted:
    """Which signatures somebody looks for. A name is looked for among those that stand and are shown."""

    state: str = "standing"  # or shown, waiting, removed
    name: str = ""
    country: str = ""
    language: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Query:
    """A statement whose rows have `key`, `id`, `day`, `country`, `language` and `shown_as`, and the columns it is paged by."""

    statement: sa.Select[Any]
    order: tuple[Any, ...]  # all in one direction, so that an index answers it
    is_newest_first: bool = False


@dataclass(frozen=True)
class Listing:
    """One page of rows, and the keys by which its neighbours are found."""

    rows: list[Any]
    previous: str | None
    next: str | None


def page(session: Session, wanted: Wanted, *, after: str = "", before: str = "") -> Listing:
    """The page after a key, or the one before it; the first page where there is none, or none of ours."""
    query = find(session, wanted)
    key = _read_key(before or after, query)
    backwards = bool(before) and key is not None
    statement = query.statement if key is None else query.statement.where(_beyond(query, key, backwards=backwards))
    rows = list(session.execute(statement.order_by(*_order(query, backwards=backwards)).limit(PAGE + 1)))
    is_more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    has_previous, has_next = (is_more, True) if backwards else (key is not None, is_more)
    return Listing(rows, _key(rows, 0) if has_previous else None, _key(rows, -1) if has_next else None)


@dataclass(frozen=True)
class Mailbox:
    """What there is of one mailbox."""

    records: list[Signature | Removed]
    waiting: int


def one(session: Session, record: bytes) -> Signature | Removed | None:
    """A signature, also a removed one."""
    return session.get(Signature, record) or session.get(Removed, record)


def of_mailbox(session: Session, tag: bytes) -> Mailbox:
    """Everything that a mailbox has signed, found by its tag."""
    records = [*session.scalars(sa.select(Signature).where(Signature.tag == tag))]
    removed = session.scalars(sa.select(Removed).where(Removed.tag == tag))
    waiting = sa.select(sa.func.count()).select_from(Submission).where(Submission.tag == tag)
    return Mailbox([*records, *removed], session.scalar(waiting) or 0)


def ids(session: Session, wanted: Wanted, most: int) -> list[bytes]:
    """The ids of what is wanted, as many as `most`, in the order of the pages."""
    query = find(session, wanted)
    return [row.id for row in session.execute(query.statement.order_by(*_order(query)).limit(most))]


def find(session: Session, wanted: Wanted) -> Query:
    """The statement that finds what is wanted."""
    words = typed(wanted.name)
    if words:
        return _named(session, wanted, words)
    if wanted.state == "waiting":
        return _waiting(wanted)
    kind = Removed if wanted.state == "removed" else Signature
    statement = _columns(kind, kind.confirmed_on).where(*_filters(wanted, kind, kind.confirmed_on))
    if wanted.state == "shown":
        statement = statement.where(Signature.shown_as.is_not(None))
    return Query(statement, (kind.confirmed_on, kind.id), is_newest_first=True)


def these(session: Session, ids: list[bytes]) -> list[Any]:
    """Signatures by their ids, those that still stand, in the same order."""
    found = {row.id: row for row in session.execute(_columns(Signature, Signature.confirmed_on).where(Signature.id.in_(ids)))}
    return [found[record] for record in ids if record in found]


def of_removal(session: Session, number: int) -> list[Any]:
    """The first page of what was removed together."""
    theirs = _columns(Removed, Removed.confirmed_on).where(Removed.removal_id == number)
    return list(session.execute(theirs.order_by(Removed.confirmed_on.desc(), Removed.id.desc()).limit(PAGE)))


def _named(session: Session, wanted: Wanted, words: list[str]) -> Query:
    """Names in which every typed word begins a word, once each, in the order of the word that the rarest of them begins."""
    rarest, *others = sorted(words, key=lambda word: _frequency(session, word))
    other = aliased(NameWord)
    same = sa.select(other.word).where(other.signature_id == NameWord.signature_id)
    statement = _columns(Signature, NameWord.word).join(NameWord, NameWord.signature_id == Signature.id)
    statement = statement.where(
        begins(NameWord.word, rarest),
        ~same.where(other.word >= rarest, other.word < NameWord.word).exists(),
        *(same.where(begins(other.word, word)).exists() for word in others),
        *_filters(wanted, Signature, Signature.confirmed_on, on_index=False),  # last, of the few that the words have left
    )
    return Query(statement, (NameWord.word, NameWord.signature_id))


def _waiting(wanted: Wanted) -> Query:
    """What waits to be confirmed; its words are still locked, and its order is left to chance."""
    columns = (Submission.id, Submission.created_at.label("day"), Submission.country, Submission.language)
    statement = _untyped(sa.literal("").label("key"), *columns, sa.null().label("shown_as"))
    days = {"since": wanted.since and _midnight(wanted.since), "until": wanted.until and _midnight(wanted.until, 1)}
    filters = [Submission.created_at >= days["since"]] if days["since"] else []
    filters += [Submission.created_at < days["until"]] if days["until"] else []
    plain = Wanted(country=wanted.country, language=wanted.language)
    return Query(statement.where(*filters, *_filters(plain, Submission, Submission.created_at)), (Submission.id,))


def _columns(kind: Any, key: Any) -> sa.Select[Any]:
    return _untyped(key.label("key"), kind.id, kind.confirmed_on.label("day"), kind.country, kind.language, kind.shown_as)


def _untyped(*columns: Any) -> sa.Select[Any]:
    """The columns are of one sort or another, so that no type can tell them."""
    return sa.select(*columns)


def _filters(wanted: Wanted, kind: Any, day: Any, *, on_index: bool = True) -> list[sa.ColumnElement[bool]]:
    country, language = kind.country, kind.language
    if not on_index:  # an expression has none
        country, language, day = (sa.func.coalesce(column, column) for column in (country, language, day))
    wishes = (
        (operator.eq, country, wanted.country),
        (operator.eq, language, wanted.language),
        (operator.ge, day, wanted.since),
        (operator.le, day, wanted.until),
    )
    return [compare(column, wish) for compare, column, wish in wishes if wish]


def _frequency(session: Session, word: str) -> int:
    few = sa.select(sa.literal(1).label("one")).where(begins(NameWord.word, word)).limit(ENOUGH).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(few)) or 0


def _order(query: Query, *, backwards: bool = False) -> list[Any]:
    return [part.desc() if backwards != query.is_newest_first else part.asc() for part in query.order]


def _beyond(query: Query, key: tuple[Any, ...], *, backwards: bool) -> sa.ColumnElement[bool]:
    ours = sa.tuple_(*query.order)
    theirs = sa.tuple_(*(sa.literal(value, part.type) for value, part in zip(key, query.order, strict=True)))
    return ours < theirs if backwards != query.is_newest_first else ours > theirs


def _key(rows: list[Any], place: int) -> str | None:
    return f"{rows[place].key}.{rows[place].id.hex()}" if rows else None


def _read_key(text: str, query: Query) -> tuple[Any, ...] | None:
    """A key as it stands in an address; None for anything else."""
    first, _, record = text.rpartition(".")
    if not RECORD.fullmatch(record) or "\0" in first:
        return None
    try:
        value = date.fromisoformat(first) if query.is_newest_first else first
    except ValueError:
        return None
    return (value, bytes.fromhex(record))[-len(query.order) :]


def _midnight(day: date, later: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=later), time(), UTC)
