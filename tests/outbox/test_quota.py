"""The quota: e-mails that wait for it are no trouble, what is not handed over takes nothing of it, and it leaves no trace."""

import threading
from datetime import timedelta

import pytest
import time_machine

from campaign.database import now
from campaign.health import conditions
from campaign.outbox import heartbeat, outage, queue, quota
from campaign.outbox.quota import HandedOver, Quota
from campaign.outbox.smtp_answers import RelayTrouble, Trouble
from campaign.server import mailer, worker
from tests.cli.conftest import environment, name_server, run
from tests.people import rows
from tests.servers import Mailbox, on_sqlite

fixtures = environment, name_server, run
TWO_AN_HOUR = "&rate=2/h"


@pytest.fixture
def site(app):
    """The site's state, whatever its settings are meanwhile."""
    return lambda: app.extensions["campaign"]


@pytest.fixture
def clock():
    """A clock that moves when it is told."""
    with time_machine.travel(now(), tick=False) as moved:
        yield moved


@pytest.fixture
def full(app, visitor, send, mail_to, mailbox, clock):
    """Five signed, two e-mails have left, and twenty minutes later the quota of an hour is still used up."""
    mail_to(mailbox.url + TWO_AN_HOUR)
    for place in range(5):
        visitor.sign(email=f"person{place}@example.org")
    send()
    clock.shift(20 * 60)
    send()
    assert len(mailbox.letters) == 2, what_was_sent(app, mailbox)


def what_was_sent(app, mailbox):
    """To whom, what is noted of it, and how the database tells writers apart: where a quota was exceeded, this tells why."""
    database = app.extensions["campaign"].database
    with database.writing() as session:
        isolation = session.connection().get_isolation_level()
    return {"to": mailbox.recipients, "noted": [one.at for one in rows(app, HandedOver)], "isolation": isolation}


def overdue(site):
    """What the desk, /metrics and `status` count as overdue, and whether /readyz and `check` know of it."""
    with site().database.reading() as session:
        found = conditions.look_for_overdue(session, site().settings, now())
        return queue.count_messages(session, now(), site().quota).overdue, [one.reason for one in found]


def test_e_mails_that_wait_for_the_quota_are_not_overdue(app, site, visitor, full, run, mailbox):
    heartbeat.beat(site().database, site().settings.data / heartbeat.FILE_NAME)
    answer = visitor.read("/readyz")

    assert (answer.status_code, answer.json["outbox"], overdue(site)) == (200, True, (0, []))
    checked = run("check", MAIL_URL=mailbox.url + TWO_AN_HOUR)
    assert (checked.exit_code, "outbox" in checked.stderr) == (0, False)
    assert "e-mails overdue: 0\n" in run("status", MAIL_URL=mailbox.url + TWO_AN_HOUR).stdout


def test_a_worker_that_is_dead_is_named_at_once_and_its_e_mails_are_overdue_once_the_quota_has_room(site, visitor, full, clock):
    heartbeat.note_start(site().database)
    clock.shift(60)
    assert {name for name, value in visitor.read("/readyz").json.items() if value is False} == {"worker"}

    clock.shift(60 * 60)

    assert {name for name, value in visitor.read("/readyz").json.items() if value is False} == {"worker", "outbox"}
    assert overdue(site) == (3, ["overdue"])


@on_sqlite
def test_a_quota_that_has_room_excuses_nobody(site, visitor, send, mail_to, mailbox, clock):
    mail_to(mailbox.url + "&rate=3/h")
    visitor.sign(email="person0@example.org")
    visitor.sign(email="person1@example.org")
    send()
    visitor.sign(email="person2@example.org")
    clock.shift(16 * 60)

    assert overdue(site) == (1, ["overdue"])


@on_sqlite
def test_e_mails_that_wait_in_an_outage_are_not_overdue_either(site, visitor, clock):
    visitor.sign()
    clock.shift(16 * 60)
    assert overdue(site) == (1, ["overdue"])

    with site().database.writing() as session:
        outage.begin(session, RelayTrouble("", Trouble.LOGIN, "535 5.7.8"), now())

    assert overdue(site) == (0, [])


def test_a_claim_that_finds_nothing_takes_nothing_of_the_quota(app, site, visitor):
    visitor.sign()
    two = Quota(2, timedelta(hours=1))

    first = queue.claim(site().database, now(), quota=two)
    then = [queue.claim(site().database, now(), quota=two) for _ in range(3)]

    assert (len(first), then, len(rows(app, HandedOver))) == (1, [[], [], []], 1)


