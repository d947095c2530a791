"""The mail goes on: after forms made to stop it, and after everything was killed while e-mails were on their way."""

import asyncio
import os
import signal
import time
from contextlib import closing

import pytest
import sqlalchemy as sa

from campaign import instance
from campaign.config import Settings
from campaign.crypto import sealing
from campaign.database import now
from campaign.outbox.queue import INSERT_MESSAGE, OutboxMessage
from tests.faults.crowd import ask, blank_form, lines, post, together
from tests.servers import Campaign, wait_until
from tests.tiers import TIER, Tier

pytestmark = pytest.mark.slow

POISON, GOOD = 240, 10
IS_LONG = TIER is Tier.SOAK  # a signature every ten seconds for five minutes
SIGNATURES, EVERY = (30, 10) if IS_LONG else (10, 0)
AT_ONCE = 5 if IS_LONG else 30  # seconds; five by hand on a quiet machine
SOON = 30  # seconds; a lease would take five minutes to end, and an idle machine needs one second


def opened(campaign: Campaign):
    """The database of a served campaign."""
    return closing(instance.open_database(Settings(data=campaign.data, database_url=campaign.env["CAMPAIGN_DATABASE_URL"])))


def claimed(campaign: Campaign) -> int:
    """How many e-mails a worker has claimed."""
    with opened(campaign) as database, database.reading() as session:
        return (
            session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage).where(OutboxMessage.claimed_by.is_not(None)))
            or 0
        )


def post_unreadable(campaign: Campaign, number: int) -> None:
    """Put so many e-mails into the outbox that raise when they are written: their content does not open."""
    box = sealing.encrypt(b"x" * 32, "{}")
    row = {"kind": "ask_to_confirm", "box": box, "posted_at": now(), "due_at": now(), "attempts": 0}
    with opened(campaign) as database, database.writing() as session:
        session.execute(INSERT_MESSAGE, [row | {"id": os.urandom(16)} for _ in range(number)])


async def sign(campaign: Campaign, addresses: list[str]) -> list[int]:
    """The answers to as many forms, one after the other."""
    blank = await blank_form(campaign.port)
    async with lines(campaign.port, 1) as (line,):
        return [(await line.ask(post(campaign.port, "/en/sign", blank | {"name": "L", "email": to}))).status for to in addresses]


def test_after_forms_made_to_stop_the_mail_each_good_signature_has_its_email_within_seconds(campaign, office):
    with campaign:
        post_unreadable(campaign, POISON)
        answers = together(sign(campaign, [f"=?utf-8?q?{number}=?=@b.example" for number in range(POISON)]))
        assert set(answers) == {422}

        for number in range(GOOD):
            address = f"good{number}@example.org"
            assert together(sign(campaign, [address])) == [303]
            wait_until(lambda address=address: office.links[address], SOON)

        assert "The mail worker ended" not in campaign.output


def test_while_every_fifth_email_cannot_be_written_each_good_signature_has_its_own_within_seconds(campaign, office):
    with campaign:
        assert together(sign(campaign, ["first@example.org"])) == [303]
        wait_until(lambda: office.links["first@example.org"])  # the workers have started
        for number in range(SIGNATURES):
            began = time.monotonic()
            if number % 4 == 0:
                post_unreadable(campaign, 1)
            address = f"good{number}@example.org"
            assert together(sign(campaign, [address])) == [303]
            wait_until(lambda address=address: office.links[address], AT_ONCE)
            time.sleep(max(0, began + EVERY - time.monotonic()))

        assert [len(links) for links in office.links.values()] == [1] * (1 + SIGNATURES)


def test_what_was_claimed_when_everything_was_killed_is_sent_soon_after_the_next_start(campaign, office, monkeypatch):
    take, is_held = office.handle_DATA, True

    async def hold(*mail):
        while is_held:
            await asyncio.sleep(0.05)
        return await take(*mail)

    monkeypatch.setattr(office, "handle_DATA", hold)
    addresses = [f"person{number}@example.org" for number in range(30)]
    with campaign:
        together(ask(campaign.port, "/en/"))
        assert together(sign(campaign, addresses)) == [303] * 30
        wait_until(lambda: claimed(campaign) > 1, 20)
        os.killpg(campaign.process.pid, signal.SIGKILL)
        campaign.process.wait()
        assert claimed(campaign) > 1

    is_held = False
    with campaign:
        wait_until(lambda: all(office.links[address] for address in addresses), SOON)
