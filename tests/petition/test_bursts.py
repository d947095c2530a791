"""Arrivals: the hour of a signature is kept for that hour, and only a wave keeps it longer."""

import secrets
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from campaign.crypto import sealing
from campaign.organizers import reviews
from campaign.outbox.address import parse_address
from campaign.outbox.mail_providers import ProviderDay, add_counts
from campaign.petition import bursts, signing
from campaign.petition.models import Burst, BurstMember, RecentConfirmation, Signature
from tests.organizers.stored import propose
from tests.organizers.test_removal_rules import remove
from tests.people import rows

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def arrive(app, database):
    """So many people confirm within the hour, from addresses at one domain."""

    def come(number, domain, at=NOON + timedelta(minutes=7)):
        key, ids = app.extensions["campaign"].keys.tag, [secrets.token_bytes(16) for _ in range(number)]
        with database.writing() as session:
            session.execute(sa.insert(Signature), [_signature(record, at) for record in ids])
            for record in ids:
                bursts.record_confirmation(
                    session.connection(), key, signature=record, email=parse_address(f"somebody@{domain}"), at=at
                )
        return ids

    return come


def _signature(record, at):
    return {
        "id": record,
        "tag": secrets.token_bytes(32),
        "token_hash": secrets.token_bytes(32),
        "sealed": b"",
        "shown_as": None,
        "language": "en",
        "country": None,
        "news": False,
        "text_sha256": "0" * 64,
        "confirmed_on": at.date(),
    }


def test_whoever_confirms_is_counted_for_the_provider_once_the_hour_is_over(app, visitor, layla, database):
    (arrival,) = rows(app, RecentConfirmation)

    assert (arrival.provider, len(arrival.domain)) == ("other", 8)
    assert (arrival.hour.minute, arrival.hour.second, arrival.hour.microsecond) == (0, 0, 0)
    bursts.fold_past_hours(database, arrival.hour + timedelta(minutes=59))
    assert len(rows(app, RecentConfirmation)) == 1
    bursts.fold_past_hours(database, arrival.hour + timedelta(hours=1))
    assert rows(app, RecentConfirmation) == []
    assert [(one.provider, one.confirmed) for one in rows(app, ProviderDay) if one.confirmed] == [("other", 1)]


def test_of_a_large_provider_not_even_a_tag_of_the_domain_is_kept(app, arrive):
    arrive(1, "hotmail.com")

    (arrival,) = rows(app, RecentConfirmation)
    assert (arrival.provider, arrival.domain) == ("outlook.com", b"")


def test_domains_are_told_apart_and_never_without_the_key(app, arrive):
    arrive(1, "one.example")
    arrive(1, "ONE.example")
    arrive(1, "two.example")

    tags = {arrival.domain for arrival in rows(app, RecentConfirmation)}
    assert len(tags) == 2
    assert tags.isdisjoint({sealing.content_mac(b"", "domain", name)[:8] for name in ("one.example", "two.example")})


def test_nineteen_from_one_small_domain_are_no_wave_and_twenty_are(app, arrive, database):
    arrive(19, "school.example")
    ids = arrive(20, "camp.example")

    bursts.fold_past_hours(database, LATER)

    (wave,) = rows(app, Burst)
    assert (wave.day, wave.hour, wave.provider, wave.number) == (NOON.date(), 12, "other", 20)
    assert {member.signature_id for member in rows(app, BurstMember)} == set(ids)
    assert rows(app, RecentConfirmation) == []


def test_a_removed_signature_makes_no_wave_and_is_not_among_its_members(app, arrive, database):
    ids = arrive(20, "camp.example") + arrive(21, "school.example")
    remove(database, propose(app, ids[:1]))

    bursts.fold_past_hours(database, LATER)

    (wave,) = rows(app, Burst)
    assert wave.number == 21
    remove(database, propose(app, ids[20:22]))
    with database.reading() as session:
        assert reviews.count_members(session, wave.id) == len(reviews.burst_members(session, wave.id)) == 19


