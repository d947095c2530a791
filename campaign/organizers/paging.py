"""Paging by key: whichever page it is, it is found as fast as the first, and none is left out when something comes or goes."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.petition.models import Signature, Submission
from campaign.petition.removed import Removed

PAGE = 50
RECORD = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Query:
    """A statement that finds `key` and `id` of signatures of one kind, as an index has them, and the columns it is paged by."""

    kind: type[Signature | Removed | Submission]
    statement: sa.Select[Any]
    order: tuple[Any, ...]  # all in one direction, so that an index answers it
    is_newest_first: bool = False


@dataclass(frozen=True)
class Listing:
    """One page of rows, which have `id`, `day`, `country`, `language` and `shown_as`, and the keys of its neighbours."""

    rows: list[Any]
    previous: str | None
    next: str | None


def page(session: Session, query: Query, *, after: str = "", before: str = "") -> Listing:
    """The page after a key, or the one before it; the first page where there is none, or none of ours."""
    key = _read_key(before or after, query)
    backwards = bool(before) and key is not None
    statement = query.statement if key is None else query.statement.where(_beyond(query, key, backwards=backwards))
    found = list(session.execute(statement.order_by(*_order(query, backwards=backwards)).limit(PAGE + 1)))
    is_more, found = len(found) > PAGE, found[:PAGE]
    if backwards:
        found.reverse()
    has_previous, has_next = (is_more, True) if backwards else (key is not None, is_more)
    rows = these(session, [row.id for row in found], query.kind)
    return Listing(rows, _key(found, 0) if has_previous else None, _key(found, -1) if has_next else None)


def ids(session: Session, query: Query, most: int) -> list[bytes]:
    """The ids of what is found, as many as `most`, in the order of the pages."""
    return [row.id for row in session.execute(query.statement.order_by(*_order(query)).limit(most))]


def these(session: Session, ids: list[bytes], kind: Any = Signature) -> list[Any]:
    """Signatures of one kind by their ids, those that are there, in the same order."""
    found = {row.id: row for row in session.execute(_columns(kind).where(kind.id.in_(ids)))}
    return [found[record] for record in ids if record in found]


def of_removal(session: Session, number: int) -> list[Any]:
    """The first page of what was removed together."""
    theirs = _columns(Removed).where(Removed.removal_id == number)
    return list(session.execute(theirs.order_by(Removed.confirmed_on.desc(), Removed.id.desc()).limit(PAGE)))


def _columns(kind: Any) -> sa.Select[Any]:
    """What the list shows; the words of what waits are still locked."""
    is_waiting = kind is Submission
    day, shown_as = (kind.created_at, sa.null()) if is_waiting else (kind.confirmed_on, kind.shown_as)
    return sa.select(kind.id, day.label("day"), kind.country, kind.language, shown_as.label("shown_as"))


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
