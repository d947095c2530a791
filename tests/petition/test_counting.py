"""Counting: one definition of what counts, and one published number that everybody reads."""

import re
import secrets
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.languages import LANGUAGES
from campaign.petition import counting
from campaign.petition.counting import count, counted, next_goal
from campaign.petition.models import Signature, Submission
from campaign.server import worker
from tests.people import link_in, publish, rows
from tests.servers import on_sqlite

NOON = datetime(2026, 8, 10, 12, 34, 56, tzinfo=UTC)


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def signed(database):
    """Puts so many confirmed signatures into the database."""

    def put(number, country=None):
        values = {"sealed": b"", "language": "en", "country": country, "news": False, "text_sha256": "0" * 64, "shown_as": None}
        keys = ("id", "tag", "token_hash")
        new = [
            values | {key: secrets.token_bytes(16) for key in keys} | {"confirmed_on": date(2026, 8, 9)} for _ in range(number)
        ]
        with database.writing() as session:
            session.execute(sa.insert(Signature), new)

    return put


def published(database):
    """What was last published."""
    with database.reading() as session:
        return counting.read_snapshot(session)


def test_what_counts_is_what_was_confirmed_and_still_stands(app, database, visitor, layla, sami):
    with database.reading() as session:
        assert count(session) == len(list(session.scalars(counted()))) == 1

    visitor.press(sami)
    visitor.press(layla, act="withdraw")
    visitor.press(sami, act="hide")

    with database.reading() as session:
        assert count(session) == len(list(session.scalars(counted()))) == 1


def test_the_number_moves_only_when_it_is_published(app, database, visitor, layla):
    app.extensions["campaign"].snapshots.refresh()
    assert visitor.read("/api/v1/petition.json").json["confirmed"] == 0

    publish(app)

    assert visitor.read("/api/v1/petition.json").json["confirmed"] == 1


