"""Leases: several mail workers never send one letter at the same time, and a dead one's letters are sent by the next."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import sqlalchemy as sa
import time_machine

from campaign.database import now
from campaign.outbox import queue, smtp
from campaign.outbox.queue import OutboxMessage
from campaign.server import worker as server_worker
from tests.servers import on_sqlite


def test_two_workers_at_once_send_every_letter_once(app, visitor, mailbox, monkeypatch):
    monkeypatch.setattr(queue, "CLAIM_BATCH", 3)
    for number in range(30):
        visitor.sign(email=f"{number}@example.org")
    failures = []

    def round_of_work():
        try:
            server_worker.deliver_due(app, threading.Event(), lambda _: None)
        except Exception as failure:
            failures.append(failure)

    workers = [threading.Thread(target=round_of_work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failures == []
    assert set(Counter(recipients[0] for recipients in mailbox.recipients).values()) == {1}
    assert len(mailbox.letters) == 30


def test_two_workers_that_are_the_first_to_speak_with_the_server_at_the_same_moment_both_go_on(app, settings):
    database = app.extensions["campaign"].database
    way_out = smtp.make_transport(settings.model_copy(update={"mail_url": "file:"}), lambda _: None)

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            session.add(smtp.MailServer(id=1, smtputf8=False))
            session.flush()
            other = pool.submit(smtp.record_capabilities, database, way_out)
            time.sleep(0.3)  # until it waits for the row
        other.result()

    with database.reading() as session:
        assert smtp.accepts_utf8(session)


def test_what_one_has_claimed_nobody_else_claims_until_the_lease_is_over(app, visitor):
    database = app.extensions["campaign"].database
    visitor.sign()

    claimed = queue.claim(database, now())
    assert len(claimed) == 1
    assert queue.claim(database, now()) == []
    assert queue.claim(database, now() + queue.LEASE - timedelta(seconds=1)) == []

    assert [letter.id for letter in queue.claim(database, now() + queue.LEASE + timedelta(seconds=1))] == [claimed[0].id]


def test_a_worker_does_not_wait_for_letters_that_another_is_claiming(app, visitor):
    database = app.extensions["campaign"].database
    if database.is_sqlite:
        return  # SQLite's writers are one at a time
    for number in range(2):
        visitor.sign(email=f"{number}@example.org")

    with database.writing() as session:
        held = session.scalar(sa.select(OutboxMessage.id).order_by(OutboxMessage.due_at).limit(1).with_for_update())
        claimed = queue.claim(database, now())

    assert len(claimed) == 1
    assert claimed[0].id != held


def test_the_letters_of_a_worker_that_died_are_sent_by_the_next(app, visitor, post_office):
    visitor.sign()
    queue.claim(app.extensions["campaign"].database, now())  # and it is gone
    assert post_office.deliver() == []

    with time_machine.travel(now() + queue.LEASE + timedelta(seconds=1)):
        assert len(post_office.deliver()) == 1


@on_sqlite
def test_a_slow_server_does_not_make_a_worker_send_what_another_has_taken_over(app, visitor, mailbox, monkeypatch):
    """Each letter takes 40 seconds, and whenever it is over a second worker looks what there is to do."""
    for number in range(12):
        visitor.sign(email=f"{number}@example.org")
    send = smtp.SmtpTransport.send

    with time_machine.travel(now(), tick=False) as clock:

        def slowly(self, *mail):
            send(self, *mail)
            clock.shift(40)
            if not others:
                others.append(True)
                server_worker.deliver_due(app, threading.Event(), lambda _: None)
                others.clear()

        others = []
        monkeypatch.setattr(smtp.SmtpTransport, "send", slowly)
        for _ in range(5):
            server_worker.deliver_due(app, threading.Event(), lambda _: None)

    assert set(Counter(recipients[0] for recipients in mailbox.recipients).values()) == {1}
    assert len(mailbox.letters) == 12


def test_what_was_claimed_and_not_sent_is_given_back_at_once_and_only_if_it_is_still_ours(app, visitor):
    database = app.extensions["campaign"].database
    visitor.sign()
    first = queue.claim(database, now())
    queue.release(database, first)
    second = queue.claim(database, now())
    assert len(second) == 1

    queue.release(database, first)

    assert queue.claim(database, now()) == []


@on_sqlite
def test_a_worker_that_is_asked_to_stop_finishes_the_letter_in_its_hands_and_leaves_the_others(
    app, visitor, mailbox, monkeypatch
):
    for number in range(5):
        visitor.sign(email=f"{number}@example.org")
    stop = threading.Event()
    send = smtp.SmtpTransport.send
    monkeypatch.setattr(smtp.SmtpTransport, "send", lambda self, *mail: (send(self, *mail), stop.set()))

    server_worker.deliver_due(app, stop, lambda _: None)
    assert len(mailbox.letters) == 1

    monkeypatch.undo()
    server_worker.deliver_due(app, threading.Event(), lambda _: None)
    assert len(mailbox.letters) == 5
