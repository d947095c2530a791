"""When something the site needs is away for a while: the database, room on the disk, the mail server, the mail worker itself."""

import asyncio
import contextlib
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from campaign import database, instance
from campaign.config import Settings
from campaign.database import now
from campaign.outbox.purge_clock import PurgeClock
from campaign.outbox.queue import OutboxMessage
from campaign.petition.models import Signature, Submission
from campaign.server import worker
from campaign.state import AppState
from tests.faults.crowd import SortingOffice, ask, blank_form, lines, post, together
from tests.faults.served import READING, letters_of, readiness, reading, send
from tests.people import PostOffice, Visitor, parse, rows
from tests.servers import Campaign, PostgreSQL, on_sqlite, wait_until

TYPED = {"name": "Yusuf Karam", "email": "yusuf@example.org", "shown_as": "يوسف", "country": "LB"}


@contextlib.contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    other = instance.open_database(settings)
    with contextlib.suppress(InterruptedError), other.writing() as session:
        if not other.is_sqlite:
            session.execute(sa.text("LOCK TABLE letter IN ACCESS EXCLUSIVE MODE"))
        yield
        raise InterruptedError
    other.close()


def typed_in(html: str) -> dict[str, str]:
    """What a person sees filled in on a form, but for what is hidden."""
    page = parse(html)
    fields = {field.get("name"): field for field in page.iter("input") if field.get("type") != "hidden"}
    texts = {name: field.get("value") for name, field in fields.items() if field.get("type") != "checkbox"}
    ticked = {name: field.get("value") for name, field in fields.items() if field.get("checked") is not None}
    chosen = {"country": next(choice.get("value") for choice in page.iter("option") if choice.get("selected") is not None)}
    return {name: value for name, value in (texts | ticked | chosen).items() if value and name != "consent"}


def test_a_form_sent_while_the_database_is_locked_comes_back_with_all_that_was_typed(app, somebody, settings, monkeypatch):
    monkeypatch.setattr(database, "LOCK_TIMEOUT", 0.2)

    with locked(settings):
        answer = somebody.sign(**TYPED)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    assert typed_in(answer.text) == TYPED
    assert rows(app, Submission) == []
    assert somebody.sign(**TYPED).status_code == 303


def test_a_button_pressed_while_the_database_is_locked_can_be_pressed_again(app, visitor, sami, settings, monkeypatch):
    monkeypatch.setattr(database, "LOCK_TIMEOUT", 0.2)

    with locked(settings):
        answer = visitor.press(sami)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert rows(app, Signature) == []
    assert visitor.press(sami).status_code == 303


@pytest.mark.slow
def test_while_postgresql_is_stopped_people_read_and_are_asked_to_send_again_later(tmp_path: Path, office: SortingOffice):
    server = PostgreSQL()
    if server.process is None:
        pytest.skip("TEST_DATABASE_URL names a server that is not ours to stop")
    mails: dict[str, Any] = {"CAMPAIGN_MAIL_URL": office.url, "CAMPAIGN_MAIL_FROM": "campaign@example.org"}
    mails["CAMPAIGN_LIMITS"] = "off"
    with (
        contextlib.closing(server),
        Campaign(tmp_path / "instance", workers=1, CAMPAIGN_DATABASE_URL=server.new_database(), **mails) as site,
    ):
        blank = together(blank_form(site.port))
        said: set[int] = set()
        thanked: set[str] = set()
        for round_, how in enumerate(("fast", "immediate", "immediate")):
            told = together(through_a_stop(site, server, how, blank, f"round{round_}"))
            said |= {status for status, _ in told.values()}
            thanked |= {address for address, (status, _) in told.items() if status == 303}
            assert all(retry for status, retry in told.values() if status == 503)

        assert said == {303, 503}
        wait_until(lambda: thanked <= set(office.links))


