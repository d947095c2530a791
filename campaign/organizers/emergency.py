"""What protects the witness at once: one organizer withdraws the testimony, or hides the author's name.

Showing the name again needs two. Withdrawing is for good, as with the command. Every organizer is told by an e-mail.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.content.pages import Texts
from campaign.content.testimony_policy import author_pattern, says_name
from campaign.organizers import accounts, audit, four_eyes, ledger
from campaign.organizers.actions import Action
from campaign.organizers.models import Account, Request
from campaign.petition import signing
from campaign.petition.models import Publication
from campaign.petition.published import LETTERS, TextKind, Words


class NothingToDo(Exception):
    """It was done before, or one's own account was locked meanwhile."""


def withdraw_at_desk(session: Session, *, by: Account, today: date) -> list[Account]:
    """Withdraw the testimony for good, and end the collecting. Return the organizers to tell; raise NothingToDo."""
    _begin(session, by)
    if not signing.withdraw_testimony(session, today):
        raise NothingToDo
    audit.record(session, by.email, Action.TESTIMONY_WITHDRAWN)
    return accounts.list_ready_organizers(session)


def hide_author(session: Session, *, by: Account, today: date) -> list[Account]:
    """Name the author nowhere any more. Return the organizers to tell; raise NothingToDo."""
    _begin(session, by)
    if not _set_hidden(session, today):
        raise NothingToDo
    audit.record(session, by.email, Action.AUTHOR_HIDDEN)
    return accounts.list_ready_organizers(session)


def request_naming(session: Session, *, by: Account, handlers: four_eyes.Handlers) -> Request:
    """Ask a second organizer to have the author named as before; raise NothingToDo. Asking twice is the same as once."""
    ledger.begin_change(session)
    if session.get_one(Publication, 1, populate_existing=True).author_hidden_on is None:
        raise NothingToDo
    same = (one for one in four_eyes.pending(session) if one.act == Action.NAMING_AUTHOR)
    return next(same, None) or four_eyes.request_approval(session, by, Action.NAMING_AUTHOR, {}, handlers)


def naming_agreed(session: Session, _facts: dict[str, Any], by: str) -> None:
    """Name the author as the files say, as two have agreed; raise NotDecidable where the name is not hidden."""
    if not _set_hidden(session, None):
        raise four_eyes.NotDecidable
    audit.record(session, by, Action.AUTHOR_SHOWN)


def pieces_that_name(words: Words, texts: Mapping[str, Texts]) -> list[TextKind]:
    """Return the pieces of the campaign's own words that say a part of the author's name: somebody has to change them.

    Events cannot be changed, nor can earlier versions of the letter: those are withheld for as long as the name is hidden.
    """
    pattern = author_pattern(texts)
    found = {kind for (kind, _), value in words.current.items() if says_name(pattern, value)}
    return [kind for kind in TextKind if kind in found and kind != TextKind.EVENT]


def withheld_with_name(words: Words, texts: Mapping[str, Texts]) -> set[TextKind]:
    """Return the kinds of words that nobody can change any more, which say a part of the name: they go and come with it."""
    pattern, shown = author_pattern(texts), words.current
    earlier = (row for row in words.rows if row.kind == TextKind.EVENT or row.value != shown[row.kind, row.name])
    return {TextKind(row.kind) for row in earlier if row.kind in (TextKind.EVENT, *LETTERS) and says_name(pattern, row.value)}


def _begin(session: Session, by: Account) -> None:
    """Begin a change of an account that may still change something; raise NothingToDo."""
    ledger.begin_change(session)
    mine = session.get(Account, by.id, populate_existing=True)
    if mine is None or not mine.is_open:
        raise NothingToDo


def _set_hidden(session: Session, day: date | None) -> bool:
    """Hide the name since a day, or show it with None; return whether that changed anything."""
    is_hidden = Publication.author_hidden_on.is_not(None)
    changing = sa.update(Publication).where(Publication.id == 1, sa.not_(is_hidden) if day else is_hidden)
    return session.execute(changing.values(author_hidden_on=day).returning(Publication.id)).scalar() is not None
