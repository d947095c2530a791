"""An outage: what is about us lets every e-mail wait, with one a minute to try, and loses none."""

import hashlib
from datetime import timedelta

import pytest
import time_machine

from campaign.database import now
from campaign.outbox import delivery, outage, queue
from tests.outbox.conftest import Choosy
from tests.people import rows
from tests.servers import on_sqlite

POLICY = "554 5.7.1 <somebody@example.org>: Relay access denied"
MINUTE = timedelta(minutes=1, seconds=1)
HOUR = timedelta(hours=1)


class Counting(Choosy):
    """A mail server that answers as it is told, to each recipient as it is told, and notes who was tried."""

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.refused: set[str] = set()
        self.refusal = POLICY
        super().__init__()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  # aiosmtpd's name
        self.tried.append(address)
        if address in self.refused:
            return self.refusal
        return await super().handle_RCPT(server, session, envelope, address, options)


@pytest.fixture
def relay(mail_to):
    """The site's mail server."""
    with Counting() as server:
        mail_to(server.url)
        yield server


@pytest.fixture
def clock():
    """A clock that moves when it is told."""
    with time_machine.travel(now(), tick=False) as moved:
        yield moved


def addresses(number, domain="d{}.example"):
    """So many addresses, each of another domain."""
    return [f"person@{domain.format(place)}" for place in range(number)]


def work_for(send, clock, duration, *, every=61):
    """Do the worker's rounds for a while, one every so many seconds."""
    end = now() + duration
    while now() < end:
        clock.shift(every)
        send()


def outages(app):
    """What the database holds of an outage."""
    return [(found.category, found.answer) for found in rows(app, outage.Outage)]


@pytest.mark.parametrize("answer", [POLICY, "504 5.5.2 <[127.0.0.1]>: Helo command rejected", "550 never", "421 busy"])
def test_a_relay_that_refuses_everything_for_an_hour_loses_no_email(app, visitor, send, relay, clock, outbox, answer):
    relay.to_rcpt = answer
    people = addresses(12)
    for email in people:
        visitor.sign(email=email)
    work_for(send, clock, HOUR)
    assert len(outages(app)) == 1
    assert [letter.failed_at for letter in outbox()] == [None] * 12

    relay.to_rcpt = "250 OK"
    work_for(send, clock, 2 * MINUTE)

    assert sorted(to for [to] in relay.recipients) == sorted(people)
    assert outages(app) == []


@on_sqlite
def test_the_text_of_an_answer_is_kept_nowhere(app, visitor, send, relay, caplog):
    relay.to_rcpt = POLICY
    visitor.sign()
    said = send()

    assert outages(app) == [("policy", "554 5.7.1")]
    assert "denied" not in caplog.text + "".join(said)


@on_sqlite
def test_in_an_outage_one_email_a_minute_is_tried_each_in_its_turn(visitor, send, relay, clock):
    relay.to_rcpt = POLICY
    for email in addresses(20):
        visitor.sign(email=email)

    work_for(send, clock, 10 * MINUTE, every=10)

    assert 10 <= len(relay.tried) <= 13
    assert len(set(relay.tried)) == len(relay.tried)


def test_with_the_first_email_that_is_taken_all_leave_at_once(app, visitor, send, relay, clock):
    relay.to_rcpt = POLICY
    for email in addresses(40):
        visitor.sign(email=email)
    send()
    relay.to_rcpt = "250 OK"
    clock.shift(61)

    send()

    assert len(relay.letters) == 40
    assert outages(app) == []


@on_sqlite
@pytest.mark.parametrize("step", ["to_mail", "to_rcpt", "answer"])
def test_an_outage_takes_no_try_from_an_email(visitor, send, relay, clock, outbox, step):
    setattr(relay, step, "550 5.7.1 not you")
    visitor.sign()

    work_for(send, clock, HOUR)

    assert [(letter.attempts, letter.failures, letter.failed_at) for letter in outbox()] == [(0, 1, None)]


