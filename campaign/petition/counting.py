"""The one definition of what counts, and the published count: taken by the timed work, read by every page."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import Database, insert, now
from campaign.petition.models import Publication, Signature, Tally

SMALLEST_CELL = 20  # no country is named for fewer signatures
FIRST_GOALS = (100, 250, 500)


@dataclass(frozen=True)
class Published:
    """What was last published. `confirmed` stands now: confirmed less withdrawn and removed."""

    confirmed: int = 0
    withdrawn: int = 0
    removed: int = 0
    countries: tuple[tuple[str, int], ...] = ()
    as_of: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    is_closed: bool = False
    is_testimony_withdrawn: bool = False
    is_sample: bool = False


def confirmed() -> sa.Select[Signature]:
    """The signatures that count: each was confirmed from its mailbox and still stands."""
    return sa.select(Signature)


def count(session: Session) -> int:
    """How many signatures count now."""
    return session.scalar(confirmed().with_only_columns(sa.func.count(), maintain_column_froms=True)) or 0


def publish(database: Database, *, batch: int = 1) -> None:
    """Counts and publishes. The number moves only by `batch` and more, so that nobody sees who came last."""
    with database.reading() as session:
        standing, cells = count(session), _cells(session)
        gone = {row[0]: row[1] for row in session.execute(_gone())}
    with database.writing() as session:
        row = session.get(Publication, 1)
        if row is None or (batch > 1 and abs(row.confirmed - standing) < batch):
            return
        row.confirmed, row.countries = standing, cells
        row.withdrawn, row.removed = gone.get("withdrawn", 0), gone.get("removed", 0)
        row.as_of = now().replace(second=0, microsecond=0)


def read(session: Session) -> Published:
    """The last publication."""
    row = session.get(Publication, 1)
    if row is None:
        return Published()
    return Published(
        confirmed=row.confirmed,
        withdrawn=row.withdrawn,
        removed=row.removed,
        countries=tuple(sorted(row.countries.items())),
        as_of=row.as_of,
        is_closed=row.closed_on is not None,
        is_testimony_withdrawn=row.testimony_withdrawn_on is not None,
        is_sample=row.is_sample,
    )


def add_to_tally(session: Session, *, day: date, reason: str, number: int = 1) -> None:
    """Notes that signatures went away; nothing else of them remains."""
    more = insert(session, Tally).values(day=day, reason=reason, number=number)
    session.execute(more.on_conflict_do_update(index_elements=["day", "reason"], set_={"number": Tally.number + number}))


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
    number = sa.func.count()
    cells = confirmed().with_only_columns(Signature.country, number).group_by(Signature.country)
    large = cells.having(number >= SMALLEST_CELL, Signature.country.is_not(None))
    return {row[0]: row[1] for row in session.execute(large) if row[0]}


def _gone() -> sa.Select[str, int]:
    return sa.select(Tally.reason, sa.func.sum(Tally.number)).group_by(Tally.reason)
