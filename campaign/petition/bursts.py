"""Waves: more signatures from one mail provider in one hour than is usual, for an organizer to look at.

The rule. A domain that is no large provider makes a wave with 20 signatures in an hour. A large provider makes one with
200 or more, when they are five times as many as usual beside those of all others in that hour: with a usual share of s,
others x s / (1 - s) are usual. The share is that of the 30 days before; with nothing known yet it is a half.
"""

from collections import Counter
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import Database, table
from campaign.outbox.mail_providers import OTHER, ProviderDay
from campaign.petition.models import Burst, BurstMember

SMALL_BURST, LARGE_BURST, TIMES_USUAL = 20, 200, 5
USUAL_PERIOD = timedelta(days=30)  # how far back the usual share is taken from
BURST_LIFETIME = timedelta(days=30)

Groups = dict[tuple[str, bytes], list[bytes]]
"""The ids of an hour's signatures, by provider and, where that is `other`, by the tag of their domain."""


def find_bursts(session: Session, hour: datetime, groups: Groups) -> None:
    """Keeps the waves of one hour: how many, of which provider, and who belongs to them."""
    shares, total = _confirmed(session, hour.date()), sum(len(ids) for ids in groups.values())
    for (provider, _), ids in groups.items():
        if provider == OTHER and len(ids) < SMALL_BURST:
            continue
        if provider != OTHER and not is_unusual(len(ids), total - len(ids), shares[provider], shares.total()):
            continue
        wave = Burst(day=hour.date(), hour=hour.hour, provider=provider, number=len(ids))
        session.add(wave)
        session.flush()
        session.execute(sa.insert(table(BurstMember)), [{"wave_id": wave.id, "signature_id": one} for one in ids])


def is_unusual(number: int, others: int, known: int, known_of_all: int) -> bool:
    """Whether so many of one large provider are a wave, beside so many others in that hour and what was known before."""
    usual = others * (known + 1) / (known_of_all - known + 1)
    return number >= max(LARGE_BURST, TIMES_USUAL * usual)


def purge(database: Database, today: date) -> None:
    """Deletes the waves of 30 days ago and before, and who belonged to them."""
    with database.writing() as session:
        session.execute(sa.delete(Burst).where(Burst.day < today - BURST_LIFETIME))


def _confirmed(session: Session, day: date) -> Counter[str]:
    """How many were confirmed from each provider in the 30 days before and on this day so far."""
    summed = sa.select(ProviderDay.provider, sa.func.sum(ProviderDay.confirmed)).group_by(ProviderDay.provider)
    return Counter({row[0]: row[1] for row in session.execute(summed.where(ProviderDay.day >= day - USUAL_PERIOD))})
