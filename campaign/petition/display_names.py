"""The names page, and its words: shown from the next day on, or held until an organizer has looked.

Odd words (name_flags.py) are held always, all new ones while the campaign wants that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import Database, insert, table
from campaign.keyset import PageOrder, read_page
from campaign.petition import forgotten, name_index
from campaign.petition.counting import counted
from campaign.petition.forgotten import Kind
from campaign.petition.models import NameReview, Signature
from campaign.petition.name_flags import suspicious
from campaign.petition.name_folding import fold_name
from campaign.petition.name_index import NameWord

NAMES_PER_PAGE = 200
REFUSED_FOR = timedelta(days=7)  # for which refused words are kept
MAX_COMPARED, MAX_REPORTED = 200, 20  # names that one report is compared with; those that it puts before an organizer
SHORTEST_BEGINNING = 3  # letters; shorter words are found as they are
NEWEST_FIRST = PageOrder((Signature.confirmed_on, Signature.id), is_newest_first=True)
INSERT_REVIEW = sa.insert(table(NameReview))
COUNTED: dict[object, int] = {}  # the last number of shown names


@dataclass(frozen=True)
class NamesPage:
    """One page of names: by day, in the order of chance within a day; and the keys of its neighbours."""

    days: Sequence[tuple[date, list[str]]] = ()
    previous: str | None = None
    next: str | None = None


def shown_names(session: Session, *, today: date, after: str = "", before: str = "", sought: str = "") -> NamesPage:
    """Return the names after or before a key, the newest day first, without those that were confirmed or chosen today.

    With `sought` they have words that begin like each of its words.
    """
    shown = counted(Signature.confirmed_on.label("key"), Signature.id.label("id"), Signature.shown_as)
    shown = shown.where(Signature.shown_as.is_not(None), *shown_by(today))
    for word in name_index.query_words(sought):
        found_by = name_index.starts_with(NameWord.word, word) if len(word) >= SHORTEST_BEGINNING else NameWord.word == word
        shown = shown.where(Signature.id.in_(sa.select(NameWord.signature_id).where(found_by)))
    found = read_page(session, shown, NEWEST_FIRST, size=NAMES_PER_PAGE, after=after, before=before)
    days: dict[date, list[str]] = {}
    for row in found.rows:
        days.setdefault(row.key, []).append(row.shown_as)
    return NamesPage(list(days.items()), found.previous, found.next)


def count_shown(session: Session, today: date, as_of: datetime) -> int:
    """Return how many names are shown, counted once for each publication of the count: there can be hundreds of thousands."""
    place = (session.get_bind().engine, today, as_of)
    if place not in COUNTED:
        shown = counted(sa.func.count()).where(Signature.shown_as.is_not(None), *shown_by(today))
        COUNTED.clear()
        COUNTED[place] = session.scalar(shown) or 0
    return COUNTED[place]


def shown_by(today: date) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions under which chosen words are shown on a day, as Signature.first_shown_on says it."""
    return Signature.confirmed_on < today, sa.or_(Signature.shown_from.is_(None), Signature.shown_from <= today)


def change_display_name(session: Session, signature: Signature, words: str | None, *, today: date, hold: bool) -> None:
    """Show other words from the next day on, or none from now on; the same again changes nothing."""
    review = session.get(NameReview, signature.id)
    if words and words in (signature.shown_as, review and review.held):
        return
    if review is not None:
        session.delete(review)
        session.flush()
    _change(session, signature, None)
    signature.shown_from = today + timedelta(days=1) if words else None
    if words:
        signature.shown_as = None if waits_for_review(words, hold=hold) else words
        apply_display_name(session, signature.id, words, today=today, hold=hold)


def waits_for_review(words: str, *, hold: bool) -> bool:
    """Return whether chosen words are shown only once an organizer has looked: odd ones always, with `hold` all."""
    return hold or bool(suspicious(words))


def apply_display_name(session: Session, signature: bytes, words: str, *, today: date, hold: bool) -> None:
    """Have words that are shown found by a search, and put those that are held before an organizer."""
    if not waits_for_review(words, hold=hold):
        name_index.index_names(session, {signature: words})
        return
    values = {"signature_id": signature, "day": today, "held": words, "flags": " ".join(suspicious(words))}
    session.execute(INSERT_REVIEW, values)


