"""Passphrases are looked at in a thread of their own: signing never waits behind the desk."""

import asyncio
import re
import threading
import time
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from flask import Flask

from campaign.organizers.auth.factors import PASSPHRASE_PATHS, PASSPHRASES_BUSY
from campaign.server.rsgi import MAX_PASSPHRASES_WAITING, MAX_SENT_BACK, RsgiAdapter
from tests.people import hidden_fields
from tests.server.processes import hear, line, signing
from tests.servers import LONG, Campaign, on_sqlite, wait_until

LOGINS, PROBES = 600, 12
HELD_UP = 10
"""Seconds: on a quiet machine the slowest signature takes a fraction of one; behind 600 passphrases it would take a minute."""


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    """A server with two web workers, without limits: what holds here must not rest on them."""
    with Campaign(tmp_path / "instance", CAMPAIGN_LIMITS="off") as server:
        wait_until(server.is_up)
        yield server


def login(campaign: Campaign) -> bytes:
    """The bytes of a login that fails: the cookie and the token of one visit can be sent again and again."""
    jar = CookieJar()
    page = build_opener(HTTPCookieProcessor(jar)).open(f"{campaign.url}/en/organize/enter", timeout=LONG).read().decode()
    typed = {"email": "omar@example.org", "passphrase": "wrong wrong wrong", "code": "000000"}
    body = urlencode(hidden_fields(page) | typed)
    cookie = "; ".join(f"{one.name}={one.value}" for one in jar)
    head = ["POST /en/organize/enter HTTP/1.1", f"Host: localhost:{campaign.port}", "Connection: close", f"Cookie: {cookie}"]
    kind = ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}", "", body]
    return "\r\n".join(head + kind).encode()


@pytest.mark.slow
def test_600_logins_at_once_hold_no_signature_up(campaign: Campaign) -> None:
    logins, lines = login(campaign), []
    forms = [signing(campaign, f"signer{number}@example.org") for number in range(PROBES)]
    for _ in range(LOGINS):
        lines.append(line(campaign))
        lines[-1].sendall(logins)

    waited = []
    for form in forms:
        start = time.monotonic()
        with line(campaign) as connection:
            connection.sendall(form)
            assert hear(connection).startswith(b"HTTP/1.1 303")
        waited.append(time.monotonic() - start)
    answers = [hear(one) for one in lines]
    for one in lines:
        one.close()

    assert max(waited) < HELD_UP, waited
    statuses = {answer[9:12] for answer in answers}
    assert statuses == {b"422", b"503"}
    busy = [answer for answer in answers if answer[9:12] == b"503"]
    assert all(b"retry-after: " in answer.lower() for answer in busy)
    assert any(b"Too many people are logging in" in answer and b'value="omar@example.org"' in answer for answer in busy)


@on_sqlite
def test_every_page_that_takes_a_passphrase_is_answered_in_the_thread_for_it(app: Flask) -> None:
    rules = [
        rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()) and rule.endpoint.startswith("organizers.")
    ]
    paths = {rule.endpoint.partition(".")[2]: re.sub("<[^>]*>", "x", rule.rule) for rule in rules}

    assert {endpoint for endpoint, path in paths.items() if PASSPHRASE_PATHS.fullmatch(path)} == {
        "enter",
        "again",
        "set_up",
        "passphrase",
    }


def test_posts_beyond_the_queue_are_sent_back_and_beyond_that_refused_without_a_page() -> None:
    released, seen = threading.Event(), []

    def site(environ, start_response):
        seen.append(bool(environ.get(PASSPHRASES_BUSY)))
        released.wait(LONG)
        start_response("200 OK", [])
        return [b""]

    async def send(adapter: RsgiAdapter) -> list[int]:
        number = MAX_PASSPHRASES_WAITING + MAX_SENT_BACK + 3
        posts = [asyncio.ensure_future(adapter.post({"PATH_INFO": "/en/organize/enter"})) for _ in range(number)]
        await asyncio.sleep(0.2)
        released.set()
        return [status for status, _, _ in await asyncio.gather(*posts)]

    statuses = asyncio.run(send(RsgiAdapter(site)))

    assert statuses.count(503) == 3
    assert (seen.count(False), seen.count(True)) == (MAX_PASSPHRASES_WAITING, MAX_SENT_BACK)
