"""The ZIP file of the whole site is made in a thread of its own: no page waits for it."""

import asyncio
import select
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from campaign.public.copies import ZIP_BUSY
from campaign.server.rsgi import MAX_ZIPS_WAITING, RsgiAdapter
from tests.server.processes import hear, line
from tests.servers import LONG, Campaign, wait_until


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    """A server with one web worker and none that draws prints beforehand."""
    server = Campaign(tmp_path / "instance", workers=1)
    server.command.append("--no-mail")
    with server:
        wait_until(server.is_up)
        yield server


@pytest.mark.slow
def test_pages_are_answered_while_the_zip_file_is_made(campaign: Campaign) -> None:
    with line(campaign) as connection:
        connection.sendall(f"GET /en/copy.zip HTTP/1.1\r\nHost: localhost:{campaign.port}\r\nConnection: close\r\n\r\n".encode())
        wait_until(lambda: any((campaign.data / "prints").glob("*.p*")))  # it is being made: its first print is drawn

        statuses = [urlopen(f"{campaign.url}/{path}", timeout=LONG).status for path in ("en/", "ar/testimony", "en/sign")]
        is_answered = bool(select.select([connection], [], [], 0)[0])

        assert statuses == [200, 200, 200]
        assert not is_answered
        assert hear(connection).startswith(b"HTTP/1.1 200")


def test_so_many_wait_for_it_and_more_are_asked_to_come_again() -> None:
    released, seen = threading.Event(), []

    def site(environ, start_response):
        is_busy = bool(environ.get(ZIP_BUSY))
        seen.append(is_busy)
        assert is_busy or released.wait(LONG)
        start_response("503 Service Unavailable" if is_busy else "200 OK", [])
        return [b""]

    async def read(adapter: RsgiAdapter) -> list[int]:
        paths = ["/en/copy.zip", "/ar/copy.zip"] * (MAX_ZIPS_WAITING // 2) + ["/en/copy.zip"] * 3
        asked = [asyncio.ensure_future(adapter.get({"PATH_INFO": path})) for path in paths]
        await asyncio.sleep(0.2)
        released.set()
        return [status for status, _, _ in await asyncio.gather(*asked)]

    statuses = asyncio.run(read(RsgiAdapter(site)))

    assert (statuses.count(200), statuses.count(503)) == (MAX_ZIPS_WAITING, 3)
    assert (seen.count(False), seen.count(True)) == (MAX_ZIPS_WAITING, 3)
