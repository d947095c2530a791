"""After a long stop, or a jump of the clock, nothing is deleted for good before the timed work has run for 24 hours."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign.database import now
from campaign.outbox import purge_clock
from campaign.outbox.purge_clock import PurgeClock, PurgeGate
from campaign.petition.models import Signature, Submission
from campaign.server.purger import Purger
from tests.organizers.stored import propose, store
from tests.organizers.test_removal_rules import remove
from tests.people import rows

NOON = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def gate(database):
    """The timed work of one process, which has ticked once."""
    made = PurgeGate(database)
    assert made.tick(NOON) == timedelta(0), "a new campaign waits for nothing"
    return made


def run_for(gate, since, hours):
    """Ticks every minute; what is left at the end."""
    for minute in range(1, hours * 60 + 1):
        left = gate.tick(since + minute * MINUTE)
    return left


def anew(database):
    """The timed work that was started again."""
    return PurgeGate(database)


def test_a_stop_of_more_than_a_day_waits_for_24_hours_of_running(gate, database):
    back = NOON + timedelta(days=1, seconds=1)

    assert anew(database).tick(back) == timedelta(hours=24)
    running = anew(database)
    assert run_for(running, back, 23) == timedelta(hours=1)
    assert run_for(running, back + timedelta(hours=23), 1) == timedelta(0)


def test_a_shorter_stop_waits_for_nothing_and_one_while_waiting_does_not_count_as_running(gate, database):
    assert anew(database).tick(NOON + timedelta(hours=23)) == timedelta(0)
    back = NOON + timedelta(days=10)
    anew(database).tick(back)
    run_for(anew(database), back, 2)

    assert anew(database).tick(back + timedelta(hours=12)) == timedelta(hours=22)
    assert anew(database).tick(back + timedelta(days=3)) == timedelta(hours=24), "another long stop begins it anew"


def test_a_clock_that_jumps_back_or_on_waits_too(gate, database):
    assert anew(database).tick(NOON - timedelta(minutes=4)) == timedelta(0), "machines differ by minutes"
    assert anew(database).tick(NOON - timedelta(minutes=6)) == timedelta(hours=24)
    with database.writing() as session:
        session.execute(sa.delete(PurgeClock))

    running = anew(database)
    assert running.tick(NOON) == timedelta(0)
    assert running.tick(NOON + timedelta(hours=2)) == timedelta(hours=24), "the same process has run for no two hours meanwhile"
    assert running.tick(NOON + timedelta(hours=2) + MINUTE) == timedelta(hours=24) - MINUTE


def test_what_waited_too_long_and_what_was_removed_stays_meanwhile(app, settings, database, visitor, post_office):
    said = []
    with time_machine.travel(NOON, tick=False) as clock:
        visitor.sign(email="sami@example.org")
        post_office.deliver()
        remove(database, propose(app, store(app, "Nia")), "not_real")
        Purger(settings, database, said.append).run()
        clock.shift(timedelta(days=30))
        purger = Purger(settings, database, said.append)
        for _ in range(24 * 6):
            purger.run()
            assert len(rows(app, Submission)) == len(rows(app, Signature)) == 1
            clock.shift(timedelta(minutes=10))
        purger.run()

    assert rows(app, Submission) == rows(app, Signature) == []
    assert said == [], "the condition says it once"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Nothing is deleted permanently until it has run for 24 more hours"), ("ar", "قبل أن يعمل 24 ساعة أخرى")],
)
def test_check_and_the_desk_say_so(app, database, gate, request, language, words):
    anew(database).tick(now() + timedelta(days=300))
    with database.reading() as session:
        assert purge_clock.hours_left(session) == 24
    omar = request.getfixturevalue("new_account")("omar@example.org", language=language)
    omar.enter()

    assert words in omar.read("").text
