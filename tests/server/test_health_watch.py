"""The watch over the conditions: it goes on while the database is away, says so once, and ends by nothing."""

import logging
import threading
from contextlib import closing

import pytest
import sqlalchemy as sa

from campaign.database import Database, now
from campaign.health import conditions, looks
from campaign.health.conditions import Site, State
from campaign.server import health_watch
from campaign.server.health_watch import QUICK, HealthWatch
from tests.servers import free_port, on_sqlite


@pytest.fixture
def site(app):
    """What is looked at."""
    return Site(app.extensions["campaign"].settings, app.extensions["campaign"].database)


def tick(watch):
    """Look at everything once."""
    watch._due = dict.fromkeys(watch._due, 0.0)
    watch.run_due()


@on_sqlite
def test_a_database_that_is_away_is_one_line_of_the_log_and_one_when_it_is_back(site, settings, caplog):
    caplog.set_level(logging.INFO, "campaign")
    watch = HealthWatch(site, QUICK)
    with closing(Database(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none", settings.data)) as away:
        watch._site = Site(settings, away)
        for _ in range(3):
            tick(watch)
    assert caplog.messages == [
        "database: The database does not answer. Check that it is running, and check CAMPAIGN_DATABASE_URL."
    ]

    watch._site = site
    for _ in range(2):
        tick(watch)

    assert caplog.messages[1:] == ["database: fine again."]
    with site.database.reading() as session:
        found = conditions.read_findings(session, settings, now())
    assert (found["database"].state, found["disk"].state) == (State.FINE, State.FINE)


@on_sqlite
@pytest.mark.parametrize("kind", [sa.exc.ProgrammingError, sa.exc.DatabaseError])
def test_a_failure_of_any_kind_ends_no_watch_is_logged_once_and_keeps_nothing_else_from_being_stored(
    site, settings, monkeypatch, caplog, kind
):
    def fail(*_arguments):
        raise kind("SELECT", {}, Exception("layla@example.org"))

    looks.log_failure.cache_clear()
    monkeypatch.setattr(conditions, "look_quickly", fail)
    watch, stop, ticks = HealthWatch(site, ["disk", "database"]), threading.Event(), []

    def wait(_seconds):
        ticks.append(None)
        watch._due = dict.fromkeys(watch._due, 0.0)
        return stop.set() if len(ticks) == 3 else None

    monkeypatch.setattr(stop, "wait", wait)
    watch.run(stop)

    assert len(ticks) == 3
    assert caplog.messages == [f"The check of `conditions` failed ({kind.__name__})."]
    monkeypatch.undo()
    with site.database.reading() as session:
        assert conditions.read_findings(session, settings, now())["disk"].state == State.FINE


@on_sqlite
def test_what_could_not_be_stored_is_stored_at_the_next_tick(site, settings, monkeypatch):
    watch, store = HealthWatch(site, ["disk"]), conditions.store

    def fail(*_arguments):
        raise sa.exc.OperationalError("INSERT", {}, Exception("locked"))

    tick(watch)
    monkeypatch.setattr(looks, "LEAST_FREE", 10**9)
    monkeypatch.setattr(health_watch.conditions, "store", fail)
    tick(watch)
    monkeypatch.setattr(health_watch.conditions, "store", store)
    tick(watch)

    with site.database.reading() as session:
        assert conditions.read_findings(session, settings, now())["disk"].reason == "full"
