"""Held for review: what one small mail domain brings beyond 20 an hour is confirmed, shown apart, and does not count."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign import create_app
from campaign.petition import bursts, counting
from campaign.petition.display_names import shown_names
from campaign.petition.models import Burst, DomainCount, RecentConfirmation, Signature, Tally
from tests.people import PostOffice, Visitor, link_in, publish, rows, standing
from tests.servers import on_sqlite

NOON = datetime(2026, 11, 22, 12, 7, tzinfo=UTC)


@pytest.fixture
def clock():
    """The time, which stands still."""
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def come(clock, visitor, post_office):
    """So many people sign from one domain and confirm at once; their links."""

    def sign(number, domain="camp.example", first=0, **typed):
        for place in range(first, first + number):
            visitor.sign(name="Layla", email=f"layla{place}@{domain.format(place)}", **typed)
        links = [link_in(letter) for letter in post_office.deliver()]
        for link in links:
            assert visitor.press(link).status_code == 303
        return links

    return sign


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def held(app):
    """The signatures that are held."""
    with app.extensions["campaign"].database.reading() as session:
        return list(session.scalars(counting.held()))


def test_twenty_of_a_small_domain_count_and_those_beyond_are_held_in_one_group(app, come):
    come(25, domain="s{}.camp.example")

    assert (len(standing(app)), len(held(app))) == (20, 5)
    (group,) = [wave for wave in rows(app, Burst) if wave.is_held]
    assert (group.provider, group.number, group.day) == ("other", 5, NOON.date())
    assert {signature.held_in for signature in held(app)} == {group.id}
    assert len(rows(app, RecentConfirmation)) == 20


def test_an_hour_is_any_hour_and_a_quiet_one_begins_anew(app, clock, come):
    come(20)
    clock.shift(timedelta(minutes=59))
    come(3, first=20)
    assert len(held(app)) == 3

    clock.shift(timedelta(minutes=76))
    come(1, first=23)
    assert (len(standing(app)), len(held(app))) == (21, 3)


def test_a_large_provider_is_never_held(app, come):
    come(30, domain="gmail.com")

    assert held(app) == []


def test_another_domain_counts_although_one_is_held(app, come):
    come(22)
    come(1, domain="university.example")

    assert len(standing(app)) == 21


def test_held_ones_are_told_apart_in_public_and_their_names_are_not_shown(app, visitor, reader, come, database):
    come(23, shown_as="Layla of the camp")
    publish(app)

    numbers = visitor.read("/api/v1/petition.json").json
    assert (numbers["confirmed"], numbers["held"]) == (20, 3)
    assert "3 signatures are under review" in visitor.read("/en/petition").text
    assert "3 توقيعات قيد المراجعة" in reader.read("/ar/").text
    with database.reading() as session:
        assert sum(len(names) for _, names in shown_names(session, after="", today=(NOON + timedelta(days=1)).date()).days) == 20


def test_a_signer_is_told_that_the_signature_is_under_review_and_can_withdraw_it(app, visitor, come):
    link = come(21)[-1]

    assert "Thank you. Your signature is under review." in visitor.read(visitor.press(link).location).text
    assert "before they count" in visitor.read(link).text
    assert "before they count" not in visitor.read(come(1, domain="other.example")[0]).text
    assert visitor.press(link, act="withdraw").status_code == 303
    assert (held(app), rows(app, Tally)) == ([], [])


def test_a_held_mailbox_does_not_sign_again(app, visitor, come):
    come(21)
    come(1, first=20)

    assert (len(rows(app, Signature)), len(held(app))) == (21, 1)


def test_the_count_of_a_domain_is_forgotten_after_its_hour_and_a_group_only_once_nothing_is_held(app, clock, come, database):
    come(21)
    bursts.purge(database, NOON + timedelta(minutes=60))
    assert [one.number for one in rows(app, DomainCount)] == [21]
    bursts.purge(database, NOON + timedelta(minutes=76))
    assert rows(app, DomainCount) == []

    bursts.purge(database, NOON + timedelta(days=32))
    assert len(rows(app, Burst)) == 1
    with database.writing() as session:
        session.execute(sa.update(Signature).values(held_in=None))
    bursts.purge(database, NOON + timedelta(days=32))
    assert rows(app, Burst) == []


@on_sqlite
@pytest.mark.slow
def test_of_a_thousand_forms_of_one_wildcard_domain_at_most_25_count_in_the_first_hour(app, clock, visitor, post_office):
    form = visitor.form() | {"name": "Layla"}
    statuses = []
    for place in range(1000):
        answer = visitor.client.post("/en/sign", data=form | {"email": f"a@s{place}.evil.example"})
        statuses.append(answer.status_code)
        clock.shift(0.6)
    for _ in range(5):
        for letter in post_office.deliver():
            visitor.press(link_in(letter))
        clock.shift(timedelta(minutes=10))

    assert statuses.count(303) > 620
    assert set(statuses) == {303, 429}
    assert len(standing(app)) <= 25
    assert len(held(app)) > 100
    assert len({signature.held_in for signature in held(app)}) == 1


@on_sqlite
def test_nothing_is_held_where_limits_are_off(settings, mailbox):
    app = create_app(settings.model_copy(update={"limits": False}))
    visitor, post_office = Visitor(app.test_client()), PostOffice(app, mailbox.letters)
    for place in range(22):
        visitor.sign(name="Layla", email=f"layla{place}@camp.example")
    for letter in post_office.deliver():
        visitor.press(link_in(letter))

    assert len(standing(app)) == 22
    app.extensions["campaign"].database.close()
