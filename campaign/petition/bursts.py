"""Bursts: more signatures from one mail provider in one hour than is usual, for an organizer to look at.

The hour in which a signature came and where its mail is are kept for that hour alone. When it is over they become counts
by day and provider, and what was a burst is kept for 30 days. Nothing else of the hour stays.

The rule. A domain that is no large provider makes a burst with 20 signatures in an hour. A large provider makes one with
200 or more, when they are five times as many as usual beside those of all others in that hour: with a usual share of s,
others x s / (1 - s) are usual. The share is that of the 30 days before; with nothing known yet it is a half.

From a domain that is no large provider, 20 signatures an hour count. Those beyond them are held for review at once, as one group.
A large provider's are never held: nobody can suppress real signers by buying mailboxes there.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto import sealing
from campaign.database import INSERTS, Database, table
from campaign.outbox.address import EmailAddress
from campaign.outbox.mail_providers import OTHER, ProviderDay, add_counts, provider_of, registrable_domain
from campaign.petition.models import Burst, BurstMember, DomainCount, RecentConfirmation, Signature

SMALL_BURST, LARGE_BURST, TIMES_USUAL = 20, 200, 5
LIMITED_PERIOD, QUARTER = timedelta(hours=1), timedelta(minutes=15)
USUAL_PERIOD = timedelta(days=30)  # how far back the usual share is taken from
BURST_LIFETIME = timedelta(days=30)
FOLD_LOCK = b"arrivals"  # two that fold at once take turns
DOMAIN_TAG_LENGTH = 8  # bytes, enough to tell the domains of one hour apart
# Made once, as they run for every button that is pressed.
INSERT_CONFIRMATION = sa.insert(table(RecentConfirmation))
_count = table(DomainCount).c
COUNT_ONE: dict[str, Any] = {
    dialect: make(table(DomainCount)).on_conflict_do_update(
        index_elements=["domain", "quarter"], set_={"number": _count.number + 1}
    )
    for dialect, make in INSERTS.items()
}
SELECT_RECENT = sa.select(sa.func.sum(_count.number), sa.func.max(_count.wave_id)).where(
    _count.domain == sa.bindparam("of"), _count.quarter >= sa.bindparam("since")
)

Groups = dict[tuple[str, bytes], list[bytes]]
"""The ids of an hour's signatures, by provider and, where that is `other`, by the tag of their domain."""


def record_confirmation(connection: sa.Connection, key: bytes, *, signature: bytes, email: EmailAddress, at: datetime) -> None:
    """Note the hour in which a signature was confirmed, and its provider; for a small one, only a tag of the domain."""
    provider = provider_of(email.domain)
    domain = domain_tag(key, email) if provider == OTHER else b""
    values = {"signature_id": signature, "hour": start_of_hour(at), "provider": provider, "domain": domain}
    connection.execute(INSERT_CONFIRMATION, values)


def hold_beyond_limit(
    connection: sa.Connection, key: bytes, *, signature: bytes, email: EmailAddress, at: datetime
) -> int | None:
    """Hold a new signature for review where its small domain brings more than 20 within the hour; return its group."""
    if provider_of(email.domain) != OTHER:
        return None
    domain, quarter = domain_tag(key, email), start_of_quarter(at)
    number, known = _count_domain(connection, domain, quarter)
    if number <= SMALL_BURST:
        return None
    group = _held_group(connection, domain, quarter, known)
    one = {"wave_id": group, "signature_id": signature}
    connection.execute(sa.update(table(Signature)).where(table(Signature).c.id == signature).values(held_in=group))
    connection.execute(sa.insert(table(BurstMember)), one)
    connection.execute(sa.update(table(Burst)).where(table(Burst).c.id == group).values(number=table(Burst).c.number + 1))
    return group


def _count_domain(connection: sa.Connection, domain: bytes, quarter: datetime) -> tuple[int, int | None]:
    """Count one more of a domain; return how many came in this quarter of an hour and the hour before it, and their group.

    The row stays locked until the commit, so those who confirm at once are counted one after the other.
    """
    connection.execute(COUNT_ONE[connection.dialect.name], {"domain": domain, "quarter": quarter, "number": 1})
    number, group = connection.execute(SELECT_RECENT, {"of": domain, "since": quarter - LIMITED_PERIOD}).one()
    return number, group


