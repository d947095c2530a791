"""The pages of the desk's list of signatures."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.keyset import KeysetPage, PageOrder
from campaign.keyset import read_page as keyset_page
from campaign.petition.models import Signature, Submission
from campaign.petition.removed import Removed

PAGE_SIZE = 50


@dataclass(frozen=True)
class PagedQuery:
    """A statement that finds `key` and `id` of signatures of one kind, as an index has them, and the order of its pages."""

    kind: type[Signature | Removed | Submission]
    statement: sa.Select[Any]
    order: PageOrder


def search_page(session: Session, query: PagedQuery, *, after: str = "", before: str = "") -> KeysetPage:
    """Return one page of rows, which have `id`, `day`, `country`, `language` and `shown_as`."""
    keys = keyset_page(session, query.statement, query.order, size=PAGE_SIZE, after=after, before=before)
    return KeysetPage(rows_of_ids(session, [row.id for row in keys.rows], query.kind), keys.previous, keys.next)


def read_ids(session: Session, query: PagedQuery, most: int) -> list[bytes]:
    """The ids of what is found, as many as `most`, in the order of the pages."""
    return [row.id for row in session.execute(query.statement.order_by(*query.order.clauses()).limit(most))]


def rows_of_ids(session: Session, ids: list[bytes], kind: Any = Signature) -> list[Any]:
    """Signatures of one kind by their ids, those that are there, in the same order."""
    found = {row.id: row for row in session.execute(_columns(kind).where(kind.id.in_(ids)))}
    return [found[record] for record in ids if record in found]


def rows_of_removal(session: Session, number: int) -> list[Any]:
    """The first page of what was removed together."""
    theirs = _columns(Removed).where(Removed.removal_id == number)
    return list(session.execute(theirs.order_by(Removed.confirmed_on.desc(), Removed.id.desc()).limit(PAGE_SIZE)))


def _columns(kind: Any) -> sa.Select[Any]:
    """What the list shows; the words of what waits are still locked."""
    is_waiting = kind is Submission
    day, shown_as = (kind.created_at, sa.null()) if is_waiting else (kind.confirmed_on, kind.shown_as)
    return sa.select(kind.id, day.label("day"), kind.country, kind.language, shown_as.label("shown_as"))
