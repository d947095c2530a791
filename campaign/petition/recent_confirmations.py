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
from campaign.petition.models import RecentConfirmation, Signature

FOLD_LOCK = b"arrivals"  # two that fold at once take turns
DOMAIN_TAG_LENGTH = 8  # bytes, enough to tell the domains of one hour apart
INSERT_CONFIRMATION = sa.insert(table(RecentConfirmation))


def record_confirmation(session: Session, key: bytes, *, signature: bytes, email: EmailAddress, at: datetime) -> None:
    """Notes the hour in which a signature was confirmed, and its provider; of a small one only a tag of the domain."""
    provider = mail_providers.provider_of(email.domain)
    domain = sealing.content_mac(key, "domain", email.domain)[:DOMAIN_TAG_LENGTH] if provider == mail_providers.OTHER else b""
    values = {"signature_id": signature, "hour": start_of_hour(at), "provider": provider, "domain": domain}
    session.execute(INSERT_CONFIRMATION, values)


def fold_past_hours(database: Database, at: datetime) -> None:
    """Turns the arrivals of the hours that are over into counts and waves, and deletes them; all of it or nothing."""
    arrival = table(RecentConfirmation).c
    is_over = arrival.hour < start_of_hour(at)
    with database.reading() as session:  # most of the time there is none, and looking costs no writer's turn
        if session.scalar(sa.select(arrival.signature_id).where(is_over).limit(1)) is None:
            return
    theirs = sa.select(Signature.id).join(RecentConfirmation, RecentConfirmation.signature_id == Signature.id).where(is_over)
    hours: dict[datetime, bursts.Groups] = defaultdict(lambda: defaultdict(list))
    with database.writing() as session:
        database.lock(session, FOLD_LOCK)
        session.execute(theirs.with_for_update(read=True, key_share=True, of=Signature))  # who withdraws now is to wait
        gone = sa.delete(table(RecentConfirmation)).where(is_over)
        for row in session.execute(gone.returning(arrival.hour, arrival.provider, arrival.domain, arrival.signature_id)):
            hours[row.hour][row.provider, row.domain].append(row.signature_id)
        for hour, groups in sorted(hours.items()):
            _count(session, hour, groups)


def _count(session: Session, hour: datetime, groups: bursts.Groups) -> None:
    """Waves first: an hour is measured against what was usual before it."""
    bursts.find_bursts(session, hour, groups)
    numbers: Counter[str] = Counter()
    for (provider, _), ids in groups.items():
        numbers[provider] += len(ids)
    for provider, number in sorted(numbers.items()):  # in one order, so that two never wait for each other
        mail_providers.add_counts(session, hour.date(), provider, confirmed=number)


def start_of_hour(at: datetime) -> datetime:
    """The beginning of the hour that a moment is in."""
    return at - timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
