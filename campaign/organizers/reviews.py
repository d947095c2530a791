"""What organizers review: held groups of signatures, names that are odd or held, and waves of signatures.

Signatures may be from before encoded words were refused in addresses, when one mailbox could sign once with each spelling of
it: they are put before the organizers too.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from nacl.public import PrivateKey
from sqlalchemy.orm import Session

from campaign.crypto.keys import key_id
from campaign.crypto.sealing import CannotOpen, open_sealed
from campaign.database import Database, table
from campaign.exports import rows
from campaign.exports.rows import StoredSignature
from campaign.keyset import PageOrder, read_page
from campaign.organizers import audit
from campaign.organizers.actions import Action
from campaign.outbox.address import ENCODED_WORD
from campaign.petition import display_names
from campaign.petition.counting import counted, held, standing
from campaign.petition.models import Burst, BurstMember, NameReview, Signature
from campaign.petition.name_flags import ADDRESS
from campaign.petition.name_folding import fold_name

REVIEW_PAGE_SIZE = 25  # names; a form of the desk carries 60 fields at most
MAX_MEMBERS = 50  # of a wave, that are shown, each with a box to tick
MAX_GROUPS = 100  # that are shown
_signature = table(Signature)
OLDEST_FIRST = PageOrder((NameReview.day, NameReview.signature_id))
IS_PENDING = NameReview.refused_on.is_(None)


@dataclass(frozen=True)
class PendingName:
    """The shown name of one signature that waits to be reviewed."""

    id: str  # of the signature, in hex
    name: str
    is_held: bool  # not shown until then
    flags: list[str]
    day: date
    reported_on: date | None


def pending_names(session: Session, after: str) -> tuple[list[PendingName], str | None]:
    """Return one page of the names that wait and were not reported, and the key of the next page."""
    found = read_page(session, _waiting(NameReview.reported_on.is_(None)), OLDEST_FIRST, size=REVIEW_PAGE_SIZE, after=after)
    return [_pending(row) for row in found.rows], found.next


def reported_names(session: Session) -> list[PendingName]:
    """Return the names of which somebody said that they did not sign, the longest waiting first."""
    waiting = _waiting(NameReview.reported_on.is_not(None)).order_by(NameReview.reported_on, NameReview.signature_id)
    return [_pending(row) for row in session.execute(waiting.limit(REVIEW_PAGE_SIZE))]


def count_pending(session: Session) -> tuple[int, date | None]:
    """Return how many names wait to be looked at, and since when the oldest does."""
    number, oldest = sa.func.count(), sa.func.min(sa.func.coalesce(NameReview.reported_on, NameReview.day))
    waiting = counted(number, oldest).join(NameReview, NameReview.signature_id == Signature.id).where(IS_PENDING)
    found = session.execute(waiting).one()
    return found[0], found[1]


def _waiting(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns = (
        NameReview.day.label("key"),
        NameReview.signature_id.label("id"),
        NameReview.held,
        NameReview.flags,
        NameReview.reported_on,
        Signature.shown_as,
    )
    return counted(*columns).join(NameReview, NameReview.signature_id == Signature.id).where(IS_PENDING, condition)


def _pending(row: Any) -> PendingName:
    words = row.held or row.shown_as or ""
    return PendingName(row.id.hex(), words, row.held is not None, row.flags.split(), row.key, row.reported_on)


def accept(session: Session, ids: list[bytes], *, by: str) -> None:
    """Show names that were held, and mark the others as in order."""
    number = display_names.accept_names(session, ids)
    if number:
        audit.record(session, by, Action.WORDS_ACCEPTED, number=number, signature=_named(ids))


def refuse(session: Session, ids: list[bytes], *, by: str, today: date) -> None:
    """Hide these names; their signatures count as before."""
    number = display_names.refuse_names(session, ids, today)
    if number:
        audit.record(session, by, Action.WORDS_REFUSED, number=number, signature=_named(ids))


def restore_refused(session: Session, signature: bytes, *, by: str) -> None:
    """Put words that were refused before the organizers again."""
    if display_names.undo_refusal(session, signature):
        audit.record(session, by, Action.REFUSAL_UNDONE, signature=signature.hex())


def names_of(session: Session, ids: list[bytes]) -> list[PendingName]:
    """Return those of these names that wait, to be asked once more."""
    waiting = _waiting(NameReview.signature_id.in_(ids)).order_by(NameReview.day, NameReview.signature_id)
    return [_pending(row) for row in session.execute(waiting)]


def _named(ids: list[bytes]) -> str:
    """Return whose names these are, for the audit: never the names themselves."""
    return " ".join(one.hex() for one in ids)


def pending_bursts(session: Session) -> list[Burst]:
    """Return the waves that nobody has reviewed yet, the newest first."""
    waiting = sa.select(Burst).where(Burst.looked_on.is_(None), Burst.is_held.is_(False))
    return list(session.scalars(waiting.order_by(Burst.id.desc()).limit(MAX_GROUPS)))


def held_groups(session: Session) -> list[Any]:
    """Return the groups in which signatures are held now, the oldest first: `id`, `day` and `number` of those held."""
    number = sa.func.count().label("number")
    found = held(Burst.id, Burst.day, number).join(Burst, Burst.id == Signature.held_in).group_by(Burst.id, Burst.day)
    return list(session.execute(found.order_by(Burst.id).limit(MAX_GROUPS)))


def held_ids(session: Session, number: int, most: int) -> list[bytes]:
    """Return the ids of the signatures that are held in a group."""
    return list(session.scalars(held(Signature.id).where(Signature.held_in == number).order_by(Signature.id).limit(most)))


def count_held_group(session: Session, number: int, *, by: str) -> None:
    """Let the signatures that are held in a group into the count."""
    theirs = _signature.c.held_in == number, _signature.c.removal_id.is_(None)
    _hold(session, Action.HELD_COUNTED, number, None, theirs, by)


def hold_group_again(session: Session, number: int, *, by: str) -> None:
    """Hold the signatures of a group for review again that were let into the count."""
    members = sa.select(BurstMember.signature_id).join(Burst, Burst.id == BurstMember.wave_id)
    members = members.where(BurstMember.wave_id == number, Burst.is_held)
    theirs = _signature.c.id.in_(members), _signature.c.held_in.is_(None), _signature.c.removal_id.is_(None)
    _hold(session, Action.HELD_AGAIN, number, number, theirs, by)


def _hold(
    session: Session, action: Action, number: int, group: int | None, theirs: tuple[sa.ColumnElement[bool], ...], by: str
) -> None:
    changed = len(session.scalars(sa.update(_signature).where(*theirs).values(held_in=group).returning(_signature.c.id)).all())
    if changed:
        audit.record(session, by, action, wave=number, number=changed)


def burst_members(session: Session, number: int, most: int = MAX_MEMBERS) -> list[Any]:
    """Return the signatures of a wave that were not removed: `id`, `day`, `country`, `language` and `shown_as`."""
    columns = (Signature.id, Signature.confirmed_on.label("day"), Signature.country, Signature.language, Signature.shown_as)
    theirs = standing(*columns).join(BurstMember, BurstMember.signature_id == Signature.id).where(BurstMember.wave_id == number)
    return list(session.execute(theirs.order_by(BurstMember.signature_id).limit(most)))


@dataclass(frozen=True)
class Likeness:
    """How alike the signatures of a group are, as far as can be seen without opening anything."""

    shown: int  # names that are shown, or wait to be
    spellings: int  # different ones among them, however they are written
    same_word: int  # of those with the commonest word
    countries: int
    languages: int


def likeness(session: Session, number: int) -> Likeness:
    """Return how alike the first of a group are, so many as are shown."""
    members = burst_members(session, number)
    waiting = sa.select(NameReview.signature_id, NameReview.held).where(NameReview.signature_id.in_([row.id for row in members]))
    held_words = {row.signature_id: row.held for row in session.execute(waiting)}
    names = [name for row in members if (name := fold_name(row.shown_as or held_words.get(row.id) or ""))]
    words = Counter(word for name in names for word in set(name.split()))
    return Likeness(
        shown=len(names),
        spellings=len(set(names)),
        same_word=max(words.values(), default=0),
        countries=len({row.country for row in members}),
        languages=len({row.language for row in members}),
    )


def count_others(session: Session, burst: Burst) -> int:
    """Return how many other groups or waves of the same kind and provider there are from the same day."""
    same = Burst.id != burst.id, Burst.day == burst.day, Burst.provider == burst.provider, Burst.is_held.is_(burst.is_held)
    return session.scalar(sa.select(sa.func.count()).select_from(Burst).where(*same)) or 0


def count_members(session: Session, number: int) -> int:
    """Return how many signatures of a wave were not removed."""
    theirs = standing(sa.func.count()).join(BurstMember, BurstMember.signature_id == Signature.id)
    return session.scalar(theirs.where(BurstMember.wave_id == number)) or 0


def mark_in_order(session: Session, number: int, *, by: str, today: date) -> None:
    """Mark a wave as in order."""
    looked = sa.update(Burst).where(Burst.id == number, Burst.looked_on.is_(None)).values(looked_on=today)
    if session.scalar(looked.returning(Burst.id)) is not None:
        audit.record(session, by, Action.WAVE_IN_ORDER, wave=number)


def flag_disguised(database: Database, privates: Iterable[PrivateKey], today: date) -> int:
    """Put the signatures with such an address before the organizers, for review; return how many there are.

    Only what these private keys open can be looked at.
    """
    ring = {key_id(private.public_key): private for private in privates}
    found = [stored.id for page in rows.read_pages(database, rows.SignatureFilter()) for stored in _disguised(ring, page)]
    if found:
        with database.writing() as session:
            for signature in found:
                _flag(session, signature, today)
    return len(found)


def _disguised(ring: dict[bytes, PrivateKey], page: list[StoredSignature]) -> Iterator[StoredSignature]:
    for stored in page:
        private = ring.get(stored.sealed[1:9])
        try:
            if private and ENCODED_WORD.search(open_sealed(private, stored.sealed).email):
                yield stored
        except CannotOpen:  # an export says which record it is
            continue


def _flag(session: Session, signature: bytes, today: date) -> None:
    review = session.get(NameReview, signature)
    if review is not None:
        review.flags = " ".join(dict.fromkeys([*review.flags.split(), ADDRESS]))
        review.refused_on = None
    elif session.scalar(sa.select(Signature.id).where(Signature.id == signature)):
        session.add(NameReview(signature_id=signature, day=today, held=None, flags=ADDRESS, refused_on=None))
