"""The numbers of a campaign as bars, and its switches: close signing, stop the mail, hide all names, hold new words.

The worker has counted before, so that a page takes no longer with a million signatures. Bars run in the direction of the page:
from right to left in Arabic. Browsers do not mirror pictures, so this module does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.organizers import audit, ledger
from campaign.organizers.actions import Action
from campaign.outbox import queue
from campaign.outbox.mail_providers import ProviderDay
from campaign.outbox.quota import Quota
from campaign.petition.counting import SMALLEST_CELL, gone
from campaign.petition.day_counts import total
from campaign.petition.models import DayCount, Publication, RecentConfirmation, Submission

CHART_DAYS = 30  # of the plot, today among them
PROVIDER_PERIOD = timedelta(days=7)  # of the e-mails by provider
WITHDRAWN = "withdrawn"
PLOT_WIDTH, PLOT_HEIGHT = 1000, 100  # of every plot, stretched to the width it is given
COLUMN_GAP = 0.2  # of a column, between it and the next
MIN_LENGTH_SHOWN = 1.0  # what is not nothing is seen


@dataclass(frozen=True)
class CampaignNumbers:
    """The signatures, as of a minute, and what became of others; the outbox as it is now."""

    today: int
    confirmed: int
    withdrawn: int
    removed: int
    waiting: int  # to be confirmed
    letters: queue.MessageCounts


@dataclass(frozen=True)
class ProviderStats:
    """What became of the last week's e-mails to one mail provider; shares in percent."""

    name: str
    sent: int  # today too
    confirmed: int | None  # of those of whole days; none where there are too few of them
    refused: int  # of all, as an e-mail is counted as sent or as refused at the same moment
    is_low: bool  # on whole days less than half of what the others confirm


def campaign_numbers(session: Session, at: datetime, quota: Quota | None) -> CampaignNumbers:
    """Return the numbers of the overview."""
    reasons = gone(session)
    return CampaignNumbers(
        today=total(session) - total(session, before=at.date()),
        confirmed=total(session),
        withdrawn=reasons.pop(WITHDRAWN, 0),
        removed=sum(reasons.values()),
        waiting=session.scalar(sa.select(sa.func.count()).select_from(Submission)) or 0,
        letters=queue.count_messages(session, at, quota),
    )


def signatures_by_day(session: Session, today: date) -> list[tuple[date, int]]:
    """Return the signatures of each of the last 30 days, the oldest first."""
    first = today - timedelta(days=CHART_DAYS - 1)
    summed = sa.select(DayCount.day, sa.func.sum(DayCount.number)).where(DayCount.day >= first).group_by(DayCount.day)
    known = {row[0]: row[1] for row in session.execute(summed)}
    days = (first + timedelta(days=place) for place in range(CHART_DAYS))
    return [(day, known.get(day, 0)) for day in days]


def signatures_by(session: Session, column: InstrumentedAttribute[str]) -> list[tuple[str, int]]:
    """Return the signatures by country or language, most first; without a country under an empty code."""
    number = sa.func.sum(DayCount.number)
    summed = sa.select(column, number).group_by(column).order_by(number.desc(), column)
    return [(row[0], row[1]) for row in session.execute(summed)]


def provider_stats(session: Session, today: date) -> list[ProviderStats]:
    """Return the last week's e-mails by provider, most first, without providers of fewer than 20.

    A signature is counted as confirmed when its hour is over, an e-mail as sent at once: their share is that of whole days.
    """
    is_whole = ProviderDay.day < _first_open_day(session, today)
    whole = [sa.func.sum(sa.case((is_whole, column), else_=0)) for column in (ProviderDay.sent, ProviderDay.confirmed)]
    sums = [sa.func.sum(ProviderDay.sent), sa.func.sum(ProviderDay.refused), *whole]
    recent = ProviderDay.day > today - PROVIDER_PERIOD
    rows = [
        tuple(row) for row in session.execute(sa.select(ProviderDay.provider, *sums).where(recent).group_by(ProviderDay.provider))
    ]
    sent, confirmed = sum(row[3] for row in rows), sum(row[4] for row in rows)
    return [
        _provider_stats(*row, others_sent=sent - row[3], others_confirmed=confirmed - row[4])
        for row in sorted(rows, key=lambda row: -row[1])
        if row[1] + row[2] >= SMALLEST_CELL
    ]