async def through_a_stop(
    site: Campaign, server: PostgreSQL, how: str, blank: dict[str, str], name: str
) -> dict[str, tuple[int, str | None]]:
    """People sign before, while and after PostgreSQL is stopped; what each was told, and when to come again."""
    told: dict[str, tuple[int, str | None]] = {}
    is_over = asyncio.Event()

    async def sign(place: int) -> None:
        async with lines(site.port, 1) as (line,):
            number = 0
            while not is_over.is_set():
                address = f"{name}.{place}.{number}@example.org"
                answer = await line.ask(post(site.port, "/en/sign", blank | {"name": "Layla", "email": address}))
                told[address] = answer.status, answer.headers.get("retry-after")
                number += 1
                await asyncio.sleep(0.02)

    def new_answers(before: set[str]) -> set[int]:
        return {status for address, (status, _) in list(told.items()) if address not in before}

    async def stop_and_start() -> None:
        await asyncio.to_thread(wait_until, lambda: len(told) > 20)
        await asyncio.to_thread(server.stop, how)
        stopped = set(told)
        await asyncio.to_thread(wait_until, lambda: 503 in new_answers(stopped))
        pages = {path: (await ask(site.port, path)).status for path in READING}
        assert set(pages.values()) == {200}, pages
        assert (await ask(site.port, "/readyz")).status == 503
        await asyncio.to_thread(server.start)
        started = set(told)
        await asyncio.to_thread(wait_until, lambda: 303 in new_answers(started))
        is_over.set()

    await asyncio.gather(stop_and_start(), *(sign(place) for place in range(4)))
    return told


@pytest.fixture
def small_disk(campaign: Campaign) -> Iterator[Path]:
    """A disk of 16 MB, and on it the data folder."""
    place = campaign.data
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("NO FULL DISK WAS TESTED: no small one can be mounted (only root may)")
    try:
        yield place
    finally:
        try:
            campaign.stop()
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.slow
@on_sqlite
def test_on_a_full_disk_nobody_is_thanked_and_with_room_again_it_goes_on(campaign, office, small_disk):
    campaign.start()
    blank = together(blank_form(campaign.port))
    assert send(campaign, blank, "before@example.org")[0].status == 303
    wait_until(lambda: office.number == 1)

    fill(small_disk)
    answers = send(campaign, blank, *(f"full{number}@example.org" for number in range(40)))
    refused = [answer for answer in answers if answer.status != 303]
    thanked = 1 + len(answers) - len(refused)

    assert {answer.status for answer in refused} == {503}
    assert answers[-1].status == 503
    assert all(int(answer.headers["retry-after"]) > 0 and b"Layla Haddad" in answer.body for answer in refused)
    assert set(reading(campaign).values()) == {200}
    assert letters_of(campaign) == thanked
    wait_until(lambda: readiness(campaign)["database"] is False)
    assert readiness(campaign)["worker"] is True

    (small_disk / "filler").unlink()
    wait_until(lambda: send(campaign, blank, "after@example.org")[0].status == 303)
    wait_until(lambda: office.number >= thanked + 1)
    checked = campaign.run("check").stderr
    assert "disk: The disk of the data folder is nearly full" in checked, "all of it is smaller than what is little"
    assert "database:" not in checked
    wait_until(lambda: readiness(campaign)["database"] is True)


def fill(disk: Path) -> None:
    """Leaves no byte free."""
    with (disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(b"\0" * 4096)


def work(settings: Settings, site: AppState) -> None:
    """The timed work is started, and does what is due."""
    for duty in worker.periodic_tasks(settings, site.database):
        duty.run_if_due()


def test_when_nobody_worked_for_weeks_what_is_over_is_forgotten_after_24_hours_of_running(
    app: Flask, visitor: Visitor, post_office: PostOffice, settings: Settings
):
    site: AppState = app.extensions["campaign"]
    with time_machine.travel(now() - timedelta(days=30)):
        visitor.sign(email="sent@example.org")
        post_office.deliver()
        visitor.sign(email="unsent@example.org")
        work(settings, site)
    visitor.sign(email="fresh@example.org")

    work(settings, site)
    assert len(rows(app, Submission)) == 3
    with site.database.writing() as session:
        session.execute(sa.update(PurgeClock).values(ran_for=PurgeClock.ran_for + 86400))
    work(settings, site)

    assert len(rows(app, Submission)) == len(rows(app, OutboxMessage)) == 1  # type: ignore[arg-type]
