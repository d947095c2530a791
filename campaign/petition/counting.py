"""The one definition of what counts, and the published count: taken by the timed work, read by every page."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import Database, insert, now
from campaign.petition.models import DayCount, Publication, Signature, Tally

PUBLISH_LOCK = b"publish."  # two that publish at once take turns
SMALLEST_CELL = 20  # no country is named for fewer signatures
CELL_STEP = 10  # a country's number moves by no less, so that nobody sees where the last signature came from
FIRST_GOALS = (100, 250, 500)


@dataclass(frozen=True)
class Snapshot:
    """What was last published. `confirmed` stands now: confirmed less withdrawn and removed."""

    confirmed: int = 0
    withdrawn: int = 0
    removed: int = 0
    held: int = 0
    removed_by_reason: tuple[tuple[str, int], ...] = ()
    countries: tuple[tuple[str, int], ...] = ()
    as_of: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    is_closed: bool = False
    is_testimony_withdrawn: bool = False
    is_sample: bool = False
    is_mail_stopped: bool = False
    are_names_hidden: bool = False
    are_words_held: bool = False


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
    """How many signatures count now."""
    return session.scalar(counted(sa.func.count())) or 0


def count_held(session: Session) -> int:
    """How many signatures are held for review now."""
    return session.scalar(held(sa.func.count())) or 0


def publish(database: Database, *, batch: int = 1) -> None:
    """Counts and publishes. The number moves only by `batch` and more, so that nobody sees who came last."""
    with database.reading() as session:
        since, rows = count_anew(session, now())
        left, waiting = gone(session), count_held(session)
    with database.writing() as session:
        database.lock(session, PUBLISH_LOCK)
        row = session.get(Publication, 1)
        if row is None:
            return
        session.execute(sa.delete(DayCount).where(DayCount.day >= since))
        if rows:
            session.execute(sa.insert(DayCount), rows)
        row.counted_at = now().replace(second=0, microsecond=0)
        standing_now = total(session)
        if batch > 1 and max(abs(row.confirmed - standing_now), abs(row.held - waiting)) < batch:
            return
        row.confirmed, row.held, row.countries = standing_now, waiting, _cells(session)
        row.withdrawn = left.pop("withdrawn", 0)
        row.removed, row.removed_by_reason = sum(left.values()), {reason: number for reason, number in left.items() if number}
        row.as_of = row.counted_at


def count_anew(session: Session, at: datetime) -> tuple[date, list[dict[str, Any]]]:
    """Counts anew what can have changed since the last time: the rows of DayCount from a day on.

    People confirm today; for an hour yesterday is still open, for those who came at midnight. Older days change when
    somebody withdraws or is removed, which their sum shows: then, and once a day, all days are counted, on an index.
    """
    publication, since = session.get(Publication, 1), (at - timedelta(hours=1)).date()
    was_counted_today = publication and publication.counted_at and publication.counted_at.date() == at.date()
    if not was_counted_today or total(session, before=since) != _standing(session, before=since):
        since = date.min
    cell = (Signature.confirmed_on, Signature.country, Signature.language)
    cells = counted(*cell, sa.func.count()).where(Signature.confirmed_on >= since).group_by(*cell)
    names = ("day", "country", "language", "number")
    return since, [dict(zip(names, (day, country or "", *rest), strict=True)) for day, country, *rest in session.execute(cells)]


def _standing(session: Session, before: date) -> int:
    """How many signatures of the days before one count now: all less the later ones, as databases are quick to count all."""
    number = counted(sa.func.count())
    later = number.where(Signature.confirmed_on >= before)
    return session.scalar(sa.select(number.scalar_subquery() - later.scalar_subquery())) or 0  # at one moment


def total(session: Session, before: date = date.max) -> int:
    """How many signatures stood at the last counting, all or those of the days before one."""
    return session.scalar(sa.select(sa.func.sum(DayCount.number)).where(DayCount.day < before)) or 0


def read_snapshot(session: Session) -> Snapshot:
    """The last publication."""
    row = session.get(Publication, 1)
    if row is None:
        return Snapshot()
    return Snapshot(
        confirmed=row.confirmed,
        withdrawn=row.withdrawn,
        removed=row.removed,
        held=row.held,
        removed_by_reason=tuple(sorted(row.removed_by_reason.items())),
        countries=tuple(sorted(row.countries.items())),
        as_of=row.as_of,
        is_closed=row.closed_on is not None,
        is_testimony_withdrawn=row.testimony_withdrawn_on is not None,
        is_sample=row.is_sample,
        is_mail_stopped=row.mail_stopped_on is not None,
        are_names_hidden=row.names_hidden_on is not None,
        are_words_held=row.words_held_on is not None,
    )


def add_to_tally(session: Session, *, day: date, reason: str, number: int = 1) -> None:
    """Notes that signatures went away; nothing else of them remains."""
    more = insert(session, Tally).values(day=day, reason=reason, number=number)
    session.execute(more.on_conflict_do_update(index_elements=["day", "reason"], set_={"number": Tally.number + number}))


def gone(session: Session) -> dict[str, int]:
    """Return how many signatures went away, by reason."""
    summed = sa.select(Tally.reason, sa.func.sum(Tally.number)).group_by(Tally.reason)
    return {row[0]: row[1] for row in session.execute(summed)}


def next_goal(number: int, own: int | None = None) -> int:
    """The first goal that is not reached yet: 100, 250, 500, 1,000, 2,500, 5,000, ..., or the campaign's own until it is."""
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
