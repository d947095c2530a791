"""What stays on the disk of people who signed: nothing that can be read but the words of those who show them."""

import asyncio
import base64
import subprocess
import time
import urllib.parse
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.faults.crowd import SortingOffice, blank_form, lines, post, together
from tests.servers import Campaign, PostgreSQL, wait_until
from tests.tiers import rounds

PEOPLE, AT_ONCE = rounds(50, 500), 8
FIFTH = PEOPLE // 5
WITHDRAW, HIDE, SHOW = range(FIFTH), range(FIFTH, 2 * FIFTH), range(2 * FIFTH, 4 * FIFTH)
QUIET = range(4 * FIFTH, PEOPLE - 4)  # the last four never confirm
# What to look for. Everybody's name and address hold one of these, and nothing else does.
NAME, ARABIC_NAME, ADDRESS, HIDDEN, SHOWN = "Qwzxjvkmpf", "ضظغذثخشصطك", "vbqxzkwjth", "Pkjzqvwxmd", "Bjwqkxzvfg"

pytestmark = pytest.mark.slow


@pytest.fixture
def campaign(tmp_path: Path, database_url: str, office: SortingOffice) -> Iterator[Campaign]:
    """A campaign with a temporary folder of its own."""
    (tmp_path / "temporary").mkdir()
    mails: dict[str, Any] = {
        "CAMPAIGN_MAIL_URL": office.url,
        "CAMPAIGN_MAIL_FROM": "campaign@example.org",
        "CAMPAIGN_LIMITS": "off",
    }
    folder: dict[str, Any] = {"CAMPAIGN_DATABASE_URL": database_url, "TMPDIR": str(tmp_path / "temporary")}
    with Campaign(tmp_path / "instance", **mails, **folder) as served:
        yield served


@cache
def written(text: str) -> list[bytes]:
    """The ways in which a text may stand in a file."""
    plain = text.encode()
    aligned = [base64.b64encode(b"\0" * shift + plain + b"\0" * 3) for shift in range(3)]
    cores = [code[shift and 4 : -8] for shift, code in enumerate(aligned)]  # without what depends on the neighbours
    hexed = plain.hex().encode()
    percent = urllib.parse.quote(text).encode()
    return [plain, text.encode("utf-16-le"), text.encode("utf-16-be"), *cores, hexed, hexed.upper(), percent, percent.lower()]


def traces(texts: Iterable[str], *folders: Path) -> Iterator[str]:
    """The texts that stand in any file, and where, one after the other: whoever asks for the first is answered sooner."""
    for file in (file for folder in folders for file in folder.rglob("*") if file.is_file()):
        try:
            content = file.read_bytes()
        except FileNotFoundError:  # gone meanwhile
            continue
        yield from (f"{text} in {file.name}" for text in texts if any(form in content for form in written(text)))


def fields(person: int) -> dict[str, str]:
    """What somebody types."""
    shown = SHOWN if person in SHOW else HIDDEN
    return {
        "name": f"{NAME} {ARABIC_NAME} {person}",
        "email": f"{ADDRESS}{person}@example.org",
        "shown_as": f"{shown} {person}" if person not in QUIET else "",
    }


async def do(campaign: Campaign, requests: list[bytes]) -> set[int]:
    """Sends them all, a few at a time; the statuses that came back."""
    statuses: set[int] = set()
    waiting = iter(requests)

    async def work(line: object) -> None:
        for request in waiting:
            statuses.add((await line.ask(request)).status)  # type: ignore[attr-defined]

    async with lines(campaign.port, AT_ONCE) as held:
        await asyncio.gather(*(work(line) for line in held))
    return statuses


def everybody_acts(campaign: Campaign, office: SortingOffice) -> None:
    """People sign; nearly all confirm; of these some hide their words and some withdraw."""
    blank = together(blank_form(campaign.port))
    together(do(campaign, [post(campaign.port, "/en/sign", blank | fields(person)) for person in range(PEOPLE)]))
    wait_until(lambda: office.number >= PEOPLE)
    links = {person: office.links[fields(person)["email"]][0] for person in range(PEOPLE)}
    for act, people in (("confirm", range(QUIET.stop)), ("hide", HIDE), ("withdraw", WITHDRAW)):
        assert together(do(campaign, [post(campaign.port, links[one], {"act": act}) for one in people])) == {303}


def erase(campaign: Campaign, people: Iterable[int]) -> None:
    """The organizer erases some who never confirmed."""
    for person in people:
        done = campaign.run("erase", "--yes", input=f"{fields(person)['email']}\n")
        assert done.returncode == 0, done.stderr


def test_within_a_minute_only_the_shown_words_can_be_read_anywhere_and_during_exports_too(campaign, office, tmp_path):
    everybody_acts(campaign, office)
    erase(campaign, (PEOPLE - 2, PEOPLE - 1))
    folders, secret = (campaign.data, tmp_path / "temporary"), (NAME, ARABIC_NAME, ADDRESS, HIDDEN)

    wait_until(lambda: not any(traces(secret, *folders)), 60)
    if not campaign.env["CAMPAIGN_DATABASE_URL"]:
        assert any(traces([SHOWN], campaign.data)), "the search finds what is there"

    for form in ("csv", "xlsx", "jsonl", "sealed"):
        out = tmp_path / f"export.{form}"
        command = [*campaign.command[:3], "export", "--format", form, "--out", str(out)]
        export = subprocess.Popen(command, env=campaign.env, stderr=subprocess.PIPE, text=True)
        while export.poll() is None:
            assert not list(traces(secret, *folders))
            time.sleep(1)
        said = export.communicate()[1]
        assert export.returncode == 0, said
        assert not [text for text in (*secret, SHOWN) if text in said]
    assert not [text for text in (*secret, SHOWN) if text in campaign.output]


def test_postgresql_never_gets_a_name_or_an_address_to_write(tmp_path, postgresql_server, office):
    server: PostgreSQL = postgresql_server
    if server.process is None:
        pytest.skip("TEST_DATABASE_URL names a server whose files are not here to be searched")
    url = server.new_database()
    mails: dict[str, Any] = {
        "CAMPAIGN_MAIL_URL": office.url,
        "CAMPAIGN_MAIL_FROM": "campaign@example.org",
        "CAMPAIGN_LIMITS": "off",
    }
    with Campaign(tmp_path / "instance", **mails, CAMPAIGN_DATABASE_URL=url) as campaign:
        everybody_acts(campaign, office)
        assert not list(traces((NAME, ARABIC_NAME, ADDRESS), Path(str(server.process.pgdata))))
        assert any(traces((SHOWN,), Path(str(server.process.pgdata)))), "the search finds what is there"
