"""Killed at random under load: nothing that was acknowledged is lost, nobody counts twice.

The parent, a web worker, the mail worker or the whole group gets a -9 while eight people sign and confirm without a pause.
This is for SQLite; test_machines.py does it with PostgreSQL and two machines.
"""

import asyncio
import contextlib
import itertools
import os
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil
import pytest
import sqlalchemy as sa

from campaign import instance
from campaign.config import Settings
from campaign.crypto import sealing
from campaign.crypto.keys import load_keys
from campaign.petition import counting
from campaign.petition.models import Signature, Submission
from tests.faults.crowd import Line, SortingOffice, blank_form, lines, post, together
from tests.servers import LONG, Campaign, on_sqlite, wait_until
from tests.tiers import rounds

AT_ONCE, VICTIMS = 8, ("parent", "web worker", "mail worker", "group")
MOST_WAITING = 200  # letters, beyond which nobody signs
# On a slow machine a mail worker is killed before it sends anything. After ten kills it lives until so many letters are there.
IN_A_ROW, LETTERS = 10, rounds(10, 250)
# The patience, in seconds, is far more than it takes.
KILLS, ACKNOWLEDGED, PATIENCE = rounds(10, 1_000), rounds(300, 50_000), rounds(900, 7200)

pytestmark = [on_sqlite, pytest.mark.slow, pytest.mark.timeout(PATIENCE + 300)]


@dataclass
class Ledger:
    """What the crowd was told."""

    domain: str = "example.org"  # where everybody has a mailbox
    signed: set[str] = field(default_factory=set)  # was shown "one more step"
    confirmed: set[str] = field(default_factory=set)  # was thanked
    refused: set[int] = field(default_factory=set)  # the status of any other answer
    numbers: Iterator[int] = field(default_factory=itertools.count)
    kills: int = 0

    @property
    def acknowledged(self) -> int:
        """How many times somebody was told that it is done."""
        return len(self.signed) + len(self.confirmed)

    @property
    def is_enough(self) -> bool:
        """Whether enough was seen."""
        return self.kills >= KILLS and self.acknowledged >= ACKNOWLEDGED


async def act(line: Line, campaign: Campaign, office: SortingOffice, blank: dict[str, str], ledger: Ledger) -> None:
    """Signs as somebody new and, where the letter is there already, confirms as somebody from before; until it is enough."""
    while not ledger.is_enough:
        if len(ledger.signed.difference(list(office.links))) < MOST_WAITING:
            number = next(ledger.numbers)
            email, sender = f"person{number}@{ledger.domain}", f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            if await told(line, post(campaign.port, "/en/sign", blank | {"name": "Layla", "email": email}, sender), ledger):
                ledger.signed.add(email)
        else:
            await asyncio.sleep(0.05)
        waiting = next((one for one in list(office.links) if one not in ledger.confirmed), None)
        if waiting and await told(line, post(campaign.port, office.links[waiting][0], {"act": "confirm"}), ledger):
            ledger.confirmed.add(waiting)


async def told(line: Line, request: bytes, ledger: Ledger) -> bool:
    """Whether the answer came and said that it is done; without an answer nobody knows, and nobody was promised anything."""
    try:
        status = (await line.ask(request)).status
    except (OSError, TimeoutError):
        await asyncio.sleep(0.05)
        return False
    if status != 303:
        ledger.refused.add(status)
    return status == 303


async def kill(campaign: Campaign, office: SortingOffice, ledger: Ledger, chance: random.Random) -> None:
    """Kills one of them after another, and starts the campaign again when its parent is gone."""
    while not ledger.is_enough:
        await asyncio.sleep(chance.uniform(0.3, 1.2))
        victim = chance.choice(VICTIMS)
        processes = found(campaign, victim)
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        ledger.kills += bool(processes)
        if victim in {"parent", "group"}:
            campaign.process.wait(LONG)
            campaign.log.close()
            await start_again(campaign)
        enough = office.number + LETTERS
        while ledger.kills % IN_A_ROW == 0 and office.number < enough and not ledger.is_enough:
            await asyncio.sleep(0.1)


