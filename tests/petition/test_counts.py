"""The counts by day, country and language: as the signatures are, whoever comes and goes, and cheap to keep."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.petition import counting, mailbox_signature, samples, signing
from campaign.petition.counting import counted
from campaign.petition.day_counts import TextCount
from campaign.petition.models import DayCount, Publication, Signature
from tests.people import rows
from tests.servers import on_sqlite


@pytest.fixture
def database(app):
    """The site's database, with signatures of thirty days."""
    site = app.extensions["campaign"]
    samples.add_samples(site.database, site.keys, 300, lambda _: None)
    return site.database


@pytest.fixture
def agree(app):
    """Whether the counts say what the signatures say."""

    def compare():
        wanted = Counter((one.confirmed_on, one.country or "", one.language) for one in rows(app, Signature))
        texts = Counter((one.confirmed_on, one.text_sha256) for one in rows(app, Signature))
        return {(one.day, one.country, one.language): one.number for one in rows(app, DayCount)} == wanted and {
            (one.day, one.text_sha256): one.number for one in rows(app, TextCount)
        } == texts

    return compare


def oldest(session):
    """The signature that has stood longest."""
    return session.scalars(sa.select(Signature).order_by(Signature.confirmed_on)).first()


@pytest.fixture
def move(database):
    """Moves the signature that has stood longest to a text of its own."""

    def move_to(text):
        with database.writing() as session:
            mailbox_signature.move_to_version(session, oldest(session), text)

    return move_to


def published_texts(database):
    """The published number of each text."""
    with database.reading() as session:
        return dict(counting.read_snapshot(session).signed_texts)


def test_every_signature_is_counted_under_its_day_country_language_and_text(app, database, agree):
    assert agree()
    with database.reading() as session:
        assert counting.total(session) == counting.count(session) == 300
        assert counting.read_snapshot(session).confirmed == 300
        assert dict(counting.read_snapshot(session).countries) == dict.fromkeys(
            ("SY", "TR", "LB", "JO", "DE", "SE", "FR", "GB"), 30
        )


def test_whoever_comes_today_is_counted_with_the_next_publication(visitor, database, layla, agree):
    counting.publish(database)

    assert agree()


def test_two_who_publish_at_the_same_moment_take_turns(database, layla, agree):
    is_writing = threading.Event()

    def dawdle(_connection, _cursor, statement, *_):
        if statement.startswith("INSERT INTO day_count") and not is_writing.is_set():
            is_writing.set()
            time.sleep(0.5)  # long enough for the other one to come in between

    sa.event.listen(database.engine, "before_cursor_execute", dawdle)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(counting.publish, database)
        assert is_writing.wait(10)
        second = pool.submit(counting.publish, database)

    assert (first.exception(), second.exception()) == (None, None)
    assert agree()


def test_when_somebody_of_long_ago_withdraws_the_old_day_is_counted_anew(database, agree):
    with database.writing() as session:
        signing.withdraw(session, oldest(session), now().date())
    assert not agree()

    counting.publish(database)

    assert agree()
    with database.reading() as session:
        assert (counting.read_snapshot(session).confirmed, counting.read_snapshot(session).withdrawn) == (299, 1)


@pytest.mark.parametrize(("clock", "days"), [((0, 59), 2), ((1, 1), 1), ((23, 59), 1)])
def test_only_days_that_are_still_open_are_counted_as_long_as_nothing_older_changes(database, clock, days):
    at = datetime.combine(now().date(), time_of_day(*clock), UTC)

    with database.reading() as session:
        anew = counting.count_anew(session, at)

    assert anew.since == at.date() - timedelta(days=days - 1)
    assert {day for (day,) in anew.summed("day")} == {anew.since, at.date()}


def test_once_a_day_everything_is_counted_so_that_a_changed_language_shows_too(database, agree):
    with database.writing() as session:
        oldest(session).language = "fr"
    counting.publish(database)
    assert not agree()

    with database.writing() as session:
        session.get_one(Publication, 1).counted_at = now() - timedelta(days=1)
    counting.publish(database)

    assert agree()


def test_a_signature_of_long_ago_that_moves_to_another_text_is_counted_there_with_the_next_publication(database, agree, move):
    move("1" * 64)
    counting.publish(database)

    assert published_texts(database)["1" * 64] == 1
    assert sum(published_texts(database).values()) == 300
    assert agree()


@pytest.mark.parametrize("others_publish", [0, 1, 2])
@pytest.mark.parametrize("counts_all", [False, True])
def test_a_signature_that_moves_while_others_are_counted_is_counted_there_in_the_end(
    database, agree, move, monkeypatch, others_publish, counts_all
):
    gone, publish, before = counting.gone, counting.publish, published_texts(database)
    if counts_all:
        with database.writing() as session:
            session.get_one(Publication, 1).counted_at = now() - timedelta(days=1)

    def move_meanwhile(session):  # it has counted, and has not written yet
        monkeypatch.setattr(counting, "gone", gone)
        move("1" * 64)
        for _ in range(others_publish):
            publish(database)
        return gone(session)

    monkeypatch.setattr(counting, "gone", move_meanwhile)
    publish(database)
    assert published_texts(database) == before  # as it was when it counted

    publish(database)

    assert published_texts(database)["1" * 64] == 1
    assert sum(published_texts(database).values()) == 300
    assert agree()


def test_where_an_older_program_counts_no_texts_all_are_counted_anew(database, agree):
    with database.writing() as session:
        signing.withdraw(session, oldest(session), now().date())
        signature = oldest(session)  # of a day whose number the older program has published
        row = session.scalars(sa.select(DayCount).where(DayCount.day == signature.confirmed_on)).first()
        row.number -= 1
    assert not agree()

    counting.publish(database)

    assert agree()
    with database.reading() as session:
        assert counting.total(session) == counting.total(session, kind=TextCount) == 299
        assert sum(dict(counting.read_snapshot(session).signed_texts).values()) == 299


def test_texts_are_counted_right_when_the_tables_are_new(database, agree):
    with database.writing() as session:
        session.execute(sa.delete(TextCount))

    counting.publish(database)

    assert agree()


def test_publishing_reads_no_signature_but_those_of_days_that_are_still_open(database, move):
    counting.publish(database)
    asked = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    counting.publish(database)

    cells = [one for one in asked if "GROUP BY signature." in one]
    assert len(cells) == 1
    assert all("signature.confirmed_on >=" in one for one in cells)


def test_the_last_of_a_day_leaves_no_count_behind(database, agree):
    with database.writing() as session:
        session.execute(sa.delete(Signature))

    counting.publish(database)

    assert agree()
    with database.reading() as session:
        assert counting.read_snapshot(session).countries == ()


def test_the_desk_s_counts_go_on_while_the_published_number_waits_for_its_batch(visitor, database, layla):
    counting.publish(database, batch=20)

    with database.reading() as session:
        assert (counting.read_snapshot(session).confirmed, counting.total(session)) == (300, 301)


@on_sqlite
def test_the_count_is_asked_of_an_index_alone(database):
    cell = (Signature.confirmed_on, Signature.country, Signature.language, Signature.text_sha256)
    asked = counted(*cell, sa.func.count()).group_by(*cell).compile(database.engine)

    with database.engine.connect() as connection:
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}").all())

    assert "COVERING INDEX ix_signature_counted_by_text" in plan
    assert "TEMP B-TREE" not in plan
