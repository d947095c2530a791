"""Failures: one e-mail that cannot be written or sent is given up by itself, and the others go out at once."""

import multiprocessing
import os
import signal
import time
from contextlib import closing

import pytest
import sqlalchemy as sa
import time_machine

from campaign import instance
from campaign.crypto import sealing
from campaign.database import now
from campaign.outbox import delivery, message, queue, smtp, worker_registry
from campaign.outbox.queue import OutboxMessage
from campaign.petition import emails
from campaign.server import worker
from tests.servers import on_sqlite

GOOD = [f"good{number}@example.org" for number in range(10)]


@pytest.fixture
def poisoned(app):
    """The writer of e-mails raises for one address, as it did for encoded words."""

    def write(session, letter, envelope):
        if envelope.address.local == "poison":
            raise IndexError("list index out of range")
        return emails.compose(session, letter, envelope)

    return write


@pytest.fixture
def round_of_work(app, mailbox, poisoned):
    """One round over what is due with that writer; returns who got an e-mail."""
    site = app.extensions["campaign"]

    def go():
        before = len(mailbox.recipients)
        with app.app_context(), smtp.open_transport(smtp.make_transport(site.settings, print)) as way_out:
            while claimed := queue.claim(site.database, now()):
                for letter in claimed:
                    assert delivery.deliver(site.database, site.keys, way_out, poisoned, letter)
        return [to for [to] in mailbox.recipients[before:]]

    return go


def test_an_email_that_cannot_be_written_holds_up_no_other(visitor, round_of_work, caplog):
    for email in (*GOOD[:5], "poison@example.org", *GOOD[5:]):
        visitor.sign(email=email)

    assert sorted(round_of_work()) == GOOD
    assert caplog.messages == ["An e-mail could not be written or sent: IndexError"]


def test_an_email_that_cannot_be_written_is_given_up_after_a_few_tries(visitor, round_of_work, outbox):
    visitor.sign(email="poison@example.org")
    tries = 0
    while outbox()[0].due_at is not None:
        with time_machine.travel(outbox()[0].due_at):
            round_of_work()
        tries += 1

    assert tries == delivery.MAX_FAILURES
    assert (outbox()[0].failures, outbox()[0].attempts, outbox()[0].failed_at is not None) == (3, 0, True)


@on_sqlite
def test_a_message_that_the_mail_library_cannot_send_is_given_up_and_the_next_goes_out(
    visitor, round_of_work, outbox, monkeypatch
):
    write = message.plain_message

    def unsendable(settings, *, to, subject, body):
        made = write(settings, to=to, subject=subject, body=body)
        if to.local == "odd":
            made.add_header("X-Odd", "\ud800")
        return made

    monkeypatch.setattr(emails, "plain_message", unsendable)
    visitor.sign(email="odd@example.org")
    visitor.sign(email=GOOD[0])

    assert round_of_work() == [GOOD[0]]
    assert sorted(letter.failures for letter in outbox()) == [0, 1]


def _claim_and_hang(settings, ready):
    """A mail worker that claims what is due and then does nothing, until it is killed."""
    with closing(instance.open_database(settings)) as database, worker_registry.registered(settings.data / "mail-workers") as me:
        ready.send(len(queue.claim(database, now(), by=me)))
        time.sleep(60)


def test_what_a_killed_worker_had_claimed_is_released_at_the_next_start(app, settings, visitor):
    for email in GOOD:
        visitor.sign(email=email)
    here, there = multiprocessing.Pipe()
    worker = multiprocessing.get_context("spawn").Process(target=_claim_and_hang, args=(settings, there))
    worker.start()
    assert here.recv() == 10
    database, workers = app.extensions["campaign"].database, settings.data / "mail-workers"

    worker_registry.release_dead(database, workers)
    assert queue.claim(database, now()) == []  # it lives, and what it has claimed is its own

    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    worker_registry.release_dead(database, workers)

    assert len(queue.claim(database, now())) == 10
    assert list(workers.iterdir()) == []


def test_a_worker_takes_up_again_what_it_had_claimed_when_the_database_was_away(app, visitor):
    visitor.sign()
    database, me = app.extensions["campaign"].database, b"w" * 16

    assert len(queue.claim(database, now(), by=me)) == 1
    assert queue.claim(database, now(), by=b"x" * 16, takes_up=True) == []
    assert queue.claim(database, now(), by=me) == []  # another conversation of the same worker has it
    assert len(queue.claim(database, now(), by=me, takes_up=True)) == 1


def test_a_box_under_another_key_is_one_emails_failure(app, visitor, send, outbox, mailbox):
    visitor.sign(email="poison@example.org")
    site = app.extensions["campaign"]
    with site.database.writing() as session:
        session.execute(sa.update(OutboxMessage).values(box=sealing.encrypt(b"x" * 32, "{}")))
    visitor.sign(email=GOOD[0])

    send()

    assert mailbox.recipients == [[GOOD[0]]]
    assert sorted(letter.failures for letter in outbox()) == [0, 1]


assert worker  # its rounds are what `send` makes


def test_a_refusal_keeps_the_code_of_the_answer_and_never_its_text(visitor, choosy, send, outbox, database_url):
    visitor.sign()
    choosy.to_rcpt = "550 5.1.1 <layla@example.org> is nobody here"

    send()

    assert (outbox()[0].answer, outbox()[0].failed_at is not None) == ("550 5.1.1", True)
