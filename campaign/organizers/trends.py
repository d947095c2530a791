"""The signatures over the whole campaign, by day and by week: what counts, what was withdrawn, what was removed.

All of it is in the counts already (DayCount, Tally): days and numbers, and no moment.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from campaign.organizers.overview import WITHDRAWN
from campaign.petition.models import DayCount, Tally

STEPS = {"week": timedelta(days=7), "day": timedelta(days=1)}
LEFT_BY_DAY = sa.select(Tally.day, sa.func.sum(Tally.number)).group_by(Tally.day)
STATEMENTS: dict[str, Any] = {
    "confirmed": sa.select(DayCount.day, sa.func.sum(DayCount.number)).group_by(DayCount.day),
    "withdrawn": LEFT_BY_DAY.where(Tally.reason == WITHDRAWN),
    "removed": LEFT_BY_DAY.where(Tally.reason != WITHDRAWN),
}


@dataclass(frozen=True)
class Period:
    """The numbers of one day or one week."""

    first: date
    last: date
    is_over: bool
    confirmed: int = 0  # confirmed in it, and counting at the last counting
    withdrawn: int = 0
    removed: int = 0


def read_periods(session: Session, by: str, today: date) -> list[Period]:
    """Return all days or weeks from the first number until today, without a gap; none before there is a number."""
    step = STEPS[by]
    numbers = {name: _summed(session, statement, by) for name, statement in STATEMENTS.items()}
    starts = [start for summed in numbers.values() for start, number in summed.items() if number]
    if not starts:
        return []
    start, last, periods = min(starts), max(*starts, start_of(by, today)), []
    while start <= last:
        facts = {name: summed[start] for name, summed in numbers.items()}
        periods.append(Period(start, start + step - timedelta(days=1), start + step <= today, **facts))
        start += step
    return periods


def start_of(by: str, day: date) -> date:
    """Return the first day of the period that a day is in; a week begins on Monday (ISO 8601)."""
    return day - timedelta(days=day.weekday()) if by == "week" else day


def _summed(session: Session, statement: Any, by: str) -> Counter[date]:
    """Add up the numbers of days by the first day of their period."""
    summed: Counter[date] = Counter()
    for day, number in session.execute(statement):
        summed[start_of(by, day)] += number
    return summed


def series(periods: Sequence[Period]) -> dict[str, list[int]]:
    """Return the numbers that are drawn: confirmed, and of those that went what is not all nothing."""
    found = {name: [getattr(period, name) for period in periods] for name in STATEMENTS}
    return {name: numbers for name, numbers in found.items() if name == "confirmed" or any(numbers)}


def csv_of_periods(periods: Sequence[Period]) -> bytes:
    """Return UTF-8 with a byte order mark, by which Excel knows Arabic; headings in the reader's language, days as ISO 8601."""
    out = io.BytesIO()
    rows = csv.writer(codecs.getwriter("utf-8-sig")(out), lineterminator="\r\n")
    headings = (gettext("First day"), gettext("Last day"), gettext("Complete"))
    rows.writerow([*headings, gettext("Confirmed signatures"), gettext("Withdrawn"), gettext("Removed")])
    yes_no = {True: gettext("yes"), False: gettext("no")}
    for one in periods:
        rows.writerow([one.first, one.last, yes_no[one.is_over], one.confirmed, one.withdrawn, one.removed])
    return out.getvalue()