@on_sqlite
def test_an_email_that_alone_is_refused_by_a_rule_holds_up_no_other_and_ends(app, visitor, send, relay, clock, outbox):
    relay.refused = {"odd@example.org"}
    visitor.sign(email="odd@example.org")
    for place in range(30):
        visitor.sign(email=f"good{place}@example.org")
        clock.shift(61)
        send()
        send()

    assert len(relay.letters) == 30
    assert relay.tried.count("odd@example.org") == delivery.MAX_FAILURES
    given_up = [letter for letter in outbox() if letter.failed_at]
    assert [(letter.failures, letter.answer) for letter in given_up] == [(delivery.MAX_FAILURES, "554 5.7.1")]
    assert outages(app) == []


def test_five_domains_that_refuse_in_a_row_are_about_us_and_the_five_are_taken_back(app, visitor, send, relay, clock, outbox):
    relay.to_rcpt = "550 5.1.1 no such mailbox"
    for email in addresses(4):
        visitor.sign(email=email)
    send()
    assert len([letter for letter in outbox() if letter.failed_at]) == 4
    assert outages(app) == []

    visitor.sign(email="fifth@another.example")
    send()

    assert outages(app) == [("every_domain", "550 5.1.1")]
    assert not any(letter.failed_at or letter.answer for letter in outbox())
    assert rows(app, outage.Refusal) == []
    relay.to_rcpt = "250 OK"
    clock.shift(61)
    send()
    assert len(relay.letters) == 5


@on_sqlite
def test_refusals_of_one_domain_or_with_an_email_taken_between_are_no_outage(app, visitor, send, relay, outbox):
    relay.to_rcpt = "550 5.1.1 no such mailbox"
    for place in range(8):
        visitor.sign(email=f"gone{place}@example.org")
    send()
    for email in addresses(8):
        relay.to_rcpt = "250 OK"
        visitor.sign(email=f"good-{email}")
        send()
        relay.to_rcpt = "550 5.1.1 no such mailbox"
        visitor.sign(email=email)
        send()

    assert outages(app) == []
    assert len([letter for letter in outbox() if letter.failed_at]) == 16


@on_sqlite
def test_five_dead_mailboxes_end_although_they_are_taken_back(app, visitor, send, relay, clock, outbox):
    relay.refused, relay.refusal = set(addresses(5)), "550 5.1.1 no such mailbox"
    for email in addresses(5):
        visitor.sign(email=email)
    for place in range(20):
        send()
        visitor.sign(email=f"good{place}@example.org")
        clock.shift(61)
        send()

    assert len(relay.letters) == 20
    assert len([letter for letter in outbox() if letter.failed_at]) == 5


@on_sqlite
def test_one_email_that_is_refused_for_now_holds_up_no_other(app, visitor, send, relay):
    relay.to_rcpt = "450 4.7.1 Greylisted"
    for email in addresses(3):
        visitor.sign(email=email)
    send()

    assert len(relay.tried) == 3
    assert outages(app) == []


@on_sqlite
def test_what_waited_longer_than_the_page_promises_is_deleted_also_in_an_outage(app, visitor, send, relay, clock, outbox):
    relay.to_rcpt = POLICY
    visitor.sign()
    send()
    database = app.extensions["campaign"].database
    clock.shift(queue.MAX_LIFETIME - timedelta(hours=1))
    assert queue.purge(database, now()) == 0
    clock.shift(timedelta(hours=2))

    assert queue.purge(database, now()) == 1


@on_sqlite
def test_of_a_domain_that_refuses_a_hash_under_a_key_file_is_kept(app, visitor, send, relay):
    relay.to_rcpt = "550 5.1.1 no such mailbox"
    for email in ("layla@small.example", "omar@small.example"):
        visitor.sign(email=email)
    send()

    kept = [refusal.domain for refusal in rows(app, outage.Refusal)]

    hashed = hashlib.blake2b(b"small.example", key=app.extensions["campaign"].keys.mail, digest_size=16).digest()
    assert kept == [hashed, hashed]
