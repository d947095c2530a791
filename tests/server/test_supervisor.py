"""The process group of `campaign serve`: it starts together, ends together, and nobody holds it up."""

import errno
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from unittest.mock import Mock
from urllib.request import urlopen

import pytest

from campaign.server.supervisor import HEAD_TIMEOUT, queue_of_trouble
from tests.server.processes import (
    hear,
    is_alive,
    is_complete,
    is_read,
    line,
    mail_workers,
    memory_of,
    post,
    processes_of,
    signing,
    talk,
    web_workers,
)
from tests.servers import LONG, Campaign, wait_until

CUT = b"GET /healthz HTTP/1.1\r\nHost: loc", b"POST /en/sign HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nname="
OK = "Host: localhost\r\n"
IN_A_TERMINAL = """import fcntl, os, pty, sys, termios
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
os.set_inheritable(master, True)
os.execv(sys.argv[1], sys.argv[1:])"""
BLOCKS = 150  # of 655 kB each, for a hundred megabytes


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    """A server with two web workers and a mail worker, for one test to end as it likes."""
    with Campaign(tmp_path / "instance") as server:
        wait_until(lambda: is_complete(server))
        yield server


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """A server that goes on."""
    with Campaign(tmp_path_factory.mktemp("lasting") / "instance") as server:
        yield server


def test_a_request_in_flight_is_answered_before_the_server_ends(campaign: Campaign) -> None:
    request = signing(campaign, "layla@example.org")
    with sqlite3.connect(campaign.data / "campaign.db", isolation_level=None) as writer, line(campaign) as connection:
        writer.execute("BEGIN IMMEDIATE")
        connection.sendall(request)
        wait_until(lambda: is_read(connection))  # it waits for the database now
        campaign.process.terminate()
        time.sleep(0.3)
        writer.execute("ROLLBACK")
        assert hear(connection).startswith(b"HTTP/1.1 303")
    assert campaign.process.wait(LONG) == 0
    assert sqlite3.connect(campaign.data / "campaign.db").execute("SELECT count(*) FROM submission").fetchone() == (1,)


def test_a_form_that_is_still_coming_is_taken_before_the_server_ends(campaign: Campaign) -> None:
    request = signing(campaign, "layla@example.org")
    with line(campaign) as connection:
        connection.sendall(request[:-20])
        wait_until(lambda: is_read(connection))
        campaign.process.terminate()
        time.sleep(0.3)
        connection.sendall(request[-20:])
        assert hear(connection).startswith(b"HTTP/1.1 303")
    assert campaign.process.wait(LONG) == 0


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGHUP])
def test_what_a_terminal_sends_to_everybody_ends_everything_in_good_order(tmp_path: Path, asked: signal.Signals) -> None:
    campaign = Campaign(tmp_path / "instance")
    campaign.command = [sys.executable, "-c", IN_A_TERMINAL, *campaign.command]
    with campaign:
        wait_until(lambda: is_complete(campaign))
        assert_that_it_ends(campaign, asked)


def assert_that_it_ends(campaign: Campaign, asked: signal.Signals) -> None:
    """Send a signal to everybody of a site, and look at its end."""
    everybody = processes_of(campaign.process.pid)
    os.killpg(campaign.process.pid, asked)
    assert campaign.process.wait(LONG) == 0
    assert not [number for number in everybody if is_alive(number)]
    assert "Traceback" not in campaign.output


def test_nobody_outlives_a_killed_parent(campaign: Campaign) -> None:
    everybody = processes_of(campaign.process.pid)
    campaign.process.kill()
    wait_until(lambda: not any(is_alive(number) for number in everybody))


@pytest.mark.slow
def test_a_server_starts_again_at_once_where_one_was_killed(campaign: Campaign) -> None:
    campaign.process.kill()
    campaign.process.wait()
    campaign.log.close()
    campaign.start()
    wait_until(lambda: len(web_workers(campaign)) == 2)


@pytest.mark.slow
def test_web_workers_come_back_however_often_they_are_killed(campaign: Campaign) -> None:
    for _ in range(3):
        before = web_workers(campaign)
        for number in before:
            os.kill(number, signal.SIGKILL)
        wait_until(lambda before=before: len(web_workers(campaign) - before) == 2)
    wait_until(campaign.is_up)


def test_the_mail_worker_comes_back_when_it_is_killed(campaign: Campaign) -> None:
    before = mail_workers(campaign)
    for number in before:
        os.kill(number, signal.SIGKILL)
    wait_until(lambda: len(mail_workers(campaign) - before) == 1)


@pytest.mark.slow
def test_a_taken_port_is_one_sentence(lasting: Campaign, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "campaign", "serve", "--port", str(lasting.port)]
    second = subprocess.run(
        command, check=False, env=lasting.env | {"CAMPAIGN_DATA": str(tmp_path / "i")}, capture_output=True, text=True
    )
    assert second.returncode == 1
    assert second.stderr.splitlines()[-1] == f"Cannot listen on 127.0.0.1 port {lasting.port}: Address already in use."
    assert "Traceback" not in second.stderr


