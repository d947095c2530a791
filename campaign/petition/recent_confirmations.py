"""Arrivals: in which hour a signature came and where its mail is, kept for that hour alone.

When the hour is over they become counts by day and provider, and what was a wave is kept for 30 days. Nothing else
of the hour stays.
"""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto import sealing
from campaign.database import Database, table
from campaign.outbox import mail_providers
from campaign.outbox.address import EmailAddress
from campaign.petition import bursts
from campaign.petition.models import Arrival, Signature

FOLDING = b"arrivals"  # two that fold at once take turns
TAG = 8  # bytes, enough to tell the domains of one hour apart
INTO_ARRIVAL = sa.insert(table(Arrival))


def arrive(session: Session, key: bytes, *, signature: bytes, email: EmailAddress, at: datetime) -> None:
    """Notes the hour in which a signature was confirmed, and its provider; of a small one only a tag of the domain."""
    provider = mail_providers.provider_of(email.domain)
    domain = sealing.digest(key, "domain", email.domain)[:TAG] if provider == mail_providers.OTHER else b""
    values = {"signature_id": signature, "hour": hour_of(at), "provider": provider, "domain": domain}
    session.execute(INTO_ARRIVAL, values)


def fold(database: Database, at: datetime) -> None:
    """Turns the arrivals of the hours that are over into counts and waves, and deletes them; all of it or nothing."""
    arrival = table(Arrival).c
    is_over = arrival.hour < hour_of(at)
    with database.reading() as session:  # most of the time there is none, and looking costs no writer's turn
        if session.scalar(sa.select(arrival.signature_id).where(is_over).limit(1)) is None:
            return
    theirs = sa.select(Signature.id).join(Arrival, Arrival.signature_id == Signature.id).where(is_over)
    hours: dict[datetime, bursts.Groups] = defaultdict(lambda: defaultdict(list))
    with database.writing() as session:
        database.lock(session, FOLDING)
        session.execute(theirs.with_for_update(read=True, key_share=True, of=Signature))  # who withdraws now is to wait
        gone = sa.delete(table(Arrival)).where(is_over)
        for row in session.execute(gone.returning(arrival.hour, arrival.provider, arrival.domain, arrival.signature_id)):
            hours[row.hour][row.provider, row.domain].append(row.signature_id)
        for hour, groups in sorted(hours.items()):
            _count(session, hour, groups)


def _count(session: Session, hour: datetime, groups: bursts.Groups) -> None:
    """Waves first: an hour is measured against what was usual before it."""
    bursts.find(session, hour, groups)
    numbers: Counter[str] = Counter()
    for (provider, _), ids in groups.items():
        numbers[provider] += len(ids)
    for provider, number in sorted(numbers.items()):  # in one order, so that two never wait for each other
        mail_providers.add(session, hour.date(), provider, confirmed=number)


def hour_of(at: datetime) -> datetime:
    """The beginning of the hour that a moment is in."""
    return at - timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
