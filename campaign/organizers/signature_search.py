"""Finding signatures: by state, day, country and language, or by the words of a shown name; page by page, by key."""

import operator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from campaign.keyset import PageOrder
from campaign.organizers.pager import PagedQuery
from campaign.petition.models import Signature, Submission
from campaign.petition.name_index import NameWord, query_words, starts_with
from campaign.petition.removed import Removed

FREQUENCY_LIMIT = 1000  # words that are looked at to see which of those that were typed is the rarest


@dataclass(frozen=True)
class SignatureSearch:
    """Which signatures somebody looks for. A name is looked for among those that stand and are shown."""

    state: str = "standing"  # or shown, waiting, removed
    name: str = ""
    country: str = ""
    language: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class MailboxRecords:
    """What there is of one mailbox."""

    records: list[Signature | Removed]
    waiting: int


def get_signature(session: Session, record: bytes) -> Signature | Removed | None:
    """A signature, also a removed one."""
    return session.get(Signature, record) or session.get(Removed, record)


def find_by_mailbox(session: Session, tag: bytes) -> MailboxRecords:
    """Everything that a mailbox has signed, found by its tag."""
    records = [*session.scalars(sa.select(Signature).where(Signature.tag == tag))]
    removed = session.scalars(sa.select(Removed).where(Removed.tag == tag))
    waiting = sa.select(sa.func.count()).select_from(Submission).where(Submission.tag == tag)
    return MailboxRecords([*records, *removed], session.scalar(waiting) or 0)


def build_query(session: Session, wanted: SignatureSearch) -> PagedQuery:
    """The statement that finds what is wanted."""
    words = query_words(wanted.name)
    if words:
        return _named(session, wanted, words)
    if wanted.state == "waiting":
        return _waiting(wanted)
    kind = Removed if wanted.state == "removed" else Signature
    statement = _keys(kind.confirmed_on, kind.id).where(*_filters(wanted, kind, kind.confirmed_on))
    if wanted.state == "shown":
        statement = statement.where(Signature.shown_as.is_not(None))
    return PagedQuery(kind, statement, PageOrder((kind.confirmed_on, kind.id), is_newest_first=True))


def _named(session: Session, wanted: SignatureSearch, words: list[str]) -> PagedQuery:
    """Names in which every typed word begins a word, once each, in the order of the word that the rarest of them begins."""
    rarest, *others = sorted(words, key=lambda word: _frequency(session, word))
    other = aliased(NameWord)
    same = sa.select(other.word).where(other.signature_id == NameWord.signature_id)
    statement = _keys(NameWord.word, NameWord.signature_id).join(Signature, NameWord.signature_id == Signature.id)
    statement = statement.where(
        starts_with(NameWord.word, rarest),
        ~same.where(other.word >= rarest, other.word < NameWord.word).exists(),
        *(same.where(starts_with(other.word, word)).exists() for word in others),
        *_filters(wanted, Signature, Signature.confirmed_on, on_index=False),  # last, of the few that the words have left
    )
    return PagedQuery(Signature, statement, PageOrder((NameWord.word, NameWord.signature_id)))


def _waiting(wanted: SignatureSearch) -> PagedQuery:
    """What waits to be confirmed; its words are still locked, and its order is left to chance."""
    days = {"since": wanted.since and _midnight(wanted.since), "until": wanted.until and _midnight(wanted.until, 1)}
    filters = [Submission.created_at >= days["since"]] if days["since"] else []
    filters += [Submission.created_at < days["until"]] if days["until"] else []
    plain = SignatureSearch(country=wanted.country, language=wanted.language)
    filters += _filters(plain, Submission, Submission.created_at)
    return PagedQuery(Submission, _keys(sa.literal(""), Submission.id).where(*filters), PageOrder((Submission.id,)))


def _keys(key: Any, record: Any) -> sa.Select[Any]:
    return sa.select(key.label("key"), record.label("id"))


def _filters(wanted: SignatureSearch, kind: Any, day: Any, *, on_index: bool = True) -> list[sa.ColumnElement[bool]]:
    country, language = kind.country, kind.language
    if not on_index:  # an expression has none
        country, language, day = (sa.func.coalesce(column, column) for column in (country, language, day))
    wishes = (
        (operator.eq, country, wanted.country),
        (operator.eq, language, wanted.language),
        (operator.ge, day, wanted.since),
        (operator.le, day, wanted.until),
    )
    return [compare(column, wish) for compare, column, wish in wishes if wish]


def _frequency(session: Session, word: str) -> int:
    few = sa.select(sa.literal(1).label("one")).where(starts_with(NameWord.word, word)).limit(FREQUENCY_LIMIT).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(few)) or 0


def _midnight(day: date, later: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=later), time(), UTC)
