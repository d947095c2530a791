"""One round: a campaign is backed up while people sign, lives on, is lost or not, and is restored. What must hold then?"""

import asyncio
import random
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from campaign import instance
from campaign.config import Settings
from campaign.crypto import sealing
from campaign.database import now
from campaign.organizers import accounts, ledger, removals
from campaign.organizers.models import Account
from campaign.petition import counting, name_index, signing
from campaign.petition.models import Publication, Signature
from campaign.petition.name_index import NameWord
from tests.backup.conftest import Host, people
from tests.faults.crowd import Line, SortingOffice, blank_form, lines, post, together
from tests.servers import Campaign

POSTS_A_SECOND, AT_ONCE, ENOUGH = 28, 4, 20  # the last: confirmed before the backup begins
LIVES_ON = 1.0  # seconds of signing after it


@dataclass
class Life:
    """What the people of one campaign were told."""

    confirmed: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)  # withdrew, were erased or removed
    is_over: bool = False
    posts: int = 0

    def standing(self) -> list[str]:
        """Who has confirmed and not left."""
        return sorted(self.confirmed - self.gone)


async def sign_on(line: Line, campaign: Campaign, office: SortingOffice, life: Life, blank: dict[str, str], start: float) -> None:
    """Sign as somebody new, and confirm as somebody whose e-mail is there, at the pace of the whole crowd."""
    while not life.is_over:
        number = life.posts
        life.posts += 1
        await asyncio.sleep(max(0, start + number / POSTS_A_SECOND - time.monotonic()))
        waiting = next((one for one in list(office.links) if office.links[one] and one not in life.confirmed), None)
        if waiting and number % 2:
            answer = await line.ask(post(campaign.port, office.links[waiting][0], {"act": "confirm"}))
            life.confirmed |= {waiting} if answer.status == 303 else set()
        else:
            form = blank | {"name": f"Name {number}", "email": f"person{number}@example.org", "shown_as": f"Name {number}"}
            await line.ask(post(campaign.port, "/en/sign", form))


async def live(campaign: Campaign, office: SortingOffice, life: Life, host: Host) -> tuple[set[str], float]:
    """Sign while a backup is made, and go on; return who had confirmed when it began, and how many seconds it took."""
    blank, start = await blank_form(campaign.port), time.monotonic()
    async with lines(campaign.port, AT_ONCE) as crowd:
        signing_on = [asyncio.create_task(sign_on(line, campaign, office, life, blank, start)) for line in crowd]
        while len(life.confirmed) < ENOUGH:  # the mail worker takes some seconds to start
            await asyncio.sleep(0.1)
        before, began = set(life.confirmed), time.monotonic()
        await asyncio.to_thread(host.backup)
        took = time.monotonic() - began
        await asyncio.sleep(LIVES_ON)
        life.is_over = True
        await asyncio.gather(*signing_on)
    return before, took


def leave(campaign: Campaign, office: SortingOffice, life: Life, host: Host, chance: random.Random) -> None:
    """Let people withdraw, be erased and be removed, close the petition, withdraw the testimony, remove an organizer."""
    withdrawing, erased, removed = (set(chance.sample(life.standing(), 4)) for _ in range(3))

    async def withdraw() -> None:
        async with lines(campaign.port, 1) as (line,):
            for who in withdrawing:
                assert (await line.ask(post(campaign.port, office.links[who][0], {"act": "withdraw"}))).status == 303

    together(withdraw())
    for who in erased - withdrawing:
        assert host.run("erase", "--yes", typed=f"{who}\n").exit_code == 0
    host.do(lambda session: remove(session, host.settings, removed - withdrawing - erased))
    host.do(lambda session: accounts.remove(session, "nour@example.org", now()))
    host.do(lambda session: signing.close(session, now().date()), at_the_desk=True)
    if chance.random() < 0.5:
        host.do(lambda session: signing.withdraw_testimony(session, now().date()), at_the_desk=True)
    life.gone |= withdrawing | erased | removed


def remove(session: Any, settings: Settings, who: set[str]) -> None:
    """Remove signatures at the desk."""
    keys = instance.open_keys(settings)
    tags = [tag for address in who for tag in sealing.mailbox_tags(keys.tag, address)]
    ids = list(session.scalars(sa.select(Signature.id).where(Signature.tag.in_(tags))))
    drafted = removals.draft(session, ids, by="omar@example.org", at=now())
    assert removals.remove_drafted(session, drafted.id, reason="duplicate", at=now()) == len(who)


def play_round(campaign: Campaign, office: SortingOffice, host: Host, chance: random.Random, *, is_lost: bool) -> float:
    """Play one round and look at what came of it; return how many seconds the backup took."""
    life = Life()
    with campaign:
        for email in ("omar@example.org", "nour@example.org"):
            host.add_organizer(email)
        before, took = together(live(campaign, office, life, host))
        leave(campaign, office, life, host, chance)
        shipped, was = host.ship_list(), switches(host.settings)
    if is_lost:
        host.lose_database()
    host.restore(Path(host.key.parent / "of-the-night.backup"), "--list", str(shipped))

    standing = {f"{name}@example.org" for name in people(host.settings, Signature)}
    assert standing & life.gone == set(), "somebody is back"
    assert before - life.gone <= standing, "somebody whom the backup had is lost"
    assert is_lost or life.confirmed - life.gone <= standing, "somebody whom the old database had is lost"
    assert switches(host.settings) == was
    assert [row.email for row in host.all(Account)] == ["omar@example.org"]
    assert host.problems() == []
    assert lost_words(host.settings) == set()
    return took


def switches(settings: Settings) -> tuple[Any, ...]:
    """Whether the petition is closed and the testimony withdrawn."""
    with closing(instance.open_database(settings)) as database, database.reading() as session:
        row = session.get_one(Publication, 1)
        return row.closed_on, row.testimony_withdrawn_on


def lost_words(settings: Settings) -> set[tuple[str, bytes]]:
    """The words of shown names by which nobody is found."""
    with closing(instance.open_database(settings)) as database, database.reading() as session:
        assert ledger.find_trouble(session) is None
        found = {(row.word, row.signature_id) for row in session.scalars(sa.select(NameWord))}
        shown = session.execute(counting.counted(Signature.id, Signature.shown_as).where(Signature.shown_as.is_not(None)))
        return {(word, row.id) for row in shown for word in name_index.index_words(row.shown_as)} - found
