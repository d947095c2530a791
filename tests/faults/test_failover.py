"""The first of two PostgreSQL servers is lost while people sign and confirm on two machines, and the second takes over.

The primary is stopped without a word to its clients, and its standby, which confirmed every commit, is promoted. Nothing that was
acknowledged is lost or counts twice, no answer is a 500, and neither machine is started again.
"""

import asyncio
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from campaign.crypto import sealing
from campaign.crypto.keys import load_keys
from campaign.database import Database
from tests.faults.crowd import Answer, Line, SortingOffice, ask, blank_form, lines, post, together
from tests.faults.replicas import Replica, address_of_both, replicated
from tests.faults.served import READING
from tests.faults.test_crash import stored
from tests.servers import Campaign, PostgreSQL, wait_until

pytestmark = pytest.mark.slow

AT_EACH = 3  # people at once on each machine
ENOUGH = 40  # acknowledgements before the primary stops, and again after the standby took over
SOON = 20  # seconds until both machines take signatures again, on a busy machine; a quiet one needs three
SILENCE = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
CONVERSATIONS = 4  # of each mail worker: an e-mail handed over but not noted as sent goes once more


@dataclass
class Machine:
    """One machine that serves the campaign, and what people were told there."""

    site: Campaign
    signed: dict[str, float] = field(default_factory=dict)  # when each was shown "one more step"
    confirmed: dict[str, float] = field(default_factory=dict)  # when each was thanked
    refused: list[Answer] = field(default_factory=list)  # what came instead

    @property
    def acknowledged(self) -> list[float]:
        """When somebody was told that it is done."""
        return [*self.signed.values(), *self.confirmed.values()]

    def goes_on(self, since: float) -> bool:
        """Whether something was acknowledged since a moment."""
        return any(at > since for at in self.acknowledged)

    @property
    def processes(self) -> set[int]:
        """The processes that serve."""
        return {one.pid for one in psutil.Process(self.site.process.pid).children()}


@dataclass
class Outage:
    """The two servers of PostgreSQL, and when what happened to them."""

    primary: Replica
    standby: Replica
    machines: list[Machine]
    took_over: float = 0.0
    is_over: bool = False

    def has_enough(self) -> bool:
        """Whether enough was acknowledged on each machine since the standby took over, or from the beginning."""
        return all(sum(at > self.took_over for at in one.acknowledged) >= ENOUGH for one in self.machines)


@pytest.fixture
def outage(tmp_path: Path, office: SortingOffice, postgresql_server: PostgreSQL) -> Iterator[Outage]:
    """Two machines on a primary and its standby, each with a worker and a mail worker."""
    if postgresql_server.process is None:
        pytest.skip("TEST_DATABASE_URL names a server that has no standby of ours")
    with ExitStack() as stack:
        primary, standby = stack.enter_context(replicated(postgresql_server))
        primary.ask("CREATE DATABASE campaign")
        env = {
            "CAMPAIGN_DATABASE_URL": address_of_both(primary, standby, "campaign"),
            "CAMPAIGN_MAIL_URL": office.url,
            "CAMPAIGN_MAIL_FROM": "campaign@example.org",
            "CAMPAIGN_LIMITS": "off",
        }
        first = stack.enter_context(Campaign(tmp_path / "first", workers=1, **env))
        second = Campaign(tmp_path / "second", workers=1, **env)
        shutil.copytree(first.data / "keys", second.data / "keys")
        stack.enter_context(second)
        for one in (first, second):
            wait_until(lambda data=one.data / "mail-workers": data.is_dir() and any(data.iterdir()))
        yield Outage(primary, standby, [Machine(first), Machine(second)])


async def attempt(line: Line, machine: Machine, path: str, fields: dict[str, str]) -> bool:
    """Whether the answer said that it is done; any other is kept."""
    answer = await line.ask(post(machine.site.port, path, fields))
    if answer.status != 303:
        machine.refused.append(answer)
        await asyncio.sleep(0.1)
    return answer.status == 303