def accept_names(session: Session, ids: list[bytes]) -> int:
    """Show held words, and mark shown ones as in order; return how many."""
    found = _waiting(session, ids)
    for review, signature in found:
        _change(session, signature, review.held or signature.shown_as)
        session.delete(review)
    return len(found)


def refuse_names(session: Session, ids: list[bytes], today: date) -> int:
    """Stop showing these words, or never show them; the signer's own page says so. Return how many."""
    found = _waiting(session, ids)
    for review, signature in found:
        review.refused = review.held or signature.shown_as
        _change(session, signature, None)
        review.held, review.refused_on = None, today
    return len(found)


def undo_refusal(session: Session, signature: bytes) -> bool:
    """Put refused words before the organizers again, for as long as they are kept; return whether there were any."""
    both = counted(NameReview).join(NameReview, NameReview.signature_id == Signature.id)
    refused = NameReview.signature_id == signature, NameReview.refused.is_not(None)
    review = session.scalar(both.where(*refused).with_for_update())
    if review is None:
        return False
    review.held, review.refused, review.refused_on = review.refused, None, None
    return True


def forget_refused(database: Database, today: date) -> None:
    """Delete the words that were refused a week ago."""
    is_over = NameReview.refused.is_not(None), NameReview.refused_on <= today - REFUSED_FOR
    with database.reading() as session:  # most of the time there are none, and looking costs no writer's turn
        if session.scalar(sa.select(NameReview.signature_id).where(*is_over).limit(1)) is None:
            return
    with database.writing() as session:
        session.execute(sa.update(NameReview).where(*is_over).values(refused=None))


def hold_name(session: Session, signature: bytes, today: date) -> bool:
    """Hide shown words until an organizer has looked at them; return whether there were any."""
    found = session.scalar(counted().where(Signature.id == signature).with_for_update())
    if found is None or not found.shown_as:
        return False
    review = session.get(NameReview, signature)
    if review is not None:
        session.delete(review)
        session.flush()
    words = found.shown_as
    _change(session, found, None)
    apply_display_name(session, signature, words, today=today, hold=True)
    return True


def report_name(session: Session, words: str, today: date) -> None:
    """Put the names that are shown in these words before an organizer.

    They stay shown until one decides: anybody can report every name there is.
    """
    same = [record for record, shown_as in _similar_names(session, words, today) if fold_name(shown_as) == fold_name(words)]
    for record in same[:MAX_REPORTED]:
        review = {"signature_id": record, "day": today, "flags": "", "reported_on": today}
        statement = insert(session, NameReview).values(review)
        session.execute(statement.on_conflict_do_update(index_elements=["signature_id"], set_={"reported_on": today}))


def _similar_names(session: Session, words: str, today: date) -> list[tuple[bytes, str]]:
    """Return ids and names that have all these words, however they are written, those in the same letters first."""
    found = counted(Signature.id, Signature.shown_as).where(*shown_by(today))
    for word in name_index.query_words(words):
        having = sa.select(NameWord.signature_id).where(NameWord.word == word)
        found = found.where(Signature.id.in_(having))
    same_first = found.where(Signature.shown_as.is_not(None)).order_by(Signature.shown_as != words, Signature.id)
    return [(row.id, row.shown_as) for row in session.execute(same_first.limit(MAX_COMPARED).with_for_update())]


def _change(session: Session, signature: Signature, words: str | None) -> None:
    if words != signature.shown_as:
        if signature.shown_as:
            forgotten.remember(session, Kind.NAME, [signature.id])
        signature.shown_as = words
        name_index.unindex(session, signature.id)
        name_index.index_names(session, {signature.id: words} if words else {})


def _waiting(session: Session, ids: list[bytes]) -> list[tuple[NameReview, Signature]]:
    """Return what waits among these, locked, so that the signer does not choose other words meanwhile."""
    both = counted(NameReview, Signature).join(NameReview, NameReview.signature_id == Signature.id)
    waiting = both.where(NameReview.signature_id.in_(ids), NameReview.refused_on.is_(None)).with_for_update()
    return [(review, signature) for review, signature in session.execute(waiting)]
