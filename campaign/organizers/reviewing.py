"""What organizers are to look at: words that are odd or held, the longest waiting first, and waves."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.organizers import audit
from campaign.organizers.actions import Action
from campaign.petition import showing
from campaign.petition.models import Review, Signature, Wave, WaveMember

PAGE = 25  # words; a form of the desk carries 30 fields at most
MEMBERS = 200  # of a wave, that are shown
KEY = re.compile(r"(\d{4}-\d\d-\d\d)\.([0-9a-f]{32})", re.ASCII)
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
    waiting = sa.select(Review, Signature.shown_as).join(Signature, Signature.id == Review.signature_id).where(WAITING)
    key = KEY.fullmatch(after)
    if key:
        waiting = waiting.where(sa.tuple_(Review.day, Review.signature_id) > sa.tuple_(*_read(key)))
    rows = session.execute(waiting.order_by(Review.day, Review.signature_id).limit(PAGE + 1)).all()
    found = [
        Words(one.signature_id.hex(), one.held or shown_as or "", one.held is not None, one.flags.split(), one.day)
        for one, shown_as in rows[:PAGE]
    ]
    return found, f"{found[-1].day}.{found[-1].id}" if len(rows) > PAGE else None


def accept(session: Session, ids: list[bytes], *, by: str) -> None:
    """Shows words that were held, and takes the others as in order."""
    number = showing.accept(session, ids)
    if number:
        audit.note(session, by, Action.WORDS_ACCEPTED, number=number)


def refuse(session: Session, ids: list[bytes], *, by: str, today: date) -> None:
    """Does not show these words; their signatures count as before."""
    number = showing.refuse(session, ids, today)
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


def _read(key: re.Match[str]) -> tuple[sa.ColumnElement[Any], ...]:
    """A key as it stands in an address; the first page for a day that is none."""
    try:
        day = date.fromisoformat(key[1])
    except ValueError:
        day = date.min
    return sa.literal(day), sa.literal(bytes.fromhex(key[2]), sa.LargeBinary)