def _first_open_day(session: Session, today: date) -> date:
    """Return the first day of which an hour is not counted yet."""
    hour = session.scalar(sa.select(sa.func.min(RecentConfirmation.hour)))
    return min(today, hour.date()) if hour else today


def _provider_stats(
    name: str, sent: int, refused: int, whole_sent: int, whole_confirmed: int, *, others_sent: int, others_confirmed: int
) -> ProviderStats:
    """Return the shares of one provider. E-mails are confirmed later than sent, so more than all may seem confirmed."""
    share = min(100, round(100 * whole_confirmed / whole_sent)) if whole_sent >= SMALLEST_CELL else None
    is_low = (
        share is not None and others_sent >= SMALLEST_CELL and 2 * whole_confirmed * others_sent < others_confirmed * whole_sent
    )
    return ProviderStats(name, sent, share, round(100 * refused / (sent + refused)), is_low)


@dataclass(frozen=True)
class Bar:
    """One bar: its corner at the top left, its width and its height."""

    x: float
    y: float
    width: float
    height: float


def column_bars(numbers: Sequence[int], *, is_rtl: bool) -> list[Bar]:
    """Return columns side by side, the first where reading begins, the highest as high as the plot."""
    step, most = PLOT_WIDTH / max(1, len(numbers)), max(numbers, default=0)
    bars = []
    for place, number in enumerate(numbers):
        height = _length(number, most, PLOT_HEIGHT)
        bars.append(_placed(place * step, step * (1 - COLUMN_GAP), height, is_rtl=is_rtl))
    return bars


def row_bar(number: int, most: int, *, is_rtl: bool) -> Bar:
    """Return one horizontal bar from where reading begins; the longest is as long as the plot is wide."""
    return _placed(0, _length(number, most, PLOT_WIDTH), PLOT_HEIGHT, is_rtl=is_rtl)


def _length(number: int, most: int, whole: int) -> float:
    return max(MIN_LENGTH_SHOWN, round(number / most * whole, 2)) if number > 0 else 0.0


def _placed(start: float, width: float, height: float, *, is_rtl: bool) -> Bar:
    x = PLOT_WIDTH - start - width if is_rtl else start
    return Bar(round(x, 2), round(PLOT_HEIGHT - height, 2), round(width, 2), height)


@dataclass(frozen=True)
class Switch:
    """What a switch changes, and what the audit calls turning it on and off."""

    since: InstrumentedAttribute[Any]  # the day on which it was turned on
    on: Action
    off: Action


SWITCHES = {
    "signing": Switch(Publication.closed_on, Action.SIGNING_CLOSED, Action.SIGNING_RESUMED),
    "mail": Switch(Publication.mail_stopped_on, Action.MAIL_STOPPED, Action.MAIL_RESUMED),
    "names": Switch(Publication.names_hidden_on, Action.NAMES_HIDDEN, Action.NAMES_SHOWN),
    "words": Switch(Publication.words_held_on, Action.WORDS_HELD, Action.WORDS_NOT_HELD),
}


def set_switch(session: Session, name: str, *, on: bool, by: str, today: date) -> None:
    """Turn a switch; do and record nothing if it is turned that way already."""
    ledger.begin_change(session)
    switch = SWITCHES[name]
    was_off = switch.since.is_(None)
    changing = sa.update(Publication).where(Publication.id == 1, was_off if on else sa.not_(was_off))
    changed = session.execute(changing.values({switch.since: today if on else None}).returning(Publication.id))
    if changed.scalar() is not None:
        audit.record(session, by, switch.on if on else switch.off)
