"""Remove signatures: looked at first, removed together, undone within a week, deleted for good after it.

What was seen is what goes: the ids are frozen with the proposal. A removed signature names its removal, and everything that
counts, shows or exports signatures selects them through counting.counted().
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import Database, now, table
from campaign.organizers import allowances, audit, four_eyes, ledger
from campaign.organizers.actions import Action
from campaign.organizers.models import Account, Request
from campaign.organizers.signature_search import PAGE_SIZE, rows_of_ids, rows_of_removal
from campaign.petition import forgotten, name_index
from campaign.petition.counting import add_to_tally
from campaign.petition.forgotten import Kind
from campaign.petition.models import UNDO_FOR, Removal, Signature
from campaign.petition.name_index import NameWord

MAX_REMOVED_TOGETHER = 10_000  # signatures that are removed together
DRAFT_LIFETIME = four_eyes.REQUEST_LIFETIME + UNDO_FOR  # a second organizer may still agree to it
ID_BYTES, IDS_PER_STATEMENT = 16, 500  # bytes; ids in one statement
_signature = table(Signature)


class TooLate(Exception):
    """What was removed has been deleted for good."""


def draft(session: Session, ids: list[bytes], *, by: str, at: datetime) -> Removal:
    """Freeze what somebody looks at to remove it."""
    removal = Removal(by=by, proposed_at=at, ids=b"".join(ids), number=len(ids))
    session.add(removal)
    session.flush()
    return removal


def selected_ids(removal: Removal) -> list[bytes]:
    """Return the ids that a proposal has frozen."""
    return [removal.ids[place : place + ID_BYTES] for place in range(0, len(removal.ids), ID_BYTES)]


def remove_drafted(session: Session, number: int, *, reason: str, at: datetime) -> int:
    """Remove the proposed signatures that are still there; return how many. A second call removes nothing."""
    removal = _locked(session, number)
    if removal is None or removal.done_at is not None:
        return 0
    ids = sorted(selected_ids(removal))
    places = range(0, len(ids), IDS_PER_STATEMENT)
    gone = sum(_remove(session, removal, ids[place : place + IDS_PER_STATEMENT]) for place in places)
    removal.ids, removal.number, removal.reason, removal.done_at = b"", gone, reason, at
    if gone:
        add_to_tally(session, day=at.date(), reason=reason, number=gone)
    return gone


def undo_removal(session: Session, number: int, *, at: datetime) -> int:
    """Put removed signatures back; a mailbox that has signed again keeps its new one. Return how many; raise TooLate."""
    removal = _locked(session, number)
    if removal is None or removal.done_at is None or removal.undone_at is not None:
        return 0
    if at >= removal.done_at + UNDO_FOR:
        raise TooLate
    rows = _put_back(session, number)
    name_index.index_names(session, {row.id: row.shown_as for row in rows if row.shown_as})
    removal.undone_at, removal.restored = at, len(rows)
    if rows:
        add_to_tally(session, day=removal.done_at.date(), reason=str(removal.reason), number=-len(rows))
    return len(rows)


def purge(database: Database, at: datetime) -> None:
    """Delete for good what was removed a week ago, and proposals of which nothing came; a line and a number stay."""
    over = sa.select(Removal.id).where(Removal.done_at <= at - UNDO_FOR)
    gone: dict[type[Signature] | type[Removal], sa.ColumnElement[bool]] = {
        Signature: Signature.removal_id.in_(over),
        Removal: sa.and_(Removal.done_at.is_(None), Removal.proposed_at <= at - DRAFT_LIFETIME),
    }
    with database.reading() as session:  # most of the time there is nothing, and looking costs no writer's turn
        found = [session.scalar(sa.select(kind.id).where(condition).limit(1)) for kind, condition in gone.items()]
    if found != [None, None]:
        with database.writing() as session:
            deleted = session.scalars(sa.delete(Signature).where(gone[Signature]).returning(Signature.id))
            forgotten.remember(session, Kind.RECORD, deleted.all())
            session.execute(sa.delete(Removal).where(gone[Removal]))


def pending_request(session: Session, number: int) -> Request | None:
    """Return the request by which a proposal waits for a second organizer."""
    asked = (request for request in four_eyes.pending(session) if request.act == Action.BULK_REMOVAL)
    return next((request for request in asked if request.facts["removal"] == number), None)


def request_removal(session: Session, removal: Removal, *, reason: str, by: Account, handlers: four_eyes.Handlers) -> None:
    """Remove a single signature at once; several, or one more than a day's few, when a second organizer has agreed."""
    ledger.begin_change(session)  # two that are sent at once take turns
    facts = {"removal": removal.id, "reason": reason, "number": removal.number}
    if removal.number > 1 or allowances.is_used_up(session, by, Action.REMOVED):
        four_eyes.request_approval(session, by, Action.BULK_REMOVAL, facts, handlers)
    else:
        remove_agreed(session, facts, by.email)