@on_sqlite
def test_with_a_quota_the_conversation_is_begun_before_an_e_mail_is_claimed(app, visitor, mail_to, mailbox, monkeypatch):
    mail_to(mailbox.url + TWO_AN_HOUR)
    visitor.sign()
    order, claim = [], queue.claim

    def note_claim(*arguments, **options):
        order.append(mailing.transports[0].server is not None)
        return claim(*arguments, **options)

    monkeypatch.setattr(queue, "claim", note_claim)
    with mailer.Mailer(app, threading.Event(), print) as mailing:
        mailing.deliver_due()

    assert order[0] is True
    assert len(mailbox.letters) == 1


def test_what_was_handed_over_is_forgotten_once_it_says_nothing_more_and_without_a_quota_at_once(app, site, full, clock):
    hour = Quota(2, timedelta(hours=1))
    clock.shift(30 * 60)
    quota.purge(site().database, hour, now())
    assert len(rows(app, HandedOver)) == 2

    clock.shift(30 * 60)
    quota.purge(site().database, hour, now())
    assert rows(app, HandedOver) == []

    with site().database.writing() as session:
        quota.note(session, now())
    quota.purge(site().database, None, now())
    assert rows(app, HandedOver) == []


@on_sqlite
def test_the_worker_that_sends_forgets_it_by_itself(app, site, tmp_path):
    with site().database.writing() as session:
        quota.note(session, now() - timedelta(days=2))

    (tmp_path / "mail-workers").mkdir()
    for task in worker.mail_tasks(site(), tmp_path / "mail-workers"):
        task.run_if_due()

    assert rows(app, HandedOver) == []


class Unwilling(Mailbox):
    """A mail server that takes part in no conversation."""

    def __init__(self) -> None:
        self.tries = 0
        super().__init__()

    async def handle_EHLO(self, _server, _session, _envelope, _hostname, _responses):  # noqa: N802  # aiosmtpd's name
        self.tries += 1
        return ["554 5.7.1 not you"]

    async def handle_HELO(self, _server, _session, _envelope, _hostname):  # noqa: N802
        return "554 5.7.1 not you"


@on_sqlite
def test_an_outage_uses_up_nothing_of_the_quota_and_the_server_is_tried_once_a_minute(app, visitor, mail_to, clock):
    visitor.sign()
    with Unwilling() as server:
        mail_to(server.url + TWO_AN_HOUR)
        tries = []
        with mailer.Mailer(app, threading.Event(), print) as mailing:
            for _ in range(4):
                mailing.deliver_due()
                tries.append(server.tries)
                clock.shift(61)

    assert rows(app, outage.Outage) != []
    assert rows(app, HandedOver) == []
    assert tries == [2, 3, 4, 5]


@on_sqlite
def test_what_organizers_stopped_before_it_left_uses_up_nothing_of_the_quota(app, visitor, mail_to, mailbox, monkeypatch):
    mail_to(mailbox.url + TWO_AN_HOUR)
    visitor.sign()
    claimed, claim = [], queue.claim
    monkeypatch.setattr(queue, "claim", lambda *given, **how: claimed.append(claim(*given, **how)) or claimed[-1])
    monkeypatch.setattr(mailer, "is_mail_stopped", lambda _session: bool(claimed))

    with mailer.Mailer(app, threading.Event(), print) as mailing:
        mailing.deliver_due()

    assert [len(claimed[0]), mailbox.letters, rows(app, HandedOver)] == [1, [], []]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_claims_no_more_than_is_asked_for_however_it_plans_the_statement(site, visitor):
    """A subquery that locks its rows is asked anew for each row of the outer table in some plans, and finds others each time."""
    for place in range(5):
        visitor.sign(email=f"person{place}@example.org")
    database = site().database
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for way in ("hashagg", "hashjoin", "mergejoin", "sort", "material", "bitmapscan", "indexscan"):
            connection.exec_driver_sql(f"ALTER DATABASE {connection.engine.url.database} SET enable_{way} = off")
    database.engine.dispose()

    claimed = queue.claim(database, now(), quota=Quota(2, timedelta(hours=1)))

    assert len(claimed) == 1
