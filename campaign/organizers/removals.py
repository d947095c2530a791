"""Removing signatures: looked at first, removed together, undone within a week, deleted for good after it.

What was seen is what goes: the ids are frozen with the proposal. Removed signatures lie in a table of their own, so that nothing
that counts or exports signatures can meet them.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import Base, Database, insert, now, table
from campaign.organizers import audit, four_eyes, pager
from campaign.organizers.actions import Action
from campaign.organizers.models import Account, Request
from campaign.petition import name_index
from campaign.petition.counting import add_to_tally
from campaign.petition.models import NameReview, Signature
from campaign.petition.removed import UNDO_FOR, Removal, Removed, RemovedNameReview

MAX_REMOVED_TOGETHER = 10_000  # signatures that are removed together
DRAFT_LIFETIME = four_eyes.REQUEST_LIFETIME + UNDO_FOR  # a second organizer may still agree to it
ID_BYTES, IDS_PER_STATEMENT = 16, 500  # bytes; ids in one statement
SIGNATURE_COLUMNS = [column.name for column in table(Signature).columns]
SELECT_SIGNATURES = sa.select(*[table(Signature).c[name] for name in SIGNATURE_COLUMNS])
SELECT_REMOVED = sa.select(*[table(Removed).c[name] for name in SIGNATURE_COLUMNS])
REVIEW_COLUMNS = [column.name for column in table(NameReview).columns]


class TooLate(Exception):
    """What was removed has been deleted for good."""


def draft(session: Session, ids: list[bytes], *, by: str, at: datetime) -> Removal:
    """Freezes what somebody looks at to remove it."""
    removal = Removal(by=by, proposed_at=at, ids=b"".join(ids), number=len(ids))
    session.add(removal)
    session.flush()
    return removal


def selected_ids(removal: Removal) -> list[bytes]:
    """The ids that a proposal has frozen."""
    return [removal.ids[place : place + ID_BYTES] for place in range(0, len(removal.ids), ID_BYTES)]


def remove_drafted(session: Session, number: int, *, reason: str, at: datetime) -> int:
    """Removes what was proposed, whatever of it still stands; returns how many. Again, it removes nothing."""
    removal = _locked(session, number)
    if removal is None or removal.done_at is not None:
        return 0
    gone = sum(_move(session, removal, ids) for ids in _chunks(sorted(selected_ids(removal))))
    removal.ids, removal.number, removal.reason, removal.done_at = b"", gone, reason, at
    if gone:
        add_to_tally(session, day=at.date(), reason=reason, number=gone)
    return gone


def undo_removal(session: Session, number: int, *, at: datetime) -> int:
    """Puts back what was removed; a mailbox that has signed anew meanwhile keeps that one. Returns how many; raises TooLate."""
    removal = _locked(session, number)
    if removal is None or removal.done_at is None or removal.undone_at is not None:
        return 0
    if at >= removal.done_at + UNDO_FOR:
        raise TooLate
    theirs = SELECT_REMOVED.where(table(Removed).c.removal_id == number)
    back = insert(session, Signature).from_select(SIGNATURE_COLUMNS, theirs.with_for_update()).on_conflict_do_nothing()
    rows = session.execute(back.returning(Signature.id, Signature.shown_as)).all()
    ours = sa.select(Removed.id).where(Removed.removal_id == number, Removed.id.in_(sa.select(Signature.id)))
    session.execute(_copy_reviews(RemovedNameReview, NameReview, RemovedNameReview.signature_id.in_(ours)))
    session.execute(sa.delete(Removed).where(Removed.removal_id == number))
    name_index.index_names(session, {row.id: row.shown_as for row in rows if row.shown_as})
    removal.undone_at, removal.restored = at, len(rows)
    if rows:
        add_to_tally(session, day=removal.done_at.date(), reason=str(removal.reason), number=-len(rows))
    return len(rows)


def purge(database: Database, at: datetime) -> None:
    """Deletes for good what was removed a week ago, and proposals of which nothing came; a line and a number stay."""
    over = sa.select(Removal.id).where(Removal.done_at <= at - UNDO_FOR)
    gone: dict[type[Removed] | type[Removal], sa.ColumnElement[bool]] = {
        Removed: Removed.removal_id.in_(over),
        Removal: sa.and_(Removal.done_at.is_(None), Removal.proposed_at <= at - DRAFT_LIFETIME),
    }
    with database.reading() as session:  # most of the time there is nothing, and looking costs no writer's turn
        found = [session.scalar(sa.select(kind.id).where(condition).limit(1)) for kind, condition in gone.items()]
    if found != [None, None]:
        with database.writing() as session:
            for kind, condition in gone.items():
                session.execute(sa.delete(kind).where(condition))


def pending_request(session: Session, number: int) -> Request | None:
    """The request by which a proposal waits for a second organizer."""
    asked = (request for request in four_eyes.pending(session) if request.act == Action.BULK_REMOVAL)
    return next((request for request in asked if request.facts["removal"] == number), None)


def request_removal(session: Session, removal: Removal, *, reason: str, by: Account, handlers: four_eyes.Handlers) -> None:
    """Removes a single signature at once; several, when a second organizer has agreed."""
    facts = {"removal": removal.id, "reason": reason, "number": removal.number}
    if removal.number > 1:
        four_eyes.request_approval(session, by, Action.BULK_REMOVAL, facts, handlers)
    else:
        remove_agreed(session, facts, by.email)


def remove_agreed(session: Session, facts: dict[str, Any], by: str) -> None:
    """Remove what somebody asked to remove, and note it."""
    gone = remove_drafted(session, facts["removal"], reason=facts["reason"], at=now())
    audit.record(session, by, Action.REMOVED, removal=facts["removal"], reason=facts["reason"], number=gone)


def restore(session: Session, number: int, *, by: Account) -> None:
    """Undoes a removal, and notes it; raises TooLate."""
    restored = undo_removal(session, number, at=now())
    if restored:
        audit.record(session, by.email, Action.RESTORED, removal=number, number=restored)


def newest_removals(session: Session, before: int | None) -> tuple[list[Removal], int | None]:
    """A page of removals, the newest first, and where the next one begins."""
    older = sa.select(Removal).order_by(Removal.id.desc()).limit(pager.PAGE_SIZE + 1)
    found = list(session.scalars(older.where(Removal.id < before) if before else older))
    return found[: pager.PAGE_SIZE], found[pager.PAGE_SIZE - 1].id if len(found) > pager.PAGE_SIZE else None


def preview(session: Session, removal: Removal) -> list[Any]:
    """The first of what would go, or of what went, as the list shows them."""
    if removal.done_at is None:
        return pager.rows_of_ids(session, selected_ids(removal)[: pager.PAGE_SIZE])
    return pager.rows_of_removal(session, removal.id)


def _move(session: Session, removal: Removal, ids: list[bytes]) -> int:
    """Moves signatures out of the count; they are locked first, so that one that is withdrawn meanwhile goes for good."""
    mine = sa.literal(removal.id).label("removal_id")
    standing = SELECT_SIGNATURES.add_columns(mine).where(table(Signature).c.id.in_(ids))
    out = sa.insert(table(Removed)).from_select([*SIGNATURE_COLUMNS, "removal_id"], standing.with_for_update())
    session.execute(out)
    moved = sa.select(Removed.id).where(Removed.id.in_(ids))
    session.execute(_copy_reviews(NameReview, RemovedNameReview, NameReview.signature_id.in_(moved)))
    gone = session.execute(sa.delete(Signature).where(Signature.id.in_(ids)))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # what a statement returns that changes rows


def _copy_reviews(source: type[Base], target: type[Base], which: sa.ColumnElement[bool]) -> sa.Insert:
    """Copies what is to be looked at of some signatures, or was refused; the old rows go with their signatures."""
    found = sa.select(*[table(source).c[name] for name in REVIEW_COLUMNS]).where(which)
    return sa.insert(table(target)).from_select(REVIEW_COLUMNS, found)


def _locked(session: Session, number: int) -> Removal | None:
    return session.get(Removal, number, with_for_update=True, populate_existing=True)


def _chunks(ids: list[bytes]) -> Iterator[list[bytes]]:
    return (ids[place : place + IDS_PER_STATEMENT] for place in range(0, len(ids), IDS_PER_STATEMENT))
