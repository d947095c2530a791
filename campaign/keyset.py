"""Keyset pages: every page is found as fast as the first, and none is left out when rows come or go.

A statement selects `key` and `id` of its rows; an address carries both of the row it goes on from, as `KEY.ID`.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

RECORD_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class PageOrder:
    """The columns that rows are paged by: the key and the id, or the id alone; all in one direction, so that an index answers."""

    columns: tuple[Any, ...]
    is_newest_first: bool = False

    def clauses(self, *, backwards: bool = False) -> list[Any]:
        """Return what to order by."""
        return [column.desc() if backwards != self.is_newest_first else column.asc() for column in self.columns]


@dataclass(frozen=True)
class KeysetPage:
    """The rows of one page, and the keys of its neighbours."""

    rows: list[Any]
    previous: str | None
    next: str | None


def read_page(session: Session, statement: Any, order: PageOrder, *, size: int, after: str = "", before: str = "") -> KeysetPage:
    """Return the page of a SELECT after a key, or the one before it; the first page where there is no key, or none of ours."""
    key = _read_key(before or after, order)
    backwards = bool(before) and key is not None
    if key is not None:
        statement = statement.where(_beyond(order, key, backwards=backwards))
    found = list(session.execute(statement.order_by(*order.clauses(backwards=backwards)).limit(size + 1)))
    is_more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_previous, has_next = (is_more, True) if backwards else (key is not None, is_more)
    return KeysetPage(found, _key(found, 0) if has_previous else None, _key(found, -1) if has_next else None)


def read_record(text: str) -> bytes | None:
    """Return the id of a record as an address or a form names it; None for anything else."""
    return bytes.fromhex(text) if RECORD_ID.fullmatch(text) else None


def _beyond(order: PageOrder, key: tuple[Any, ...], *, backwards: bool) -> sa.ColumnElement[bool]:
    ours = sa.tuple_(*order.columns)
    theirs = sa.tuple_(*(sa.literal(value, part.type) for value, part in zip(key, order.columns, strict=True)))
    return ours < theirs if backwards != order.is_newest_first else ours > theirs


def _key(rows: list[Any], place: int) -> str | None:
    return f"{rows[place].key}.{rows[place].id.hex()}" if rows else None


def _read_key(text: str, order: PageOrder) -> tuple[Any, ...] | None:
    first, _, record = text.rpartition(".")
    found = read_record(record)
    if found is None or "\0" in first:
        return None
    if len(order.columns) == 1:
        return (found,)
    try:
        return (date.fromisoformat(first) if isinstance(order.columns[0].type, sa.Date) else first, found)
    except ValueError:
        return None
