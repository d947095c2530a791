"""The mail keeps up: several conversations at once, a quota used up and never exceeded, and servers that say later."""

import asyncio
import itertools
import threading
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign.database import now
from campaign.outbox import delivery, outage, queue
from campaign.outbox.queue import OutboxMessage
from campaign.server import worker
from tests.outbox.conftest import Choosy
from tests.servers import on_sqlite

MINUTE = timedelta(minutes=1)
TOO_MANY = "450 4.7.1 Error: too many messages, slow down"


class Counting(Choosy):
    """A mail server that notes when each recipient was tried, and how many conversations went on at once."""

    def __init__(self) -> None:
        self.greeted = self.talking = self.most_talking = 0
        self.pause = 0.0  # seconds before each answer to the content
        self.tried: list[tuple[datetime, str]] = []
        super().__init__()

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):  # noqa: N802  # aiosmtpd's name
        self.greeted += 1
        session.host_name, session.taken = hostname, 0
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        self.tried.append((now(), address))
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.talking += 1
        self.most_talking = max(self.most_talking, self.talking)
        await asyncio.sleep(self.pause)
        self.talking -= 1
        session.taken += 1
        return await super().handle_DATA(server, session, envelope)

    @property
    def refused(self) -> int:
        """How many tries came to nothing."""
        return len(self.tried) - len(self.letters)


@pytest.fixture
def served_by(mail_to):
    """Makes a kind of mail server the site's."""
    servers = []

    def use(kind, query=""):
        server = kind()
        server.__enter__()
        servers.append(server)
        mail_to(server.url + query)
        return server

    yield use
    for server in servers:
        server.__exit__()


@pytest.fixture
def clock():
    """A clock that moves when it is told."""
    with time_machine.travel(now(), tick=False) as moved:
        yield moved


def sign(visitor, number):
    """Let so many people sign."""
    for place in range(number):
        visitor.sign(email=f"person{place}@example.org")


def work(send, clock, minutes):
    """Do the worker's rounds for so many minutes, every ten seconds."""
    for _ in range(minutes * 6):
        send()
        clock.shift(10)


def once_each(server, number):
    """Whether so many people have one e-mail each."""
    return Counter(Counter(to for [to] in server.recipients).values()) == {1: number}


@on_sqlite
def test_while_much_is_due_four_conversations_go_on_at_once_each_for_many_emails(visitor, send, served_by):
    server = served_by(Counting)
    server.pause = 0.05
    sign(visitor, 90)

    send()

    assert once_each(server, 90)
    assert (server.most_talking, server.greeted) == (4, 4)


@on_sqlite
def test_for_a_few_emails_there_is_one_conversation(visitor, send, served_by):
    server = served_by(Counting)
    sign(visitor, 3)
    send()

    assert (server.greeted, len(server.letters)) == (1, 3)


@on_sqlite
def test_a_server_that_takes_two_conversations_gets_everything_through_two(app, visitor, send, served_by, outbox):
    class Narrow(Counting):
        async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
            answers = await super().handle_EHLO(server, session, envelope, hostname, responses)
            return answers if self.greeted <= 2 else ["421 too many connections"]

        async def handle_HELO(self, _server, _session, _envelope, _hostname):  # noqa: N802
            return "421 too many connections"

    server = served_by(Narrow)
    server.pause = 0.05
    sign(visitor, 50)

    send()

    assert once_each(server, 50)
    assert {(one.attempts, one.failures) for one in outbox()} == {(0, 0)}


@on_sqlite
def test_a_server_that_ends_each_conversation_after_ten_emails_gets_all_at_once(visitor, send, served_by, outbox):
    class Brief(Counting):
        async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
            if session.taken == 10:
                return "421 4.3.2 bye"
            return await super().handle_MAIL(server, session, envelope, address, options)

    server = served_by(Brief)
    sign(visitor, 60)

    send()

    assert once_each(server, 60)
    assert {(one.attempts, one.failures) for one in outbox()} == {(0, 0)}


