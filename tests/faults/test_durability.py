"""What was answered is on disk: each signing and each confirming waits for the disk before it answers.

kill -9 cannot show this, as the system keeps what a dead process wrote; so the system calls are watched. The same check
fails where SQLite is told to be careless, which shows that it bites.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from campaign.database import Database
from tests.faults.crowd import SortingOffice, blank_form, lines, post, together
from tests.servers import Campaign, wait_until

TIMES = 5
ANSWER, TO_DISK = re.compile(r'"HTTP/1\.1 303'), re.compile(r"\b(fdatasync|fsync)\(|<\.\.\. (fdatasync|fsync) resumed")

pytestmark = pytest.mark.slow


@pytest.fixture
def campaign(tmp_path: Path, office: SortingOffice) -> Iterator[Campaign]:
    """A campaign with one web worker, on SQLite; not started yet."""
    mails: dict[str, Any] = {
        "CAMPAIGN_MAIL_URL": office.url,
        "CAMPAIGN_MAIL_FROM": "campaign@example.org",
        "CAMPAIGN_LIMITS": "off",
    }
    made = Campaign(tmp_path / "instance", workers=1, **mails)
    yield made
    made.stop()


def watched(campaign: Campaign, strace: str, requests: list[bytes]) -> str:
    """What the web worker asks of the system while it answers the requests, one after the other."""
    worker = next(child for child in psutil.Process(campaign.process.pid).children() if "work" not in child.cmdline())
    log = campaign.data.parent / "strace.log"
    calls = "trace=fdatasync,fsync,write,writev,sendto,sendmsg"
    command = [strace, "-f", "-p", str(worker.pid), "-e", calls, "-e", "signal=none", "-s", "40", "-o", str(log)]
    watcher = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert watcher.stderr
    assert "attached" in watcher.stderr.readline()

    async def ask() -> list[int]:
        async with lines(campaign.port, 1) as (line,):
            return [(await line.ask(request)).status for request in requests]

    assert set(together(ask())) == {303}
    watcher.terminate()
    watcher.communicate()
    return log.read_text("utf-8", "replace")


def waits(calls: str) -> list[bool]:
    """For each answer in turn, whether the disk was waited for since the answer before it."""
    found, waited = [], False
    for line in calls.splitlines():
        if TO_DISK.search(line):
            waited = True
        elif ANSWER.search(line):
            found.append(waited)
            waited = False
    return found


def sign_and_confirm(campaign: Campaign, office: SortingOffice, strace: str) -> list[bool]:
    """The waits of a few signings and of their confirmings."""
    campaign.start()
    blank = together(blank_form(campaign.port))
    people = [f"person{number}@example.org" for number in range(TIMES)]
    forms = [post(campaign.port, "/en/sign", blank | {"name": "Layla", "email": email}) for email in people]
    signing = waits(watched(campaign, strace, forms))
    wait_until(lambda: office.number == TIMES)
    presses = [post(campaign.port, office.links[email][0], {"act": "confirm"}) for email in people]
    return signing + waits(watched(campaign, strace, presses))


def test_the_disk_is_waited_for_before_each_answer(campaign, office, strace):
    assert sign_and_confirm(campaign, office, strace) == [True] * 2 * TIMES


def test_the_same_check_fails_where_sqlite_is_told_to_be_careless(campaign, office, strace):
    campaign.command[:3] = [sys.executable, str(Path(__file__).with_name("careless.py"))]

    assert not all(sign_and_confirm(campaign, office, strace))


def test_every_connection_is_careful(tmp_path):
    database = Database("", tmp_path)
    held = [database.engine.connect() for _ in range(8)]

    for connection in held:
        careful = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
        assert careful == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
        connection.close()
    database.close()