def _held_group(connection: sa.Connection, domain: bytes, quarter: datetime, known: int | None) -> int:
    """Return the group that the signatures of a domain are held in now; it is a new one after a quiet hour."""
    group = known or _new_group(connection, quarter)
    current = _count.domain == domain, _count.quarter == quarter
    connection.execute(sa.update(table(DomainCount)).where(*current).values(wave_id=group))
    return group


def _new_group(connection: sa.Connection, quarter: datetime) -> int:
    group = {"day": quarter.date(), "hour": quarter.hour, "provider": OTHER, "number": 0, "is_held": True}
    new: int = connection.execute(sa.insert(table(Burst)).returning(table(Burst).c.id), group).scalar_one()
    return new


def start_of_quarter(at: datetime) -> datetime:
    """Return the beginning of a moment's quarter of an hour."""
    return start_of_hour(at) + at.minute // 15 * QUARTER


def domain_tag(key: bytes, email: EmailAddress) -> bytes:
    """Return what tells a registered domain again; all its subdomains are one, and without the key it says nothing."""
    return sealing.content_mac(key, "domain", registrable_domain(email.domain))[:DOMAIN_TAG_LENGTH]


def fold_past_hours(database: Database, at: datetime) -> None:
    """Turn the arrivals of past hours into counts and waves, and delete them; all or nothing."""
    arrival = table(RecentConfirmation).c
    is_over = arrival.hour < start_of_hour(at)
    with database.reading() as session:  # most of the time there is none, and looking costs no writer's turn
        if session.scalar(sa.select(arrival.signature_id).where(is_over).limit(1)) is None:
            return
    theirs = RecentConfirmation.signature_id == Signature.id
    there = sa.select(Signature.id, Signature.removal_id).join(RecentConfirmation, theirs)
    there = there.where(is_over, Signature.held_in.is_(None)).with_for_update(read=True, key_share=True, of=Signature)
    hours: dict[datetime, Groups] = defaultdict(lambda: defaultdict(list))
    with database.writing() as session:
        database.lock(session, FOLD_LOCK)
        # whoever withdraws now is to wait
        removals = {row.id: row.removal_id for row in session.execute(there)}
        gone = sa.delete(table(RecentConfirmation)).where(is_over)
        for row in session.execute(gone.returning(arrival.hour, arrival.provider, arrival.domain, arrival.signature_id)):
            if row.signature_id in removals:
                hours[row.hour][row.provider, row.domain].append(row.signature_id)
        for hour, groups in sorted(hours.items()):
            standing = {key: [one for one in ids if removals[one] is None] for key, ids in groups.items()}
            find_bursts(session, hour, standing)  # first: an hour is measured against what was usual before it
            _count_hour(session, hour, groups)


def _count_hour(session: Session, hour: datetime, groups: Groups) -> None:
    """Count who confirmed by provider, those who were removed since too: their e-mails arrived."""
    numbers: Counter[str] = Counter()
    for (provider, _), ids in groups.items():
        numbers[provider] += len(ids)
    for provider, number in sorted(numbers.items()):  # in one order, so that two never wait for each other
        add_counts(session, hour.date(), provider, confirmed=number)


def start_of_hour(at: datetime) -> datetime:
    """Return the beginning of a moment's hour."""
    return at - timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


def find_bursts(session: Session, hour: datetime, groups: Groups) -> None:
    """Store the waves of one hour: how many signatures, from which provider, and which ones."""
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
    """Return whether so many from one large provider are a wave, given the others in that hour and the days before."""
    usual = others * (known + 1) / (known_of_all - known + 1)
    return number >= max(LARGE_BURST, TIMES_USUAL * usual)


def purge(database: Database, at: datetime) -> None:
    """Delete the waves of 30 days ago and before, with who belonged to them, but no group in which some are held yet.

    The counts of domains go once they limit nothing any more.
    """
    is_over = Burst.day < at.date() - BURST_LIFETIME
    with database.writing() as session:
        session.execute(sa.delete(Burst).where(is_over, ~sa.exists().where(table(Signature).c.held_in == Burst.id)))
        session.execute(sa.delete(DomainCount).where(DomainCount.quarter < start_of_quarter(at) - LIMITED_PERIOD))


def _confirmed(session: Session, day: date) -> Counter[str]:
    """Return how many were confirmed from each provider in the 30 days before and on this day so far."""
    summed = sa.select(ProviderDay.provider, sa.func.sum(ProviderDay.confirmed)).group_by(ProviderDay.provider)
    return Counter({row[0]: row[1] for row in session.execute(summed.where(ProviderDay.day >= day - USUAL_PERIOD))})