def test_a_quota_is_used_up_and_never_exceeded_by_all_workers_together(app, visitor, served_by, clock):
    server = served_by(Counting, "&rate=6/m")
    sign(visitor, 20)

    for _ in range(4 * 6):
        workers = [threading.Thread(target=worker.deliver_due, args=(app, threading.Event(), print)) for _ in range(2)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
        clock.shift(10)

    moments = sorted(moment for moment, _ in server.tried)
    assert once_each(server, 20)
    assert server.refused == 0
    assert all(later - first > MINUTE for first, later in zip(moments, moments[6:], strict=False))


@on_sqlite
@pytest.mark.parametrize("step", ["to_mail", "to_rcpt"])
def test_a_server_that_throttles_is_left_alone_for_a_moment_and_no_email_loses_a_try(
    app, visitor, send, served_by, clock, outbox, step
):
    class Throttling(Counting):
        def is_full(self):
            return len([1 for moment, _ in self.taken_at if moment > now() - MINUTE]) >= 10

        taken_at: list = []

        async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
            self.asked += 1
            if step == "to_mail" and self.is_full():
                return "421 4.7.0 try again later"
            return await super().handle_MAIL(server, session, envelope, address, options)

        asked = 0

        async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
            if step == "to_rcpt" and self.is_full():
                return TOO_MANY
            self.taken_at.append((now(), address))
            return await super().handle_RCPT(server, session, envelope, address, options)

    Throttling.taken_at = []
    server = served_by(Throttling)
    sign(visitor, 40)

    work(send, clock, 4)

    assert once_each(server, 40)
    assert server.asked - 40 <= 20  # one of each conversation at first, then a few a minute
    assert {one.attempts for one in outbox()} == {0}


@on_sqlite
def test_a_busy_server_is_an_outage_only_once_that_lasts(app, visitor, send, served_by, clock):
    def shown():
        with app.extensions["campaign"].database.reading() as session:
            return outage.current_outage(session, now())

    server = served_by(Counting)
    server.to_rcpt = TOO_MANY
    sign(visitor, 10)

    work(send, clock, 4)
    assert shown() is None
    tries = server.refused
    assert 7 <= tries <= 9
    work(send, clock, 4)

    assert shown().category == "busy"
    assert server.refused - tries <= 6


@on_sqlite
def test_an_email_that_alone_is_throttled_holds_the_others_up_three_times_at_most(visitor, send, served_by, clock, outbox):
    class Odd(Counting):
        async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
            self.to_rcpt = TOO_MANY if address.startswith("person0@") else "250 OK"
            return await super().handle_RCPT(server, session, envelope, address, options)

    server = served_by(Odd)
    visitor.sign(email="person0@example.org")
    for place in range(1, 13):
        visitor.sign(email=f"person{place}@example.org")
        work(send, clock, 1)

    assert once_each(server, 12)
    assert server.refused == 3
    assert [one.failed_at for one in outbox() if one.sent_at is None] == [None]


class Greylisting(Counting):
    """A mail server that takes an e-mail five minutes after it was tried first."""

    answer_to_new = "451 4.7.1 Greylisted, please try again later"

    def __init__(self) -> None:
        self.first: dict[str, datetime] = defaultdict(now)
        super().__init__()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        self.to_rcpt = "250 OK" if now() - self.first[address] >= 5 * MINUTE else self.answer_to_new
        return await super().handle_RCPT(server, session, envelope, address, options)


@on_sqlite
def test_a_server_that_greylists_for_five_minutes_has_all_within_eight_in_the_same_conversations(
    app, visitor, send, served_by, clock
):
    server = served_by(Greylisting)
    sign(visitor, 25)
    began = now()
    work(send, clock, 8)

    assert once_each(server, 25)
    assert max(moment for moment, _ in server.tried) - began < 8 * MINUTE
    assert server.refused <= 25 * 7


@on_sqlite
def test_a_server_that_says_for_how_long_it_greylists_is_asked_then_and_not_before(visitor, send, served_by, clock):
    class Plain(Greylisting):
        answer_to_new = "450 4.2.0 Greylisted for 300 seconds"

    server = served_by(Plain)
    sign(visitor, 5)

    work(send, clock, 6)

    assert once_each(server, 5)
    assert server.refused == 5


@on_sqlite
def test_a_server_that_greylists_for_a_second_and_never_takes_it_is_asked_less_and_less(visitor, send, served_by, clock):
    server = served_by(Counting)
    server.to_rcpt = "450 4.2.0 Greylisted for 1 second"
    sign(visitor, 1)

    for step in [5] * 36 + [60] * 60:  # seconds
        send()
        clock.shift(step)

    moments = [moment for moment, _ in server.tried]
    pauses = [later - first for first, later in itertools.pairwise(moments)]
    assert min(pauses) >= timedelta(seconds=10)
    assert delivery.TRIES_EACH_MINUTE < len(moments) <= delivery.TRIES_EACH_MINUTE + 6
    assert max(pauses) > 10 * MINUTE


def test_new_signups_leave_before_reminders(app, visitor, send, served_by, clock):
    server = served_by(Counting)
    sign(visitor, 30)
    send()
    clock.shift(queue.REMIND_AFTER.total_seconds() + 60)
    with app.extensions["campaign"].database.writing() as session:
        session.execute(sa.update(OutboxMessage).values(due_at=now() - timedelta(hours=1)))
    visitor.sign(email="new1@example.org")
    visitor.sign(email="new2@example.org")

    send()

    order = [address for _, address in server.tried[30:]]
    assert sorted(order[:2]) == ["new1@example.org", "new2@example.org"]
    assert len(order) == 32