async def start_again(campaign: Campaign) -> None:
    """Start it as a service manager does: again and again, until its database is there too."""
    while True:
        with contextlib.suppress(AssertionError):
            await asyncio.to_thread(campaign.start)
            return
        await asyncio.sleep(0.5)


def found(campaign: Campaign, victim: str) -> list[psutil.Process]:
    """The processes to kill; one that was killed a moment ago is not there any more."""
    parent = psutil.Process(campaign.process.pid)
    children = [child for child in parent.children() if child.status() != psutil.STATUS_ZOMBIE]
    mail = [child for child in children if is_mail_worker(child)]
    web = [child for child in children if child not in mail]
    return {"parent": [parent], "web worker": web[:1], "mail worker": mail, "group": [parent, *children]}[victim]


def is_mail_worker(process: psutil.Process) -> bool:
    """Whether this is `campaign work`."""
    try:
        return "work" in process.cmdline()
    except psutil.Error:
        return False


async def live(campaign: Campaign, office: SortingOffice, ledger: Ledger, chance: random.Random) -> None:
    """The crowd and the killer at the same time."""
    blank = await blank_form(campaign.port)
    async with asyncio.timeout(PATIENCE), lines(campaign.port, AT_ONCE) as crowd:
        await asyncio.gather(
            kill(campaign, office, ledger, chance), *(act(line, campaign, office, blank, ledger) for line in crowd)
        )


def stored(campaign: Campaign) -> tuple[set[bytes], list[bytes], int, str]:
    """The tags that wait, the tags that are confirmed, how many count, and what the database says of its own health."""
    settings = Settings(data=campaign.data, database_url=campaign.env["CAMPAIGN_DATABASE_URL"])
    database = instance.open_database(settings)
    with database.reading() as session:
        waiting = set(session.scalars(sa.select(Submission.tag)))
        signed = list(session.scalars(sa.select(Signature.tag)))
        number = counting.count(session)
        health = session.scalar(sa.text("PRAGMA integrity_check")) if database.is_sqlite else "ok"
    database.close()
    return waiting, signed, number, str(health)


def check(campaign: Campaign, office: SortingOffice, ledger: Ledger, repeated: int, seed: int) -> None:
    """Assert that nothing is lost, nobody counts twice and nobody saw an error, and that few e-mails went twice."""
    wait_until(lambda: ledger.signed <= set(office.links), PATIENCE)
    keys = load_keys(campaign.data / "keys")
    waiting, signed, number, health = stored(campaign)
    tags = {email: sealing.mailbox_tag(keys.tag, email) for email in ledger.signed | ledger.confirmed}
    lost = [email for email in ledger.confirmed if tags[email] not in signed]
    assert not lost, f"seed {seed}: {len(lost)} acknowledged confirmations are lost"
    gone = [email for email in ledger.signed if tags[email] not in waiting and tags[email] not in signed]
    assert not gone, f"seed {seed}: {len(gone)} acknowledged submissions are lost"
    assert len(signed) == len(set(signed)) == number, f"seed {seed}: somebody counts twice"
    again = sum(len(links) - 1 for links in office.links.values())
    assert again <= repeated, f"seed {seed}: {again} letters went twice"
    assert ledger.refused <= {503}, f"seed {seed}"
    assert health == "ok"
    print(f"{ledger.kills} kills, {ledger.acknowledged:,} acknowledgements: 0 lost, 0 twice; {again} e-mails twice")


def test_nothing_acknowledged_is_lost_when_anything_is_killed(campaign, office):
    seed = int.from_bytes(os.urandom(4), "big")
    ledger = Ledger()
    campaign.start()

    together(live(campaign, office, ledger, random.Random(seed)))

    check(campaign, office, ledger, 2 * ledger.kills, seed)
    assert campaign.process.send_signal(signal.SIGTERM) is None
    assert campaign.process.wait(LONG) == 0
