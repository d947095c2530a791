"""Clients that send slowly, in numbers, and addresses that nobody made: neither holds up those who read and sign."""

import contextlib
import http.client
import resource
import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.server.processes import memory_of, talk, web_workers
from tests.servers import Campaign

SLOW_CLIENTS = 2_000
PROBE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
MADE_UP = 4_000  # 20,000 by hand: as little
FORMS_OF_ADDRESSES = ("/{}", "/en/{}", "/en/confirm/{}", "/static/{}.css", "/en/?{}", "/en/signatures?after={}", "/{}/en/")


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """A server that was started with room for 1,024 open files, as most systems do it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), hard))
    try:
        with Campaign(tmp_path_factory.mktemp("slow") / "instance") as server:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            yield server
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("begun", [b"", b"GET /en/ HTTP/1.1\r\nHost: loc"], ids=["nothing", "half a head"])
def test_two_thousand_slow_clients_do_not_keep_a_page_from_anybody(campaign: Campaign, begun: bytes) -> None:
    with contextlib.ExitStack() as held:
        for _ in range(SLOW_CLIENTS):
            client = held.enter_context(socket.create_connection(("127.0.0.1", campaign.port), timeout=10))
            client.sendall(begun)
        asked_at = monotonic()

        assert talk(campaign, PROBE).startswith(b"HTTP/1.1 200")

        assert monotonic() - asked_at < 10  # under a second on a quiet machine; without room it never comes


@pytest.mark.slow
def test_made_up_addresses_leave_nothing_behind_in_memory(tmp_path: Path) -> None:
    with Campaign(tmp_path / "instance", workers=1) as campaign:  # of two, one could answer its first request only after `before`
        grown = growth(campaign)

    assert grown < 10_000_000


def growth(campaign: Campaign) -> int:
    """Return by how many bytes the web worker grows through made-up addresses."""

    def ask(first: int, last: int) -> None:
        with contextlib.closing(http.client.HTTPConnection("localhost", campaign.port, timeout=30)) as connection:
            for number in range(first, last):
                connection.request("GET", FORMS_OF_ADDRESSES[number % len(FORMS_OF_ADDRESSES)].format(f"made-up-{number}"))
                connection.getresponse().read()

    [worker] = web_workers(campaign)
    ask(0, 1_000)  # what is made once, such as templates and pools, is there after these
    before = memory_of(worker)
    ask(1_000, MADE_UP)
    return memory_of(worker) - before