def test_the_timed_work_publishes_every_so_many_seconds(app, settings, database, signed, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(worker.time, "monotonic", lambda: clock[0])
    publishing = worker.periodic_tasks(settings.model_copy(update={"count_every": 60}), database)[0]

    signed(1)
    publishing.run_if_due()
    signed(1)
    clock[0] += 59
    publishing.run_if_due()
    assert published(database).confirmed == 1

    clock[0] += 1
    publishing.run_if_due()
    assert published(database).confirmed == 2


def test_the_page_the_interface_and_the_command_say_the_same(app, settings, database, signed, monkeypatch):
    signed(1290)
    visitor = app.test_client()
    with time_machine.travel(NOON, tick=False):
        publish(app)
        signed(7)  # not published yet

        pages = {code: visitor.get(f"/{code}/").text for code in LANGUAGES}
        numbers = visitor.get("/api/v1/petition.json").json
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    monkeypatch.setenv("CAMPAIGN_DATABASE_URL", settings.database_url)
    status = CliRunner().invoke(main, ["status"]).output

    assert "1,290 signatures" in pages["en"]
    assert "Confirmed signatures, as of 10\u00a0August\u00a02026, 12:34 UTC" in pages["en"]  # no line ends within the day
    assert "1,290 توقيع" in pages["ar"]
    assert re.search("10\u00a0آب\u00a02026.*12:34", pages["ar"])
    assert (numbers["confirmed"], numbers["as_of"], numbers["goal"]) == (1290, "2026-08-10T12:34Z", 2500)
    assert "published: 1290 (as of 2026-08-10 12:34 UTC)" in status
    assert "confirmed now: 1297" in status


def test_withdrawing_brings_the_number_down_also_below_a_goal_that_was_passed(app, database, visitor, signed, layla):
    signed(99)
    publish(app)
    assert (published(database).confirmed, published(database).withdrawn) == (100, 0)

    visitor.press(layla, act="withdraw")
    publish(app)

    assert (published(database).confirmed, published(database).withdrawn) == (99, 1)
    assert visitor.read("/api/v1/petition.json").json["goal"] == 100


@on_sqlite
def test_in_batches_nobody_sees_who_came_last(database, signed):
    seen = []
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(50):
            signed(1)
            clock.shift(60)
            counting.publish(database, batch=20)
            seen.append(published(database))

    assert sorted({one.confirmed for one in seen}) == [0, 20, 40]
    assert len({one.as_of for one in seen if one.confirmed == 20}) == 1  # the minute would tell that somebody came


@on_sqlite
def test_a_number_that_goes_down_moves_in_batches_too_and_takes_the_rest_along(database, signed):
    signed(40, country="SY")
    counting.publish(database, batch=20)
    with database.writing() as session:
        some = sa.select(Signature.id).limit(15)
        session.execute(sa.delete(Signature).where(Signature.id.in_(some)))
        counting.add_to_tally(session, day=NOON.date(), reason="withdrawn", number=15)
    counting.publish(database, batch=20)
    assert (published(database).confirmed, published(database).withdrawn, published(database).countries) == (40, 0, (("SY", 40),))

    with database.writing() as session:
        session.execute(sa.delete(Signature).where(Signature.id.in_(sa.select(Signature.id).limit(5))))
        counting.add_to_tally(session, day=NOON.date(), reason="withdrawn", number=5)
    counting.publish(database, batch=20)
    assert (published(database).confirmed, published(database).withdrawn, published(database).countries) == (
        20,
        20,
        (("SY", 20),),
    )


@on_sqlite
def test_one_who_comes_and_one_who_goes_within_a_batch_are_not_seen_either(database, signed):
    signed(20)
    counting.publish(database, batch=20)
    before = published(database)
    with database.writing() as session:
        session.execute(sa.delete(Signature).where(Signature.id.in_(sa.select(Signature.id).limit(1))))
        counting.add_to_tally(session, day=NOON.date(), reason="withdrawn")
    signed(1)

    counting.publish(database, batch=20)

    assert (published(database).confirmed, published(database).withdrawn) == (20, 0)
    assert published(database).countries == before.countries


@on_sqlite
def test_a_countrys_number_moves_in_steps_of_ten_and_never_by_one(database, signed):
    signed(18, country="LB")
    seen = []
    for _ in range(14):
        signed(1, country="LB")
        counting.publish(database)
        seen.append(published(database).countries)

    assert seen == [()] + [(("LB", 20),)] * 10 + [(("LB", 30),)] * 3
    assert published(database).confirmed == 32


def test_a_country_is_named_from_twenty_signatures_on(app, database, signed):
    signed(19, country="TR")
    signed(20, country="SY")
    signed(30)
    counting.publish(database)
    assert published(database).countries == (("SY", 20),)

    signed(1, country="TR")
    counting.publish(database)
    assert dict(published(database).countries) == {"SY": 20, "TR": 20}


def test_goals_climb_a_ladder_that_is_known_in_advance_or_are_the_campaigns_own():
    ladder = [100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000]

    number = 0
    for rung in ladder:
        assert next_goal(number) == next_goal(rung - 1) == rung
        number = rung
    assert [next_goal(number, own=700) for number in (0, 699, 700, 999)] == [700, 700, 1000, 1000]


def test_before_the_first_signature_there_is_a_sentence_and_no_bar(visitor, reader):
    page, arabic = visitor.read("/en/").text, reader.read("/ar/").text

    assert "No one has signed yet" in page
    assert "لم يوقّع أحد بعد" in arabic
    assert "<progress" not in page + arabic
    assert "as of" not in page


@on_sqlite
def test_the_bar_says_what_the_words_say(app, visitor, signed):
    signed(40)
    publish(app)

    page = visitor.read("/en/").text

    assert '<progress max="100" value="40"' in page
    assert "40 signatures" in page
    assert "Next goal: 100 signatures" in page


def test_those_who_waited_confirmed_and_withdrew_are_counted_right(app, database, visitor, post_office):
    for number in range(10):
        visitor.sign(email=f"{number}@example.org")
    links = [link_in(letter) for letter in post_office.deliver()]
    for link in links[:7]:
        visitor.press(link)
    for link in links[:3]:
        visitor.press(link, act="withdraw")

    publish(app)

    assert (published(database).confirmed, published(database).withdrawn) == (4, 3)
    assert len(rows(app, Submission)) == 3
