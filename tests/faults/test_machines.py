"""Two machines with a mail worker each share PostgreSQL behind PgBouncer, and Redis; anything is killed at random under load.

PostgreSQL is stopped at once now and then, too. Nothing that was acknowledged is lost, nobody counts twice, no answer is a 500.
"""

import asyncio
import os
import random
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.crowd import SortingOffice, blank_form, lines, together
from tests.faults.replicas import Replica, running
from tests.faults.test_crash import Ledger, act, check, kill
from tests.servers import Campaign, PostgreSQL
from tests.shared_servers import pooler, redis_running
from tests.tiers import rounds

AT_EACH = 4  # people at once on each machine
CONVERSATIONS = 4  # of each mail worker: an e-mail handed over but not noted as sent goes once more
KILLS, STOPS, ACKNOWLEDGED, PATIENCE = rounds(20, 200), rounds(2, 20), rounds(400, 20_000), rounds(900, 7200)
BETWEEN_STOPS = rounds(2, 15)  # seconds

pytestmark = [pytest.mark.slow, pytest.mark.timeout(PATIENCE + 300)]


@dataclass
class SharedLedger(Ledger):
    """What the crowds of both machines were told."""

    domain: str = "gmail.com"  # of a large provider, which has no limit of its own
    stops: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether enough was seen."""
        return self.kills >= KILLS and self.stops >= STOPS and self.acknowledged >= ACKNOWLEDGED


@dataclass
class Site:
    """Two machines, and the database behind the pooler."""

    machines: list[Campaign]
    server: Replica


@pytest.fixture
def site(
    tmp_path: Path, office: SortingOffice, postgresql_server: PostgreSQL, pgbouncer: str, redis_server: str
) -> Iterator[Site]:
    """Two machines that share a pooler, a Redis and a mail server; each sees who asks through a proxy."""
    if postgresql_server.process is None:
        pytest.skip("TEST_DATABASE_URL names a server that is not ours to stop")
    with ExitStack() as stack:
        server = stack.enter_context(running(postgresql_server))
        server.ask("CREATE DATABASE campaign")
        address = stack.enter_context(pooler(pgbouncer, server.address, server.user, tmp_path, sessions=20))
        _, limits = stack.enter_context(redis_running(redis_server, tmp_path))
        env = {
            "CAMPAIGN_DATABASE_URL": address + "campaign",
            "CAMPAIGN_SHARED_URL": limits,
            "CAMPAIGN_TRUSTED_PROXIES": "1",
            "CAMPAIGN_MAIL_URL": office.url,
            "CAMPAIGN_MAIL_FROM": "campaign@example.org",
        }
        first = stack.enter_context(Campaign(tmp_path / "first", workers=1, **env))
        second = Campaign(tmp_path / "second", workers=1, **env)
        shutil.copytree(first.data / "keys", second.data / "keys")
        yield Site([first, stack.enter_context(second)], server)


async def stop_database(site: Site, ledger: SharedLedger) -> None:
    """Stop PostgreSQL without a word to its clients, and start it again, so many times."""
    for _ in range(STOPS):
        await asyncio.sleep(BETWEEN_STOPS)
        await asyncio.to_thread(site.server.stop, "immediate")
        await asyncio.to_thread(site.server.start)
        ledger.stops += 1


async def live(site: Site, office: SortingOffice, ledger: SharedLedger, chance: random.Random) -> None:
    """The crowds of both machines, whoever kills there, and whoever stops the database."""
    blanks = [await blank_form(machine.port) for machine in site.machines]  # before anything is killed
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(stop_database(site, ledger))
        for machine, blank in zip(site.machines, blanks, strict=True):
            group.create_task(use(machine, office, blank, ledger))
            group.create_task(kill(machine, office, ledger, chance))


async def use(machine: Campaign, office: SortingOffice, blank: dict[str, str], ledger: SharedLedger) -> None:
    """The crowd of one machine."""
    async with lines(machine.port, AT_EACH) as crowd:
        await asyncio.gather(*(act(line, machine, office, blank, ledger) for line in crowd))


def test_on_two_machines_nothing_acknowledged_is_lost_when_anything_is_killed_and_the_database_stopped(site, office):
    seed = int.from_bytes(os.urandom(4), "big")
    ledger = SharedLedger()

    together(live(site, office, ledger, random.Random(seed)))

    repeated = 2 * ledger.kills + CONVERSATIONS * len(site.machines) * ledger.stops
    check(site.machines[0], office, ledger, repeated, seed)
    print(f"{ledger.stops} immediate stops of PostgreSQL")
