"""What /readyz says: read only, and yet it knows whether the database can be written to and whether a worker lives."""

import os
import threading
from datetime import timedelta

import pytest
import time_machine

from campaign import database, instance
from campaign.database import now
from campaign.outbox import heartbeat, outage
from campaign.outbox.smtp_answers import RelayTrouble, Trouble
from tests.servers import on_sqlite

LATER = timedelta(minutes=2)


@pytest.fixture
def site(app):
    """The site's state."""
    return app.extensions["campaign"]


@pytest.fixture
def file(settings):
    """The file that a worker touches."""
    return settings.data / heartbeat.FILE_NAME


def touched(file, moment):
    """Let a worker be alive at a moment, whatever it can write."""
    file.touch()
    os.utime(file, (moment.timestamp(), moment.timestamp()))


def answer(visitor):
    """The status, and what is in the way."""
    found = visitor.read("/readyz")
    return found.status_code, {name for name, value in found.json.items() if value is False}


def test_a_site_whose_worker_writes_every_ten_seconds_is_ready(site, visitor, file):
    assert answer(visitor) == (200, set())  # nobody ever started a worker
    heartbeat.note_start(site.database)
    heartbeat.beat(site.database, file)

    assert answer(visitor) == (200, set())
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_worker_that_never_lives_for_ten_seconds_is_missed(site, visitor):
    heartbeat.note_start(site.database)

    with time_machine.travel(now() + LATER):
        heartbeat.note_start(site.database)  # the next one that dies at once
        assert answer(visitor) == (503, {"worker"})


@on_sqlite
def test_a_start_is_noted_before_the_worker_does_anything_else(site, settings, monkeypatch):
    monkeypatch.setattr(heartbeat.threading.Thread, "start", lambda _thread: None)

    heartbeat.start(site.database, settings.data, threading.Event())

    with site.database.reading() as session:
        assert heartbeat.was_ever_started(session)


def test_a_database_that_takes_nothing_is_told_from_a_worker_that_is_gone(site, visitor, file):
    heartbeat.beat(site.database, file)

    with time_machine.travel(now() + LATER):
        touched(file, now())
        assert answer(visitor) == (503, {"database"})


def test_a_worker_cannot_beat_while_somebody_holds_the_lock_of_writing(site, visitor, settings, file, monkeypatch):
    monkeypatch.setattr(database, "LOCK_TIMEOUT", 0.2)
    heartbeat.beat(site.database, file)

    with time_machine.travel(now() + LATER) as clock:
        other = instance.open_database(settings)
        with other.writing() as session:
            session.get_one(heartbeat.WorkerBeat, 1, with_for_update=True)
            heartbeat.beat(site.database, file)
            touched(file, now())
            assert answer(visitor) == (503, {"database"})
        other.close()
        clock.shift(1)
        heartbeat.beat(site.database, file)
        assert answer(visitor) == (200, set())


@on_sqlite
def test_in_an_outage_of_the_mail_server_e_mails_wait_and_the_answer_says_so(site, visitor):
    with site.database.writing() as session:
        outage.begin(session, RelayTrouble("", Trouble.LOGIN, "535 5.7.8"), now())

    assert answer(visitor) == (503, {"outbox"})
    assert visitor.read("/readyz").json["mail"] == "waiting"


@on_sqlite
def test_asking_changes_nothing_in_the_database(site, visitor):
    with site.database.engine.connect() as connection:
        before = connection.exec_driver_sql("PRAGMA data_version").scalar()
        visitor.read("/readyz")

        assert connection.exec_driver_sql("PRAGMA data_version").scalar() == before
