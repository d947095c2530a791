"""Fifty at once: one letter, one signature, one counted, whoever comes first."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import ModuleType
from typing import Any

import psutil
import pytest
import sqlalchemy as sa
from flask import Flask

from campaign import instance
from campaign.config import Settings
from campaign.crypto import sealing
from campaign.database import now
from campaign.outbox.queue import OutboxMessage
from campaign.petition import mailbox_signature, signing
from campaign.petition.models import Signature, Submission, Tally
from campaign.state import AppState
from tests.faults.crowd import Line, SortingOffice, ask, blank_form, get, lines, post, together
from tests.people import Visitor, rows
from tests.servers import LONG, Campaign, wait_until
from tests.tiers import rounds

CROWD, ROUNDS, FEWER = 50, rounds(20, 200), rounds(6, 40)

pytestmark = pytest.mark.slow


def held(campaign: Campaign, record: type[OutboxMessage] | type[Submission] | type[Signature]) -> int:
    """How many rows the database holds."""
    database = instance.open_database(Settings(data=campaign.data, database_url=campaign.env["CAMPAIGN_DATABASE_URL"]))
    with database.reading() as session:
        number = session.scalar(sa.select(sa.func.count()).select_from(record)) or 0
    database.close()
    return number


def withdrawn(campaign: Campaign) -> int:
    """How many signatures went away."""
    database = instance.open_database(Settings(data=campaign.data, database_url=campaign.env["CAMPAIGN_DATABASE_URL"]))
    with database.reading() as session:
        number = session.scalar(sa.select(sa.func.sum(Tally.number))) or 0
    database.close()
    return number


def published(campaign: Campaign) -> int:
    """The count that everybody reads."""
    return int(json.loads(together(ask(campaign.port, "/api/v1/petition.json")).body)["confirmed"])


async def at_once(campaign: Campaign, rounds: list[list[bytes]]) -> list[list[int]]:
    """Each round's requests at the same moment, one on each line; the statuses of each round."""
    statuses = []
    async with crowd_at_both_workers(campaign) as crowd:
        for requests in rounds:
            answers = await asyncio.gather(*(line.ask(request) for line, request in zip(crowd, requests, strict=False)))
            statuses.append([answer.status for answer in answers])
        assert busy_workers(campaign) == 2, "both workers were to take part"
    return statuses


@contextlib.asynccontextmanager
async def crowd_at_both_workers(campaign: Campaign) -> AsyncIterator[list[Line]]:
    """Connections of which each worker has some: the second one may still be starting, and who takes one is chance."""
    give_up = time.monotonic() + LONG
    while True:
        async with lines(campaign.port, CROWD) as crowd:
            await asyncio.gather(*(line.ask(get(campaign.port, "/healthz")) for line in crowd))
            if busy_workers(campaign) == 2:
                yield crowd
                return
        assert time.monotonic() < give_up, "one worker takes everything"
        await asyncio.sleep(0.2)


def busy_workers(campaign: Campaign) -> int:
    """How many processes hold visitors' connections."""
    return sum(lines_of(child, campaign.port) > 0 for child in psutil.Process(campaign.process.pid).children())


def lines_of(process: psutil.Process, port: int) -> int:
    """How many visitors' connections a process holds."""
    return sum(one.status == "ESTABLISHED" and one.laddr.port == port for one in process.net_connections("tcp"))


def everybody(statuses: list[list[int]]) -> set[int]:
    """Each status that anybody got."""
    return {status for answers in statuses for status in answers}


def filled_in(campaign: Campaign, form: dict[str, str], address: str, shown_as: str = "") -> bytes:
    """Somebody's form."""
    return post(campaign.port, "/en/sign", form | {"name": "Layla Haddad", "email": address, "shown_as": shown_as})


def pressing(campaign: Campaign, link: str, act: str = "confirm") -> bytes:
    """Somebody's button."""
    return post(campaign.port, link, {"act": act})