def remove_agreed(session: Session, facts: dict[str, Any], by: str) -> None:
    """Remove what somebody asked to remove, and note it."""
    gone = remove_drafted(session, facts["removal"], reason=facts["reason"], at=now())
    audit.record(session, by, Action.REMOVED, removal=facts["removal"], reason=facts["reason"], number=gone)


def restore(session: Session, number: int, *, by: Account) -> None:
    """Undo a removal, and note it; raise TooLate, and NotDecidable for a moderator who would undo what organizers decided."""
    if not by.is_organizer and was_decided(session, number):
        raise four_eyes.NotDecidable
    restored = undo_removal(session, number, at=now())
    if restored:
        audit.record(session, by.email, Action.RESTORED, removal=number, number=restored)


def was_decided(session: Session, number: int) -> bool:
    """Return whether a removal was asked for and agreed to, and so is not a moderator's to undo."""
    done = sa.select(Request.facts).where(Request.act == Action.BULK_REMOVAL.value, Request.done_at.is_not(None))
    return any(facts["removal"] == number for facts in session.scalars(done))


def newest_removals(session: Session, before: int | None) -> tuple[list[Removal], int | None]:
    """Return a page of removals, the newest first, and where the next one begins."""
    older = sa.select(Removal).order_by(Removal.id.desc()).limit(PAGE_SIZE + 1)
    found = list(session.scalars(older.where(Removal.id < before) if before else older))
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None


def preview(session: Session, removal: Removal) -> list[Any]:
    """Return the first of what would go, or of what went, as the list shows them."""
    if removal.done_at is None:
        return rows_of_ids(session, selected_ids(removal)[:PAGE_SIZE])
    return rows_of_removal(session, removal.id)


def _remove(session: Session, removal: Removal, ids: list[bytes]) -> int:
    """Take signatures out of the count, those that count; their names are not found any more."""
    out = sa.update(_signature).where(_signature.c.id.in_(ids), _signature.c.removal_id.is_(None))
    gone = session.scalars(out.values(removal_id=removal.id).returning(_signature.c.id)).all()
    session.execute(sa.delete(NameWord).where(NameWord.signature_id.in_(gone)))
    forgotten.remember(session, Kind.REMOVAL, gone, removal.id)
    return len(gone)


def _put_back(session: Session, number: int) -> Sequence[Any]:
    """Let removed signatures count again; delete one whose mailbox has signed again, even at this moment."""
    theirs, anew = _signature.c.removal_id == number, _signature.alias()
    has_signed_anew = sa.exists().where(anew.c.tag == _signature.c.tag, anew.c.removal_id.is_(None))
    back = sa.update(_signature).where(theirs).values(removal_id=None).returning(_signature.c.id, _signature.c.shown_as)
    session.execute(sa.delete(NameWord).where(NameWord.signature_id.in_(sa.select(_signature.c.id).where(theirs))))
    while True:
        replaced = session.scalars(sa.delete(_signature).where(theirs, has_signed_anew).returning(_signature.c.id))
        forgotten.remember(session, Kind.RECORD, replaced.all())
        try:
            with session.begin_nested():
                rows = session.execute(back).all()
                forgotten.remember(session, Kind.REMOVAL, [row.id for row in rows])
                return rows
        except sa.exc.IntegrityError:  # somebody has just confirmed a new one: the next round sees it
            continue


def _locked(session: Session, number: int) -> Removal | None:
    return session.get(Removal, number, with_for_update=True, populate_existing=True)
