"""When the mail server is away, or the mail worker dies again and again: nothing is lost, and /readyz says so."""

import contextlib
import os
import signal
import time

import pytest
import sqlalchemy as sa

from campaign import instance
from campaign.database import now
from campaign.outbox import heartbeat, outage
from campaign.outbox.queue import OutboxMessage
from tests.faults.crowd import SortingOffice, blank_form, together
from tests.faults.served import readiness, send, settings_of
from tests.server.processes import mail_workers
from tests.servers import Campaign, free_port, on_sqlite, wait_until


@pytest.mark.slow
@on_sqlite
def test_while_the_mail_server_is_away_people_sign_and_get_every_letter_later(campaign: Campaign):
    port = free_port()
    campaign.env["CAMPAIGN_MAIL_URL"] = f"smtp://127.0.0.1:{port}?starttls=off"
    campaign.start()
    blank = together(blank_form(campaign.port))
    addresses = [f"patient{number}@example.org" for number in range(30)]
    assert {answer.status for answer in send(campaign, blank, *addresses)} == {303}
    wait_until(lambda: is_outage(campaign))
    assert readiness(campaign)["mail"] == "waiting"

    with SortingOffice(port) as office:
        when_it_is_time(campaign)
        wait_until(lambda: office.number >= len(addresses))
        time.sleep(1)
        assert {address: len(links) for address, links in office.links.items()} == dict.fromkeys(addresses, 1)


def is_outage(campaign: Campaign) -> bool:
    """Whether the worker has found that the mail server is away."""
    with contextlib.closing(instance.open_database(settings_of(campaign))) as opened, opened.reading() as session:
        return outage.current_outage(session, now()) is not None


def when_it_is_time(campaign: Campaign) -> None:
    """Do at once what waiting would do: the minute until the next try is over."""
    with contextlib.closing(instance.open_database(settings_of(campaign))) as opened, opened.writing() as session:
        session.execute(sa.update(outage.Outage).values(probe_at=now()))
        session.execute(sa.update(OutboxMessage).where(OutboxMessage.sent_at.is_(None)).values(due_at=now()))


@pytest.mark.slow
@on_sqlite
def test_a_worker_that_keeps_dying_shows_until_one_lives(campaign: Campaign):
    campaign.start()
    with contextlib.closing(instance.open_database(settings_of(campaign))) as opened, opened.writing() as session:
        started = heartbeat.WorkerBeat(id=1, at=now() - heartbeat.STALE_AFTER)
        session.merge(started)
    killed = 0
    while killed < 4:
        for worker_process in mail_workers(campaign):
            os.kill(worker_process, signal.SIGKILL)
            killed += 1
        assert readiness(campaign)["worker"] is False
        time.sleep(0.5)

    wait_until(lambda: readiness(campaign)["worker"] is True)