def test_a_worker_that_cannot_start_is_one_sentence(lasting: Campaign) -> None:
    program = (
        "from campaign.config import Settings\n"
        "from campaign.server import supervisor as serving\n"
        "def broken(*_): raise RuntimeError('the light is off')\n"
        "serving.create_app = broken\n"
        f"serving.serve(Settings(), host='127.0.0.2', port={lasting.port}, workers=2, mail=False)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=LONG)
    assert (ended.returncode, ended.stderr) == (1, "The site cannot start: the light is off\n")


def test_clients_that_never_finish_hold_nobody_up(lasting: Campaign) -> None:
    slow = [line(lasting) for _ in range(64)]
    for number, connection in enumerate(slow):
        connection.sendall(CUT[number % 2])
    began = time.monotonic()
    for _ in range(20):
        assert urlopen(f"{lasting.url}/en/sign", timeout=LONG).status == 200
    assert talk(lasting, signing(lasting, "sami@example.org")).startswith(b"HTTP/1.1 303")
    assert time.monotonic() - began < HEAD_TIMEOUT, "they were answered only when the others were given up"
    for connection in slow:
        connection.close()


@pytest.mark.parametrize("framing", ["Content-Length: 100000000", "Transfer-Encoding: chunked"])
def test_a_hundred_megabytes_are_refused_at_once_and_not_held(lasting: Campaign, framing: str) -> None:
    before = {number: memory_of(number) for number in web_workers(lasting)}
    block = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    with line(lasting) as connection:
        connection.sendall(post(lasting, b"", framing))
        sent: list[int] = []
        sender = Thread(target=_send, args=(connection, block * 10, sent))
        sender.start()
        answer, sent_by_then = connection.recv(100), len(sent)
        sender.join()
    assert answer.startswith(b"HTTP/1.1 413")
    assert sent_by_then < BLOCKS
    assert all(memory_of(number) - held < 20_000_000 for number, held in before.items())


def _send(connection: object, block: bytes, sent: list[int]) -> None:
    try:
        for number in range(BLOCKS):
            connection.sendall(block)  # type: ignore[attr-defined]
            sent.append(number)
    except OSError:
        return  # nobody listens any more, as it should be


@pytest.mark.parametrize(
    "head",
    [
        "",
        "Host:\r\n",
        "Host: localhost\r\nHost: localhost\r\n",
        "Host: evil.test\r\n",
        "Host: localhost@evil.test\r\n",
        "Host: " + "a" * 10_240 + "\r\n",
        OK + "X-Folded: a\r\n b\r\n",
        OK + "X-Spaced : a\r\n",
        OK + "Accept-Language: " + "a" * 8000 + "\0\r\n",
        OK + "Content-Length: 3\r\nContent-Length: 4\r\n",
        OK + "Content-Length: -3\r\n",
        OK + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        OK + "Transfer-Encoding: gzip\r\n",
        OK + "Transfer-Encoding: chunked\r\n",
    ],
)
@pytest.mark.parametrize("body", [b"3\r\na=b\r\n0\r\n\r\n", b"zz\r\na=b\r\n0\r\n\r\n", b"ffffffffffffffffff\r\na=b\r\n"])
def test_a_malformed_request_is_refused(lasting: Campaign, head: str, body: bytes) -> None:
    request = f"POST /en/sign HTTP/1.1\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n{head}\r\n"
    assert talk(lasting, request.encode() + body).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("target", ["http://evil.test/en/", "*", "evil.test:80", "en/"])
def test_only_paths_of_this_site_are_answered(lasting: Campaign, target: str) -> None:
    request = f"GET {target} HTTP/1.1\r\nConnection: close\r\n{OK}\r\n"
    assert talk(lasting, request.encode()).startswith(b"HTTP/1.1 400")


def test_a_form_that_breaks_off_is_never_seen(lasting: Campaign) -> None:
    request = signing(lasting, "layla@example.org.example")
    assert talk(lasting, request[:-8], and_stop=True)[:12] in (b"", b"HTTP/1.1 400")
    with sqlite3.connect(lasting.data / "campaign.db") as database:
        before = database.execute("SELECT count(*) FROM submission").fetchone()
        assert talk(lasting, request).startswith(b"HTTP/1.1 303")
        assert database.execute("SELECT count(*) FROM submission").fetchone() == (before[0] + 1,)


def test_a_head_has_no_body(lasting: Campaign) -> None:
    answer = talk(lasting, f"HEAD /en/ HTTP/1.1\r\nConnection: close\r\n{OK}\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\n")


def test_nothing_about_a_request_is_written_down(lasting: Campaign) -> None:
    talk(lasting, f"GET /en/nowhere-at-all HTTP/1.1\r\nConnection: close\r\nUser-Agent: Zaatar/1.0\r\n{OK}\r\n".encode())
    said = lasting.output
    assert not [words for words in ("nowhere-at-all", "Zaatar", "127.0.0.1", "GET", "POST") if words in said]


def test_memory_that_its_user_cannot_use_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "SimpleQueue", Mock(side_effect=PermissionError(errno.EACCES, "Permission denied")))

    with pytest.raises(
        SystemExit, match=r"^The site cannot use /dev/shm: Permission denied\. Its user must be able to write there\.$"
    ):
        queue_of_trouble()