async def act(outage: Outage, machine: Machine, office: SortingOffice, name: str) -> None:
    """Signs as somebody new, once more when refused, and confirms as somebody who signed on either machine; again and again."""
    blank, number = await blank_form(machine.site.port), 0
    async with lines(machine.site.port, 1) as (line,):
        while not outage.is_over:
            email = f"{name}.{number}@example.org"
            if await attempt(line, machine, "/en/sign", blank | {"name": "Layla", "email": email}):
                machine.signed[email] = time.monotonic()
                number += 1
            known = {address for one in outage.machines for address in one.confirmed}
            waiting = next((one for one in list(office.links) if one not in known), None)
            if waiting and await attempt(line, machine, office.links[waiting][0], {"act": "confirm"}):
                machine.confirmed[waiting] = time.monotonic()


async def lose(outage: Outage) -> None:
    """Stops the primary under load, looks at what people get meanwhile, promotes the standby, and waits until all goes on."""
    await asyncio.to_thread(wait_until, outage.has_enough)
    await asyncio.to_thread(outage.primary.stop, "immediate")
    for machine in outage.machines:
        await asyncio.to_thread(wait_until, lambda machine=machine: machine.refused)
        pages = {path: (await ask(machine.site.port, path)).status for path in READING}
        assert set(pages.values()) == {200}, pages
        assert (await ask(machine.site.port, "/readyz")).status == 503
    await asyncio.to_thread(outage.standby.promote)
    outage.took_over = time.monotonic()
    await asyncio.to_thread(wait_until, lambda: all(one.goes_on(outage.took_over) for one in outage.machines), SOON)
    await asyncio.to_thread(wait_until, outage.has_enough)
    outage.is_over = True


async def live(outage: Outage, office: SortingOffice) -> None:
    """The crowds of both machines, and the loss."""
    people = (
        act(outage, one, office, f"person{at}{place}") for at, one in enumerate(outage.machines) for place in range(AT_EACH)
    )
    await asyncio.gather(lose(outage), *people)


def test_nothing_acknowledged_is_lost_when_a_standby_takes_over_and_both_machines_go_on(outage, office):
    machines = outage.machines
    processes = [one.processes for one in machines]

    together(live(outage, office))

    signed = {email for one in machines for email in one.signed}
    waiting, counted, number, _ = stored(machines[0].site)
    key = load_keys(machines[0].site.data / "keys").tag
    assert {sealing.mailbox_tag(key, email) for one in machines for email in one.confirmed} <= set(counted)
    assert {sealing.mailbox_tag(key, email) for email in signed} <= waiting | set(counted)
    assert len(counted) == len(set(counted)) == number
    wait_until(lambda: signed <= set(office.links), SOON)
    assert sum(len(links) - 1 for links in office.links.values()) <= CONVERSATIONS * len(machines)
    refused = [answer for one in machines for answer in one.refused]
    assert {answer.status for answer in refused} == {503}
    assert all(int(answer.headers["retry-after"]) > 0 and b"Nothing was kept" in answer.body for answer in refused)
    assert [one.processes for one in machines] == processes


def test_a_machine_that_lost_its_power_after_it_got_a_statement_is_given_up_within_seconds(tmp_path, postgresql_server):
    if postgresql_server.process is None:
        pytest.skip("TEST_DATABASE_URL names a server whose power is not ours")
    with (
        replicated(postgresql_server) as servers,
        closing(Database(address_of_both(*servers, "postgres"), tmp_path)) as here,
        here.engine.connect() as connection,
        socket.socket(fileno=os.dup(connection.connection.fileno())) as line,
    ):
        limits = [line.getsockopt(socket.IPPROTO_TCP, option) for option in SILENCE]
        is_watched = line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)

    assert is_watched
    assert limits == [5, 2, 3, 5000]
