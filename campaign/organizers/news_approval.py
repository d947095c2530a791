"""News by e-mail: one organizer asks for an update to be sent, a second one agrees, and then it can be taken to be sent.

An agreement holds for the words that were public then; changed words need a new one.
"""

import hashlib
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from campaign.database import now
from campaign.exports.news_mailing import MOST_NEWS, NEWS_WITHIN
from campaign.organizers import audit, four_eyes, ledger
from campaign.organizers.actions import Action
from campaign.organizers.models import Account, Request
from campaign.petition.published import TextKind, read_rows

GOOD_FOR = timedelta(days=14)  # for how long an agreement lets an update be taken to be sent


class NotMailable(Exception):
    """The update cannot be sent as news; its text is one sentence."""


def request_news(session: Session, slug: str, *, by: Account, handlers: four_eyes.Handlers) -> Request:
    """Ask a second organizer to agree that an update is sent; asking again changes nothing. Raise NotMailable."""
    ledger.begin_change(session)
    facts = {"update": slug, "digest": words_fingerprint(session, slug)}
    _check_number(session, slug)
    if find_agreed(session, slug):
        raise NotMailable(gettext("It has already been agreed to."))
    same = (one for one in four_eyes.pending(session) if (one.act, one.facts) == (Action.NEWS_MAILING, facts))
    return next(same, None) or four_eyes.request_approval(session, by, Action.NEWS_MAILING, facts, handlers)


def news_agreed(session: Session, facts: dict[str, Any], by: str) -> None:
    """Record that an update may be sent; raise NotMailable where its words are others by now, or there were two lately."""
    if words_fingerprint(session, facts["update"]) != facts["digest"]:
        raise NotMailable(gettext("The update has changed in the meantime. Request sending again."))
    _check_number(session, facts["update"])
    audit.record(session, by, Action.NEWS_AGREED, update=facts["update"])


def find_agreed(session: Session, slug: str) -> Request | None:
    """Return the agreement by which an update can be taken to be sent now; None where there is none for its words."""
    newest = find_newest(session, slug)
    return newest if newest and good_until(newest) >= now().date() else None


def find_newest(session: Session, slug: str) -> Request | None:
    """Return the newest agreement to the words of an update, even if it is over."""
    return next((one for one in _agreed(session, slug) if _is_for_words_of_now(session, one)), None)


def find_waiting(session: Session) -> set[str]:
    """Return the updates that a second organizer is to agree to, with the words that they have now."""
    asked = [one for one in four_eyes.pending(session) if one.act == Action.NEWS_MAILING]
    return {one.facts["update"] for one in asked if _is_for_words_of_now(session, one)}


def good_until(agreed: Request) -> date:
    """Return the last day on which an update can be taken to be sent, by an agreement."""
    return ((agreed.done_at or agreed.asked_at) + GOOD_FOR).date()


def words_fingerprint(session: Session, slug: str) -> str:
    """Return 32 hex digits over the public words of an update; raise NotMailable if it has none."""
    found = _find_fingerprint(session, slug)
    if found is None:
        raise NotMailable(gettext("There is no such update."))
    return found


def _find_fingerprint(session: Session, slug: str) -> str | None:
    rows = [row for row in read_rows(session) if (row.kind, row.name) == (TextKind.UPDATE, slug)]
    if not rows or not any(rows[-1].value["names"].values()):
        return None
    return hashlib.sha256(rows[-1].words.encode()).hexdigest()[:32]


def _is_for_words_of_now(session: Session, request: Request) -> bool:
    return bool(request.facts["digest"] == _find_fingerprint(session, request.facts["update"]))


def _check_number(session: Session, slug: str) -> None:
    """Raise NotMailable where it would be the third update in a month; the same one again is no further one."""
    lately = {one.facts["update"] for one in _agreed(session) if (one.done_at or now()) > now() - NEWS_WITHIN}
    if len(lately - {slug}) >= MOST_NEWS:
        raise NotMailable(gettext("Two updates were agreed to in the last 30 days. No more are allowed."))


def _agreed(session: Session, slug: str | None = None) -> list[Request]:
    """Return the requests to send an update, or any, that were agreed to, the newest first. One that is decided now is none."""
    done = Request.act == Action.NEWS_MAILING.value, Request.done_at.is_not(None)
    found = session.scalars(sa.select(Request).where(*done).order_by(Request.id.desc()))
    return [one for one in found if slug in (None, one.facts["update"])]
