"""Find signatures: by state, day, country and language, or by the words of a shown name; page by page, by key."""

import operator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from campaign.database import table
from campaign.keyset import KeysetPage, PageOrder, read_page
from campaign.outbox.queue import OutboxMessage
from campaign.petition.counting import counted
from campaign.petition.links import LinkRequest, of_mailbox, signed_by
from campaign.petition.models import NameReview, Signature, Submission
from campaign.petition.name_index import NameWord, query_words, starts_with

PAGE_SIZE = 50
COUNT_LIMIT = 10_000  # of what is found; counting more would take long
NAMES_COUNT_LIMIT = 1000  # of names that are found: each is looked up, where the others are counted in an index
FREQUENCY_LIMIT = 1000  # words that are looked at to see which of those that were typed is the rarest


@dataclass(frozen=True)
class SignatureSearch:
    """The signatures to look for. A name is searched among the shown names of counted signatures."""

    state: str = "standing"  # or shown, waiting, refused, removed
    name: str = ""
    country: str = ""
    language: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class PagedQuery:
    """A statement that finds `key` and `id` of signatures of one kind, as an index has them, and the order of its pages."""

    kind: type[Signature | Submission]
    statement: sa.Select[Any]
    order: PageOrder
    most_counted: int  # beyond it the number that is found is not known


@dataclass(frozen=True)
class MailboxRecords:
    """What there is of one mailbox."""

    records: list[Signature]
    waiting: int  # e-mails whose link was not pressed yet
    links: int = 0  # e-mails with a link that was asked for once more
    newest: OutboxMessage | None = None  # of those whose link was not pressed yet

    @property
    def number(self) -> int:
        """Return how many things there are."""
        return len(self.records) + self.waiting + self.links


def find_by_mailbox(session: Session, tags: list[bytes]) -> MailboxRecords:
    """Return everything that a mailbox has signed, found by its tags of every version: first what counts."""
    records = sa.select(Signature).where(signed_by(tags)).order_by(Signature.removal_id.is_not(None))
    kinds = (table(Submission), table(LinkRequest))
    numbers = (sa.select(sa.func.count()).select_from(kind).where(of_mailbox(kind, tags)) for kind in kinds)
    emails = (
        sa.select(OutboxMessage).join(Submission, Submission.id == OutboxMessage.id).where(of_mailbox(table(Submission), tags))
    )
    newest = session.scalar(emails.order_by(Submission.created_at.desc()).limit(1))
    waiting, links = (session.scalar(number) or 0 for number in numbers)
    return MailboxRecords(list(session.scalars(records)), waiting, links, newest)


def build_query(session: Session, wanted: SignatureSearch) -> PagedQuery:
    """Return the statement that finds what is wanted."""
    words = query_words(wanted.name)
    if words:
        return _named(session, wanted, words)
    if wanted.state == "waiting":
        return _waiting(wanted)
    statement = counted(Signature.confirmed_on.label("key"), Signature.id.label("id"))
    if wanted.state == "removed":
        statement = _keys(Signature.confirmed_on, Signature.id).where(Signature.removal_id.is_not(None))
    statement = statement.where(*_filters(wanted, Signature, Signature.confirmed_on))
    if wanted.state == "shown":
        statement = statement.where(Signature.shown_as.is_not(None))
    if wanted.state == "refused":
        refused = sa.select(NameReview.signature_id).where(NameReview.refused_on.is_not(None))
        statement = statement.where(Signature.id.in_(refused))
    return PagedQuery(Signature, statement, PageOrder((Signature.confirmed_on, Signature.id), is_newest_first=True), COUNT_LIMIT)


def search_page(session: Session, query: PagedQuery, *, after: str = "", before: str = "") -> KeysetPage:
    """Return one page of rows, which have `id`, `day`, `country`, `language` and `shown_as`."""
    keys = read_page(session, query.statement, query.order, size=PAGE_SIZE, after=after, before=before)
    return KeysetPage(rows_of_ids(session, [row.id for row in keys.rows], query.kind), keys.previous, keys.next)


def count_found(session: Session, query: PagedQuery) -> int:
    """Return how many are found; one more than `most_counted` for all numbers above it."""
    found = query.statement.limit(query.most_counted + 1).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(found)) or 0


def read_ids(session: Session, query: PagedQuery, most: int) -> list[bytes]:
    """Return the ids of what is found, as many as `most`, in the order of the pages."""
    return [row.id for row in session.execute(query.statement.order_by(*query.order.clauses()).limit(most))]


def rows_of_ids(session: Session, ids: list[bytes], kind: Any = Signature) -> list[Any]:
    """Return signatures of one kind by their ids, those that are there, in the same order."""
    found = {row.id: row for row in session.execute(_columns(kind).where(kind.id.in_(ids)))}
    return [found[record] for record in ids if record in found]


def rows_of_removal(session: Session, number: int) -> list[Any]:
    """Return the first page of what was removed together."""
    theirs = _columns(Signature).where(Signature.removal_id == number)
    return list(session.execute(theirs.order_by(Signature.confirmed_on.desc(), Signature.id.desc()).limit(PAGE_SIZE)))


def _columns(kind: Any) -> sa.Select[Any]:
    """Select what the list shows; the words of what waits are still locked."""
    is_waiting = kind is Submission
    day, shown_as = (kind.created_at, sa.null()) if is_waiting else (kind.confirmed_on, kind.shown_as)
    return sa.select(kind.id, day.label("day"), kind.country, kind.language, shown_as.label("shown_as"))


def _named(session: Session, wanted: SignatureSearch, words: list[str]) -> PagedQuery:
    """Find names in which every typed word begins a word, once each, in the order of the word that the rarest of them begins."""
    rarest, *others = sorted(words, key=lambda word: _frequency(session, word))
    other = aliased(NameWord)
    same = sa.select(other.word).where(other.signature_id == NameWord.signature_id)
    statement = _keys(NameWord.word, NameWord.signature_id).join(Signature, NameWord.signature_id == Signature.id)
    statement = statement.where(
        Signature.removal_id.is_(None),
        Signature.held_in.is_(None),  # each by itself: PostgreSQL knows of both that nearly all pass, and reads in order
        starts_with(NameWord.word, rarest),
        ~same.where(other.word >= rarest, other.word < NameWord.word).exists(),
        *(same.where(starts_with(other.word, word)).exists() for word in others),
        *_filters(wanted, Signature, Signature.confirmed_on, on_index=False),  # last, of the few that the words have left
    )
    return PagedQuery(Signature, statement, PageOrder((NameWord.word, NameWord.signature_id)), NAMES_COUNT_LIMIT)


def _waiting(wanted: SignatureSearch) -> PagedQuery:
    """Find what waits to be confirmed; its words are still locked, and its order is left to chance."""
    days = {"since": wanted.since and _midnight(wanted.since), "until": wanted.until and _midnight(wanted.until, 1)}
    filters = [Submission.created_at >= days["since"]] if days["since"] else []
    filters += [Submission.created_at < days["until"]] if days["until"] else []
    plain = SignatureSearch(country=wanted.country, language=wanted.language)
    filters += _filters(plain, Submission, Submission.created_at)
    return PagedQuery(Submission, _keys(sa.literal(""), Submission.id).where(*filters), PageOrder((Submission.id,)), COUNT_LIMIT)


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
