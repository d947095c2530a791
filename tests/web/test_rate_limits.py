"""Rate limits: how much one network, and all together, may send."""

import contextlib
import re
import subprocess
from datetime import UTC, datetime

import pytest
import time_machine
from limits import RateLimitItemPerHour, RateLimitItemPerMinute

from campaign import create_app
from campaign.config import Settings
from campaign.petition.models import Submission
from campaign.web import rate_limits
from campaign.web.rate_limits import RateLimiter, network
from tests.people import Visitor, rows
from tests.servers import free_port, on_sqlite, wait_until

NOON = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)
FAR = "192.0.2.1"


@pytest.fixture
def strict(monkeypatch):
    """Two in ten minutes from one network."""
    monkeypatch.setattr(rate_limits, "NETWORK_LIMITS", (RateLimitItemPerMinute(2, 10),))


def passes(entrance, address, number, seconds=0.0):
    """How many of so many sendings pass, at even distances."""
    with time_machine.travel(NOON, tick=False) as clock:
        passed = 0
        for _ in range(number):
            passed += not entrance.wait(address)
            clock.shift(seconds)
        return passed


def a_gate(**settings):
    return RateLimiter(Settings(**settings), b"secret")


def test_a_network_is_one_ipv4_address_or_one_64_of_ipv6():
    assert network("192.0.2.7") == "192.0.2.7"
    assert network("192.0.2.7") != network("192.0.2.8")
    assert network("::ffff:192.0.2.7") == network("192.0.2.7")
    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff:ffff:ffff:ffff") == network("[2001:db8:1:2::9]")
    assert network("2001:db8:1:2::1") != network("2001:db8:1:3::1")
    assert network("fe80::1%eth0") == network("fe80::2")
    assert {network(nobody) for nobody in ("", None, "unix:", "999.1.1.1", "192.0.2.7, 192.0.2.8")} == {"unknown"}


def test_a_class_and_a_school_behind_one_address_pass_and_a_flood_does_not():
    assert passes(a_gate(), FAR, 40, seconds=600 / 40) == 40
    assert passes(a_gate(), FAR, 80) == 80  # and a second class at the same moment
    assert passes(a_gate(), FAR, 500, seconds=3600 / 500) == 500
    assert passes(a_gate(), FAR, 1000) == 120
    assert passes(a_gate(), FAR, 3000, seconds=1.19) == 600


def test_what_one_network_may_not_send_keeps_nobody_else_out():
    entrance = a_gate()

    assert passes(entrance, FAR, 7_000) == 120
    assert passes(entrance, "192.0.2.2", 40) == 40


def test_all_together_may_send_thrice_the_largest_peak_known_and_no_more():
    entrance = a_gate()

    with time_machine.travel(NOON, tick=False) as clock:
        passed = sum(not entrance.wait(f"198.51.{place >> 8}.{place & 255}") for place in range(6001))
        assert passed == 6000
        clock.shift(61)
        assert entrance.wait(FAR) == 0


def test_the_wait_is_over_when_it_was_said_to_be(strict):
    entrance = a_gate()

    with time_machine.travel(NOON, tick=False) as clock:
        assert [entrance.wait(FAR) for _ in range(2)] == [0, 0]
        clock.shift(100)
        wait = entrance.wait(FAR)
        assert 500 <= wait <= 501
        clock.shift(wait - 2)
        assert entrance.wait(FAR)
        clock.shift(2)
        assert entrance.wait(FAR) == 0


def test_no_address_is_kept_and_the_names_for_it_change_every_hour():
    entrance = a_gate()

    with time_machine.travel(NOON, tick=False) as clock:
        entrance.wait(FAR)
        clock.shift(3600)
        entrance.wait(FAR)

    kept = " ".join(entrance._rates.storage.storage)
    assert FAR not in kept
    assert len(set(re.findall(r"[0-9a-f]{64}", kept))) == 2