def test_one_that_was_removed_within_its_hour_has_confirmed_all_the_same(app, arrive, database):
    ids = arrive(20, "camp.example")
    remove(database, propose(app, ids[:15]))

    bursts.fold_past_hours(database, LATER)

    assert [one.confirmed for one in rows(app, ProviderDay)] == [20]
    assert rows(app, Burst) == []


def test_the_same_domain_in_two_hours_is_not_added_up(app, arrive, database):
    arrive(15, "camp.example")
    arrive(15, "camp.example", at=LATER)

    bursts.fold_past_hours(database, LATER + timedelta(hours=1))

    assert rows(app, Burst) == []


@pytest.mark.parametrize(
    ("number", "others", "known", "known_of_all", "is_wave"),
    [
        (199, 0, 0, 0, False),
        (200, 0, 0, 0, True),
        (200, 41, 0, 0, False),  # nothing known yet: a half is usual
        (200, 40, 0, 0, True),
        (700, 100, 6000, 10_000, False),  # six of ten are usual: beside 100 others 150 are, and five times as many 750
        (751, 100, 6000, 10_000, True),
        (200, 1000, 10, 10_000, True),  # one in a thousand is usual
        (200, 1000, 1000, 10_000, False),
    ],
)
def test_a_large_provider_makes_a_wave_when_it_is_five_times_as_many_as_usual(number, others, known, known_of_all, is_wave):
    assert bursts.is_unusual(number, others, known, known_of_all) == is_wave


def test_a_large_provider_is_measured_against_the_days_before(app, arrive, database):
    with database.writing() as session:
        add_counts(session, NOON.date() - timedelta(days=1), "gmail.com", confirmed=6000)
        add_counts(session, NOON.date() - timedelta(days=1), "other", confirmed=4000)
        add_counts(session, NOON.date() - timedelta(days=31), "yahoo.com", confirmed=50_000)  # forgotten by now
    arrive(220, "gmail.com")
    arrive(200, "yahoo.fr")

    bursts.fold_past_hours(database, LATER)

    assert [(wave.provider, wave.number) for wave in rows(app, Burst)] == [("yahoo.com", 200)]


def test_folding_again_counts_nobody_twice(app, arrive, database):
    arrive(25, "camp.example")

    for _ in range(3):
        bursts.fold_past_hours(database, LATER)

    assert [one.confirmed for one in rows(app, ProviderDay)] == [25]
    assert len(rows(app, Burst)) == 1


def test_whoever_withdraws_leaves_the_hour_and_the_wave(app, arrive, database):
    ids = arrive(20, "camp.example")
    bursts.fold_past_hours(database, LATER)
    arrive(1, "camp.example", at=LATER)

    with database.writing() as session:
        for signature in (session.get(Signature, ids[0]), *session.scalars(sa.select(Signature).join(RecentConfirmation))):
            signing.withdraw(session, signature, NOON.date())

    assert rows(app, RecentConfirmation) == []
    assert {member.signature_id for member in rows(app, BurstMember)} == set(ids[1:])


def test_a_wave_is_forgotten_after_thirty_days(app, arrive, database):
    arrive(20, "camp.example")
    bursts.fold_past_hours(database, LATER)

    bursts.purge(database, NOON + timedelta(days=30))
    assert len(rows(app, BurstMember)) == 20
    bursts.purge(database, NOON + timedelta(days=31))

    assert rows(app, Burst) + rows(app, BurstMember) == []
    assert len(rows(app, Signature)) == 20


def test_whoever_withdraws_while_a_wave_is_being_kept_waits_for_it_and_is_gone_after(app, arrive, database, monkeypatch):
    ids, find, refused = arrive(20, "camp.example"), bursts.find_bursts, []

    def withdraw():
        try:
            with database.writing() as session:
                signing.withdraw(session, session.get(Signature, ids[0]), NOON.date())
        except sa.exc.OperationalError as error:  # each waits for the other
            refused.append(error)

    def find_slowly(*hour):
        signer.start()
        time.sleep(0.3)
        find(*hour)

    signer = threading.Thread(target=withdraw)
    monkeypatch.setattr(bursts, "find_bursts", find_slowly)
    bursts.fold_past_hours(database, LATER)
    signer.join()

    assert refused == []
    assert {member.signature_id for member in rows(app, BurstMember)} == set(ids[1:])
