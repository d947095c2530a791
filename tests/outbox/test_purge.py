"""Forgetting: a letter and what waits for its answer live 72 hours from the sending, 7 days at most, and go together."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from campaign.database import now
from campaign.outbox import queue
from campaign.outbox.queue import OutboxMessage
from campaign.petition.models import Signature, Submission
from tests.people import link_in, rows

NOON = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


@pytest.fixture
def forget(app):
    """The timed work's look for what is over."""
    return lambda: queue.purge(app.extensions["campaign"].database, now())


@pytest.fixture
def left(app):
    """How many letters and submissions there are."""
    return lambda: (len(rows(app, OutboxMessage)), len(rows(app, Submission)))


def test_72_hours_after_it_was_sent_a_letter_goes_with_its_submission_and_its_link(clock, somebody, post_office, forget, left):
    somebody.sign()
    clock.shift(timedelta(days=2))  # the server was away that long
    link = link_in(post_office.deliver()[0])

    clock.shift(timedelta(hours=72))
    assert (forget(), left()) == (0, (1, 1))
    assert somebody.read(link).status_code == 200

    clock.shift(timedelta(seconds=1))
    assert somebody.read(link).status_code == 404  # also before the timed work has come by
    assert somebody.press(link).status_code == 404
    assert (forget(), left()) == (1, (0, 0))


def test_a_reminder_does_not_make_the_link_live_longer(clock, visitor, post_office, forget, left):
    visitor.sign()
    post_office.deliver()
    clock.shift(timedelta(hours=71))
    post_office.deliver()

    clock.shift(timedelta(hours=1, seconds=1))

    assert (forget(), left()) == (1, (0, 0))


def test_what_could_not_be_sent_goes_after_seven_days(clock, visitor, forget, left):
    visitor.sign()

    clock.shift(timedelta(days=7))
    assert (forget(), left()) == (0, (1, 1))
    clock.shift(timedelta(seconds=1))
    assert (forget(), left()) == (1, (0, 0))


def test_what_was_sent_late_still_goes_after_seven_days(clock, visitor, post_office, forget, left):
    visitor.sign()
    clock.shift(timedelta(days=6))
    post_office.deliver()

    clock.shift(timedelta(days=1, seconds=1))

    assert (forget(), left()) == (1, (0, 0))


def test_a_refused_letter_goes_72_hours_later(clock, visitor, mailbox, post_office, forget, left):
    mailbox.answer = "550 never"
    visitor.sign()
    post_office.deliver()

    clock.shift(timedelta(hours=72, seconds=1))

    assert (forget(), left()) == (1, (0, 0))


def test_after_the_work_was_away_for_a_month_all_that_is_over_goes_at_once(clock, visitor, post_office, forget, left):
    for number in range(5):
        visitor.sign(email=f"{number}@example.org")
        clock.shift(timedelta(hours=5))
    post_office.deliver()
    clock.shift(timedelta(days=30))
    visitor.sign(email="new@example.org")

    assert (forget(), left()) == (5, (1, 1))


def test_confirming_takes_the_letter_and_the_submission_away_and_forgetting_leaves_the_signature(
    app, clock, visitor, post_office, forget, left
):
    visitor.sign()
    link = link_in(post_office.deliver()[0])

    visitor.press(link)
    assert left() == (0, 0)

    clock.shift(timedelta(days=400))
    assert forget() == 0
    assert len(rows(app, Signature)) == 1
    assert visitor.read(link).status_code == 200
