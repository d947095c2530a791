"""How the campaign goes, in numbers that the timed work has counted before: as quick with a million signatures as with none."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.outbox import queue
from campaign.outbox.mail_providers import ProviderDay
from campaign.petition.counting import SMALLEST_CELL, gone, total
from campaign.petition.models import DayCount, Publication, Submission

CHART_DAYS = 30  # of the plot, today among them
PROVIDER_PERIOD = timedelta(days=7)  # of the letters by provider
WITHDRAWN = "withdrawn"


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
    """How the letters of the last week to one mail provider fared; shares in percent."""

    name: str
    sent: int
    confirmed: int
    refused: int
    is_low: bool  # less than half of what the others confirm


def campaign_numbers(session: Session, at: datetime) -> CampaignNumbers:
    """All of them."""
    reasons = gone(session)
    return CampaignNumbers(
        today=total(session) - total(session, before=at.date()),
        confirmed=total(session),
        withdrawn=reasons.pop(WITHDRAWN, 0),
        removed=sum(reasons.values()),
        waiting=session.scalar(sa.select(sa.func.count()).select_from(Submission)) or 0,
        letters=queue.count_messages(session, at),
    )


def read_publication(session: Session) -> Publication:
    """What was published, when the desk's numbers were counted, and the switches."""
    return session.get_one(Publication, 1)


def signatures_by_day(session: Session, today: date) -> list[tuple[date, int]]:
    """The signatures of the last 30 days, the oldest first, days without any among them."""
    first = today - timedelta(days=CHART_DAYS - 1)
    summed = sa.select(DayCount.day, sa.func.sum(DayCount.number)).where(DayCount.day >= first).group_by(DayCount.day)
    known = {row[0]: row[1] for row in session.execute(summed)}
    days = (first + timedelta(days=place) for place in range(CHART_DAYS))
    return [(day, known.get(day, 0)) for day in days]


def signatures_by_country(session: Session) -> list[tuple[str, int]]:
    """The signatures by country, most first; those that named none stand under nothing."""
    return _by(session, DayCount.country)


def signatures_by_language(session: Session) -> list[tuple[str, int]]:
    """The signatures by language, most first."""
    return _by(session, DayCount.language)


def provider_stats(session: Session, today: date) -> list[ProviderStats]:
    """The last week's letters by provider, most first; those with fewer than 20 are left out."""
    counts = [sa.func.sum(column) for column in (ProviderDay.sent, ProviderDay.confirmed, ProviderDay.refused)]
    summed = (
        sa.select(ProviderDay.provider, *counts).where(ProviderDay.day > today - PROVIDER_PERIOD).group_by(ProviderDay.provider)
    )
    rows = [tuple(row) for row in session.execute(summed)]
    sent, confirmed = sum(row[1] for row in rows), sum(row[2] for row in rows)
    return [
        _provider_stats(*row, others_sent=sent - row[1], others_confirmed=confirmed - row[2])
        for row in sorted(rows, key=lambda row: -row[1])
        if row[1] + row[3] >= SMALLEST_CELL
    ]


def _provider_stats(
    name: str, sent: int, confirmed: int, refused: int, *, others_sent: int, others_confirmed: int
) -> ProviderStats:
    """Letters are confirmed a while after they were sent, so a share can come out above all of them."""
    is_low = others_sent >= SMALLEST_CELL and 2 * confirmed * others_sent < others_confirmed * sent
    share = min(100, round(100 * confirmed / sent)) if sent else 0
    return ProviderStats(name, sent, share, round(100 * refused / (sent + refused)), is_low)


def _by(session: Session, column: InstrumentedAttribute[str]) -> list[tuple[str, int]]:
    number = sa.func.sum(DayCount.number)
    summed = sa.select(column, number).group_by(column).order_by(number.desc(), column)
    return [(row[0], row[1]) for row in session.execute(summed)]