@on_sqlite
def test_whoever_sends_too_much_is_told_how_long_to_wait_and_loses_nothing_typed(app, somebody, strict):
    typed = {"name": "ليلى Haddad", "email": "layla@example.org", "shown_as": "L.", "country": "SY", "news": "y"}
    with time_machine.travel(NOON, tick=False):
        for number in range(2):
            assert somebody.sign(email=f"{number}@example.org").status_code == 303

        answer = somebody.sign(**typed)

    assert answer.status_code == 429
    assert 599 <= int(answer.headers["Retry-After"]) <= 601
    assert answer.headers["Cache-Control"] == "no-store"
    for value in ("ليلى Haddad", "layla@example.org", "L."):
        assert f'value="{value}"' in answer.text
    assert '<option value="SY" selected>' in answer.text
    assert len(re.findall('type="checkbox"[^>]* checked', answer.text)) == 2
    assert len(rows(app, Submission)) == 2


@on_sqlite
def test_the_wait_is_said_in_whole_minutes_with_the_right_plural(visitor, reader, monkeypatch):
    monkeypatch.setattr(rate_limits, "NETWORK_LIMITS", (RateLimitItemPerHour(1),))
    sentences = {
        59: (visitor, "wait 1 minute,"),
        61: (visitor, "wait 2 minutes,"),
        3599: (visitor, "wait 60 minutes,"),
        -59: (reader, "يُرجى الانتظار دقيقة واحدة"),
        -61: (reader, "يُرجى الانتظار دقيقتين"),
        -200: (reader, "يُرجى الانتظار 4 دقائق"),
        -660: (reader, "يُرجى الانتظار 12 دقيقة"),
        -3599: (reader, "يُرجى الانتظار 60 دقيقة"),
    }
    with time_machine.travel(NOON, tick=False) as clock:
        visitor.sign()
        for left, (somebody, sentence) in sentences.items():
            clock.move_to(NOON.timestamp() + 3600 - abs(left))
            assert sentence in somebody.sign().text, left


@on_sqlite
def test_the_forwarded_address_counts_only_behind_proxies_that_are_our_own(app, settings, visitor, strict):
    def statuses(somebody, *chains):
        return [
            somebody.client.post("/en/sign", data={"name": ""}, headers={"X-Forwarded-For": chain}).status_code
            for chain in chains
        ]

    assert statuses(visitor, "192.0.2.1", "192.0.2.2", "192.0.2.3") == [400, 400, 429]

    proxied = create_app(settings.model_copy(update={"trusted_proxies": 1}))
    behind = Visitor(proxied.test_client())
    assert statuses(behind, "192.0.2.1", "192.0.2.2", "192.0.2.3") == [400, 400, 400]
    assert statuses(behind, "forged, 192.0.2.9", "192.0.2.7, 192.0.2.9", "forged too, 192.0.2.9") == [400, 400, 429]
    proxied.extensions["campaign"].database.close()


@on_sqlite
def test_limits_can_be_off_for_measuring(settings, strict):
    free = create_app(settings.model_copy(update={"limits": False}))
    visitor = Visitor(free.test_client())

    assert {visitor.sign(email=f"{number}@example.org").status_code for number in range(7)} == {303}
    free.extensions["campaign"].database.close()


@pytest.fixture
def redis(tmp_path, redis_server):
    """A real Redis server."""
    port = free_port()
    options = ["--port", str(port), "--save", "", "--dir", str(tmp_path), "--bind", "127.0.0.1"]
    with subprocess.Popen([redis_server, *options], stdout=subprocess.DEVNULL) as server:
        try:
            url = f"redis://127.0.0.1:{port}"
            wait_until(lambda: _is_up(url))
            yield server, url
        finally:
            server.terminate()


def _is_up(url):
    with contextlib.suppress(OSError):
        import redis as client  # noqa: PLC0415

        with contextlib.suppress(client.ConnectionError), client.Redis.from_url(url) as connection:
            return connection.ping()
    return False


def test_processes_that_share_their_limits_count_together_and_each_alone_while_that_is_away(redis):
    server, url = redis
    gates = [a_gate(shared_url=url) for _ in range(2)]

    assert sum(not gates[place % 2].wait(FAR) for place in range(150)) == 120

    server.terminate()
    server.wait()
    assert [entrance.wait(FAR) for entrance in gates] == [0, 0]
