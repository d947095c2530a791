"""Supporters at the desk: entered and changed by one, shown when two agree, taken down or deleted by one at once.

The audit has their numbers and never their names, so that a supporter who takes back the consent is forgotten.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import now
from campaign.exports.tables import escape_formula
from campaign.languages import LANGUAGES
from campaign.organizers import audit, four_eyes, ledger
from campaign.organizers.actions import Action
from campaign.organizers.models import Account, Request
from campaign.organizers.word_change import ChangedMeanwhile
from campaign.petition.forgotten import Kind, remember_number
from campaign.petition.models import Publication
from campaign.petition.supporters import Supporter

TAKEN_DOWN, ENTRY_DELETED = 1, 0  # the value of a forgotten entry
CSV_COLUMNS = ("number", "kind", *(f"name_{code}" for code in LANGUAGES), *(f"description_{code}" for code in LANGUAGES))
CSV_END = ("web", "consent", "shown_on")


class AllDeleted(Exception):
    """Everything was deleted on the day that was promised: nothing would ever delete who is entered after it."""


def enter(session: Session, values: Mapping[str, Any], *, by: Account) -> Supporter:
    """Keep a new supporter, who is not shown yet; raise AllDeleted."""
    ledger.begin_change(session)
    if _deleted_on(session):
        raise AllDeleted
    entered = Supporter(**values)
    session.add(entered)
    session.flush()
    audit.record(session, by.email, Action.SUPPORTER_ENTERED, supporter=entered.id)
    return entered


def change_supporter(session: Session, number: int, values: Mapping[str, Any], *, seen: str, by: Account) -> None:
    """Change one that is not shown; raise ChangedMeanwhile where it is shown, gone, or another than was seen."""
    found = _lock(session, number)
    if found is None or found.shown_on or not _is_as_seen(session, found, seen):
        raise ChangedMeanwhile
    if all(getattr(found, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(found, name, value)
    _end_requests(session, number, by)
    audit.record(session, by.email, Action.SUPPORTER_CHANGED, supporter=number)


def request_showing(session: Session, number: int, *, seen: str, by: Account, handlers: four_eyes.Handlers) -> Request:
    """Ask a second organizer to show one as it was seen; asking twice is the same as once. Raise ChangedMeanwhile."""
    _check_showable(session, number, seen)
    waiting, facts = find_showing_request(session, number, seen), {"supporter": number, "digest": seen}
    return waiting or four_eyes.request_approval(session, by, Action.SHOWING_SUPPORTER, facts, handlers)


def find_showing_request(session: Session, number: int, seen: str) -> Request | None:
    """Return the request that waits to show one as it was seen."""
    return next((one for one in _requests(session, number) if one.facts["digest"] == seen), None)


def showing_agreed(session: Session, facts: dict[str, Any], by: str) -> None:
    """Show one, as two have agreed; raise ChangedMeanwhile where it is another by now."""
    _check_showable(session, facts["supporter"], facts["digest"]).shown_on = now().date()
    audit.record(session, by, Action.SUPPORTER_SHOWN, supporter=facts["supporter"])


def hide(session: Session, number: int, *, by: Account) -> None:
    """Take one down at once; one that is not shown stays as it is."""
    found = _lock(session, number)
    if found is None or found.shown_on is None:
        return
    found.shown_on = None
    remember_number(session, Kind.SUPPORTER, number, TAKEN_DOWN)
    audit.record(session, by.email, Action.SUPPORTER_HIDDEN, supporter=number)


def delete(session: Session, number: int, *, by: Account) -> None:
    """Delete all that was entered of one; one that is gone stays gone."""
    found = _lock(session, number)
    if found is None:
        return
    session.delete(found)
    _end_requests(session, number, by)
    remember_number(session, Kind.SUPPORTER, number, ENTRY_DELETED)
    audit.record(session, by.email, Action.SUPPORTER_DELETED, supporter=number)


def as_csv(found: Iterable[Supporter]) -> str:
    """Return all that was entered as a table (RFC 4180)."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow((*CSV_COLUMNS, *CSV_END))
    for one in found:
        words = [said.get(code, "") for said in (one.names, one.descriptions) for code in LANGUAGES]
        row = (str(one.id), one.kind, *words, one.web, one.consent, str(one.shown_on or ""))
        table.writerow([escape_formula(text) for text in row])
    return out.getvalue()


def _check_showable(session: Session, number: int, seen: str) -> Supporter:
    found = _lock(session, number)
    if found is None or found.shown_on or not _is_as_seen(session, found, seen) or _deleted_on(session):
        raise ChangedMeanwhile
    return found


def _is_as_seen(session: Session, found: Supporter, seen: str) -> bool:
    return found.digest(ledger.desk_key(session)) == seen


def _requests(session: Session, number: int) -> list[Request]:
    """Return the requests that wait to show one."""
    waiting = four_eyes.pending(session)
    return [one for one in waiting if one.act == Action.SHOWING_SUPPORTER and one.facts["supporter"] == number]


def _end_requests(session: Session, number: int, by: Account) -> None:
    """End what waits for an entry that is another now, or gone: nobody can agree to it any more."""
    for asked in _requests(session, number):
        four_eyes.decline(session, asked.id, by)


def _deleted_on(session: Session) -> date | None:
    """Return the day on which everything was deleted that was promised to be: nobody is shown after it."""
    return session.scalar(sa.select(Publication.deleted_on).where(Publication.id == 1))


def _lock(session: Session, number: int) -> Supporter | None:
    ledger.begin_change(session)
    chosen = sa.select(Supporter).where(Supporter.id == number)
    return session.scalar(chosen.with_for_update().execution_options(populate_existing=True))