def test_fifty_who_send_the_same_address_at_once_are_one_letter_and_one_signature(campaign: Campaign, office: SortingOffice):
    campaign.start()
    form = together(blank_form(campaign.port))
    addresses = [f"round{number}@example.org" for number in range(ROUNDS)]

    sent = together(at_once(campaign, [[filled_in(campaign, form, address)] * CROWD for address in addresses]))
    wait_until(lambda: office.number >= ROUNDS)

    assert everybody(sent) == {303}
    assert held(campaign, OutboxMessage) == held(campaign, Submission) == ROUNDS
    assert {address: len(links) for address, links in office.links.items()} == dict.fromkeys(addresses, 1)

    links = [office.links[address][0] for address in addresses]
    pressed = together(at_once(campaign, [[pressing(campaign, link)] * CROWD for link in links]))

    assert everybody(pressed) == {303}
    assert held(campaign, Signature) == ROUNDS
    assert held(campaign, OutboxMessage) == held(campaign, Submission) == 0
    wait_until(lambda: published(campaign) == ROUNDS)
    assert office.number == ROUNDS


def test_fifty_who_put_different_words_beside_one_address_are_three_letters_and_one_signature(
    campaign: Campaign, office: SortingOffice
):
    campaign.start()
    form = together(blank_form(campaign.port))
    addresses = [f"words{number}@example.org" for number in range(FEWER)]
    crowds = [[filled_in(campaign, form, address, f"Layla {number}") for number in range(CROWD)] for address in addresses]

    sent = together(at_once(campaign, crowds))
    wait_until(lambda: office.number >= 3 * FEWER)

    assert everybody(sent) == {303}
    assert {address: len(set(links)) for address, links in office.links.items()} == dict.fromkeys(addresses, 3)

    crowds = [[pressing(campaign, link) for link in office.links[address]] * 16 for address in addresses]
    pressed = together(at_once(campaign, crowds))

    assert everybody(pressed) == {303}
    assert held(campaign, Signature) == FEWER
    assert office.number == held(campaign, OutboxMessage) + FEWER == 3 * FEWER


def test_links_that_are_pressed_while_the_signer_withdraws_end_in_one_order_or_another(campaign: Campaign, office: SortingOffice):
    campaign.start()
    form = together(blank_form(campaign.port))
    addresses = [f"torn{number}@example.org" for number in range(FEWER)]
    crowds = [[filled_in(campaign, form, address, f"Layla {number}") for number in range(3)] for address in addresses]
    together(at_once(campaign, crowds))
    wait_until(lambda: office.number >= 3 * FEWER)
    together(at_once(campaign, [[pressing(campaign, office.links[address][0])] for address in addresses]))

    torn = []
    for address in addresses:
        first, *others = office.links[address]
        torn.append([pressing(campaign, link) for link in others] * 10 + [pressing(campaign, first, "withdraw")] * 10)
    answers = together(at_once(campaign, torn))

    assert everybody(answers) <= {303, 404, 410}
    assert all(303 in round for round in answers)
    assert held(campaign, Signature) == 0
    assert withdrawn(campaign) == FEWER
    assert held(campaign, OutboxMessage) == held(campaign, Submission) == 0


@pytest.mark.parametrize(
    ("place", "doing", "status"),
    [(sealing, "decrypt", 404), (mailbox_signature, "insert_signature", 303)],
    ids=["before the turn to write", "within it"],
)
def test_an_address_that_is_erased_while_its_link_is_pressed_is_gone(
    app: Flask, visitor: Visitor, sami: str, monkeypatch, place: ModuleType, doing: str, status: int
):
    site: AppState = app.extensions["campaign"]
    do = getattr(place, doing)

    def erase() -> bool:
        with site.database.writing() as session:
            return signing.erase(session, site.keys, "sami@example.org", now().date())

    def do_late(*arguments: Any) -> Any:
        erasing.append(pool.submit(erase))
        time.sleep(0.5)  # until it is done, or waits for the row that is being confirmed
        return do(*arguments)

    erasing: list[Future[bool]] = []
    monkeypatch.setattr(place, doing, do_late)
    with ThreadPoolExecutor(1) as pool:
        answer = visitor.press(sami)

    assert answer.status_code == status
    assert erasing[0].result()
    assert rows(app, Signature) == rows(app, Submission) == []
