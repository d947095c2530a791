"""The one definition of what counts, and the published count: taken by the timed work, read by every page."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import Database, insert, now, table
from campaign.petition import day_counts
from campaign.petition.day_counts import Cell, Recount, TextCount, total
from campaign.petition.models import DayCount, DeletedCount, Publication, Signature, Tally
from campaign.petition.plan import Days, PlanChange, history
from campaign.petition.published import newest_id
from campaign.petition.supporters import ShownSupporter, read_shown

PUBLISH_LOCK = b"publish."  # two that publish at once take turns
SMALLEST_CELL = 20  # no country is named for fewer signatures
CELL_STEP = 10  # a country's number moves by no less, so that nobody sees where the last signature came from
FIRST_GOALS = (100, 250, 500)
# Asked before each e-mail, without the rest of the publication.
SELECT_MAIL_STOPPED = sa.select(table(Publication).c.mail_stopped_on)


@dataclass(frozen=True)
class Snapshot:
    """The last publication. `confirmed` is the current number, without withdrawn and removed signatures."""

    confirmed: int = 0
    withdrawn: int = 0
    removed: int = 0
    held: int = 0
    removed_by_reason: tuple[tuple[str, int], ...] = ()
    countries: tuple[tuple[str, int], ...] = ()
    as_of: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    closed_on: date | None = None  # the last day on which signatures were collected, once it is over
    opens_on: date | None = None  # the first one, while it lies ahead
    deleted_on: date | None = None  # the day on which the last record was deleted
    is_testimony_withdrawn: bool = False
    is_sample: bool = False
    is_mail_stopped: bool = False
    are_names_hidden: bool = False
    are_words_held: bool = False
    plan: tuple[PlanChange, ...] = ()  # the newest first
    testimony_withdrawn_on: date | None = None
    signed_texts: tuple[tuple[str, int], ...] = ()  # by the hash of the text that they stand under
    author_hidden_on: date | None = None
    words_id: int = 0  # of the newest of the campaign's own words
    offers_news: bool = False
    supporters: tuple[ShownSupporter, ...] = ()

    @property
    def days(self) -> Days:
        """Return the days of the plan that holds."""
        return self.plan[0].days if self.plan else Days()

    def without_numbers(self) -> "Snapshot":
        """Return it without counts and their minute: equal to the next one where nothing but a count was published."""
        cleared = {name: getattr(NOTHING_COUNTED, name) for name in NUMBERS}
        return replace(self, **cleared)

    @property
    def is_closed(self) -> bool:
        """Return whether the collecting has ended: by a switch or a command, or with the last day of the plan."""
        return self.closed_on is not None

    @property
    def is_open(self) -> bool:
        """Return whether people can sign now."""
        return self.closed_on is None and self.opens_on is None


NOTHING_COUNTED = Snapshot()
NUMBERS = ("confirmed", "withdrawn", "removed", "held", "removed_by_reason", "countries", "as_of", "signed_texts")


def counted(*columns: Any) -> sa.Select[Any]:
    """Select the signatures that count, or columns of them: confirmed from their mailboxes, not removed and not held."""
    return standing(*columns).where(Signature.held_in.is_(None))


def held(*columns: Any) -> sa.Select[Any]:
    """Select the signatures that are held for review, or columns of them: they were confirmed, and do not count."""
    return standing(*columns).where(Signature.held_in.is_not(None))


def standing(*columns: Any) -> sa.Select[Any]:
    """Select the signatures that count or are held, or columns of them; a mailbox has at most one."""
    return sa.select(*(columns or (Signature,))).select_from(Signature).where(Signature.removal_id.is_(None))


def count(session: Session) -> int:
    """Return how many signatures count now, including those that were deleted on their day."""
    deleted = session.scalar(sa.select(sa.func.sum(DeletedCount.number))) or 0
    return (session.scalar(counted(sa.func.count())) or 0) + deleted


def count_held(session: Session) -> int:
    """Return how many signatures are held for review now."""
    return session.scalar(held(sa.func.count())) or 0


def publish(database: Database, *, batch: int = 1) -> None:
    """Count and publish. Move the number only by `batch` or more, so that nobody sees who came last."""
    with database.reading() as session:
        anew = count_anew(session, now())
        left, waiting, texts = gone(session), count_held(session), day_counts.by_text(session, anew)
    with database.writing() as session:
        database.lock(session, PUBLISH_LOCK)
        row = session.get(Publication, 1)
        if row is None:
            return
        day_counts.replace(session, DayCount, anew)
        if row.text_moves == anew.moves:  # else a signature has left a text since it was counted there: next time, all days
            day_counts.replace(session, TextCount, anew)
            row.text_moves_counted = anew.moves
        row.counted_at = now().replace(second=0, microsecond=0)
        standing_now = total(session)
        if batch > 1 and max(abs(row.confirmed - standing_now), abs(row.held - waiting)) < batch:
            return
        row.confirmed, row.held, row.countries = standing_now, waiting, _cells(session)
        row.signed_texts = texts
        row.withdrawn = left.pop("withdrawn", 0)
        row.removed, row.removed_by_reason = sum(left.values()), {reason: number for reason, number in left.items() if number}
        row.as_of = row.counted_at


def count_by_text(session: Session) -> dict[str, int]:
    """Return how many signatures each text has now, by its hash. All are counted, on an index, which takes its time."""
    return day_counts.by_text(session, Recount(date.min, _count_cells(session, date.min), moves=0))


def count_anew(session: Session, at: datetime) -> Recount:
    """Count again what can have changed since the last time: the days from one on.

    People confirm today; for an hour yesterday is still open, for those who came at midnight. Older days change when
    somebody withdraws or is removed, which their sum shows, or moves to another text: then, and once a day, all days are
    counted, on an index. An older program that serves beside this one counts no texts, which their sum shows too.
    """
    publication, since = session.get(Publication, 1), (at - timedelta(hours=1)).date()
    moves = publication.text_moves if publication else 0
    anew = Recount(since, _count_cells(session, since), moves)
    was_counted_today = publication and publication.counted_at and publication.counted_at.date() == at.date()
    if was_counted_today and publication and publication.text_moves_counted == moves:
        older = count(session) - anew.number  # all less the later ones, because counting all is quick
        if total(session, since) == total(session, since, kind=TextCount) == older:
            return anew
    return Recount(date.min, _count_cells(session, date.min), moves)


def _count_cells(session: Session, since: date) -> Counter[Cell]:
    """Count the signatures from a day on, those too that were deleted on the day that was promised."""
    there = (Signature.confirmed_on, Signature.country, Signature.language, Signature.text_sha256)
    kept = (DeletedCount.day, DeletedCount.country, DeletedCount.language, DeletedCount.text_sha256)
    queries = (
        counted(*there, sa.func.count()).where(Signature.confirmed_on >= since).group_by(*there),
        sa.select(*kept, DeletedCount.number).where(DeletedCount.day >= since),
    )
    numbers: Counter[Cell] = Counter()
    for query in queries:
        for day, country, language, text, number in session.execute(query):
            numbers[day, country or "", language, text] += number
    return numbers


def read_snapshot(session: Session) -> Snapshot:
    """Return the last publication, and the plan as it is today."""
    row = session.get(Publication, 1)
    if row is None:
        return Snapshot()
    changes, today = tuple(history(session)), now().date()
    days = changes[0].days if changes else Days()
    last_day = days.closes_on if days.closes_on and days.closes_on < today else None
    return Snapshot(
        confirmed=row.confirmed,
        withdrawn=row.withdrawn,
        removed=row.removed,
        held=row.held,
        removed_by_reason=tuple(sorted(row.removed_by_reason.items())),
        countries=tuple(sorted(row.countries.items())),
        as_of=row.as_of,
        closed_on=min(filter(None, (row.closed_on, last_day, row.deleted_on)), default=None),
        deleted_on=row.deleted_on,
        opens_on=days.opens_on if days.opens_on and days.opens_on > today else None,
        is_testimony_withdrawn=row.testimony_withdrawn_on is not None,
        is_sample=row.is_sample,
        is_mail_stopped=row.mail_stopped_on is not None,
        are_names_hidden=row.names_hidden_on is not None,
        are_words_held=row.words_held_on is not None,
        plan=changes,
        testimony_withdrawn_on=row.testimony_withdrawn_on,
        signed_texts=tuple(sorted((row.signed_texts or {}).items())),
        author_hidden_on=row.author_hidden_on,
        words_id=newest_id(session),
        supporters=read_shown(session),
    )


def add_to_tally(session: Session, *, day: date, reason: str, number: int = 1) -> None:
    """Add signatures that went away to the tally, the only thing that remains of them."""
    more = insert(session, Tally).values(day=day, reason=reason, number=number)
    session.execute(more.on_conflict_do_update(index_elements=["day", "reason"], set_={"number": Tally.number + number}))


def gone(session: Session) -> dict[str, int]:
    """Return how many signatures went away, by reason."""
    summed = sa.select(Tally.reason, sa.func.sum(Tally.number)).group_by(Tally.reason)
    return {row[0]: row[1] for row in session.execute(summed)}


def next_goal(number: int, own: int | None = None) -> int:
    """Return the first goal not reached yet: the campaign's own, else one of 100, 250, 500, 1,000, 2,500, 5,000, ..."""
    if own and number < own:
        return own
    power = 1
    while True:
        for step in FIRST_GOALS:
            if number < step * power:
                return step * power
        power *= 10


def _cells(session: Session) -> dict[str, int]:
    """Return the published numbers of the countries: from SMALLEST_CELL upwards, rounded down to whole steps."""
    number = sa.func.sum(DayCount.number)
    large = sa.select(DayCount.country, number).where(DayCount.country != "").group_by(DayCount.country)
    return {row[0]: row[1] - row[1] % CELL_STEP for row in session.execute(large.having(number >= SMALLEST_CELL))}
