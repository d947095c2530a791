"""What organizers are to look at: words that are odd or held, the longest waiting first, and waves."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.keyset import Order, page
from campaign.organizers import audit
from campaign.organizers.actions import Action
from campaign.petition import display_names
from campaign.petition.models import Review, Signature, Wave, WaveMember

PAGE = 25  # words; a form of the desk carries 60 fields at most
MEMBERS = 200  # of a wave, that are shown
OLDEST_FIRST = Order((Review.day, Review.signature_id))
WAITING = Review.refused_on.is_(None)


class NoSuchWave(Exception):
    """There is no such wave, or no more: it is forgotten after 30 days."""


@dataclass(frozen=True)
class Words:
    """The words of one signature that wait to be looked at."""

    id: str  # of the signature, in hex
    words: str
    is_held: bool  # not shown until then
    flags: list[str]
    day: date


def words(session: Session, after: str) -> tuple[list[Words], str | None]:
    """One page of them, and the key of the next."""
    columns = (Review.day.label("key"), Review.signature_id.label("id"), Review.held, Review.flags, Signature.shown_as)
    waiting = sa.select(*columns).join(Signature, Signature.id == Review.signature_id).where(WAITING)
    found = page(session, waiting, OLDEST_FIRST, size=PAGE, after=after)
    return [_words(row) for row in found.rows], found.next


def _words(row: Any) -> Words:
    return Words(row.id.hex(), row.held or row.shown_as or "", row.held is not None, row.flags.split(), row.key)


def accept(session: Session, ids: list[bytes], *, by: str) -> None:
    """Shows words that were held, and takes the others as in order."""
    number = display_names.accept(session, ids)
    if number:
        audit.note(session, by, Action.WORDS_ACCEPTED, number=number)


def refuse(session: Session, ids: list[bytes], *, by: str, today: date) -> None:
    """Does not show these words; their signatures count as before."""
    number = display_names.refuse(session, ids, today)
    if number:
        audit.note(session, by, Action.WORDS_REFUSED, number=number)


def waves(session: Session) -> list[Wave]:
    """Those nobody has looked at yet, the newest first."""
    return list(session.scalars(sa.select(Wave).where(Wave.looked_on.is_(None)).order_by(Wave.id.desc()).limit(PAGE)))


def wave(session: Session, number: int) -> Wave:
    """One of them; raises NoSuchWave."""
    found = session.get(Wave, number)
    if found is None:
        raise NoSuchWave
    return found


def members(session: Session, number: int, most: int = MEMBERS) -> list[Any]:
    """The signatures of a wave that still stand: `id`, `day`, `country`, `language` and `shown_as`."""
    columns = (Signature.id, Signature.confirmed_on.label("day"), Signature.country, Signature.language, Signature.shown_as)
    theirs = sa.select(*columns).join(WaveMember, WaveMember.signature_id == Signature.id).where(WaveMember.wave_id == number)
    return list(session.execute(theirs.order_by(WaveMember.signature_id).limit(most)))


def standing(session: Session, number: int) -> int:
    """How many of a wave still stand."""
    theirs = sa.select(sa.func.count()).select_from(WaveMember).where(WaveMember.wave_id == number)
    return session.scalar(theirs) or 0


def look(session: Session, number: int, *, by: str, today: date) -> None:
    """Takes a wave as in order."""
    looked = sa.update(Wave).where(Wave.id == number, Wave.looked_on.is_(None)).values(looked_on=today)
    if session.scalar(looked.returning(Wave.id)) is not None:
        audit.note(session, by, Action.WAVE_IN_ORDER, wave=number)
