"""The slow lane: what one network or one small mail domain sends beyond a burst leaves later, and nothing is lost."""

import contextlib
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest
import time_machine

from campaign.config import Settings
from campaign.web import rate_limits, redis_memory
from campaign.web.rate_limits import LONGEST_DELAY, RateLimiter, SharedMemory, TooManyWaiting, networks
from tests.shared_servers import redis_running

NOON = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)
FAR = "192.0.2.1"
LARGE = "gmail.com"  # a provider so large that only networks count
REFUSED = -1


@pytest.fixture
def limiter(tmp_path):
    """Makes a limiter with settings of its own."""
    return lambda memory=None, **settings: RateLimiter(Settings(data=tmp_path, **settings), b"secret", memory)


def reserve(limiter, address=FAR, domain=LARGE):
    """The seconds that an e-mail waits, or REFUSED."""
    try:
        return limiter.reserve(address, domain)
    except TooManyWaiting:
        return REFUSED


def delays(limiter, number, seconds=0.0, **whom):
    """What happens to so many e-mails, at even distances."""
    with time_machine.travel(NOON, tick=False) as clock:
        found = []
        for _ in range(number):
            found.append(reserve(limiter, **whom))
            clock.shift(seconds)
        return found


def test_one_ipv4_address_is_a_network_and_the_64_and_the_48_of_ipv6():
    assert networks("192.0.2.7") == ["192.0.2.7"]
    assert networks("::ffff:192.0.2.7") == ["192.0.2.7"]
    assert networks("2001:db8:1:2::1") == networks("[2001:db8:1:2:ffff::9]") == ["2001:db8:1:2::/64", "2001:db8:1::/48"]
    assert networks("2001:db8:1:3::1") == ["2001:db8:1:3::/64", "2001:db8:1::/48"]
    assert networks("fe80::1%eth0") == networks("fe80::2")
    assert networks("::1") == ["::/64", "::/48"]


def test_a_port_is_left_out_and_what_cannot_be_read_is_not_one_bucket_for_everybody():
    assert networks("192.0.2.7:5678") == networks("192.0.2.7:80") == ["192.0.2.7"]
    assert networks("[2001:db8::1]:5678") == networks("2001:db8::1")
    assert networks("[::ffff:192.0.2.7]:80") == ["192.0.2.7"]
    assert networks("_a7f:80") == ["_a7f"]
    assert networks("999.1.1.1") != networks("999.1.1.2")
    assert networks("unknown") == networks("") == networks(None) == []


def test_three_classes_leave_at_once_and_then_a_hundred_an_hour(limiter):
    found = delays(limiter(), 320)

    assert found[:120] == [0] * 120
    assert found[120:] == [36 * place for place in range(1, 201)]


def test_a_school_that_signs_all_day_never_waits(limiter):
    assert set(delays(limiter(), 120, seconds=5)) == {0}
    assert set(delays(limiter(), 500, seconds=36)) == {0}


def test_beyond_five_hundred_that_wait_the_form_comes_back_and_counts_nowhere(limiter):
    site = limiter()
    found = delays(site, 5_000)

    assert REFUSED not in found[:620]
    assert set(found[620:]) == {REFUSED}
    with time_machine.travel(NOON + timedelta(seconds=36), tick=False):
        assert reserve(site) == LONGEST_DELAY


def test_what_one_network_sends_keeps_no_other_waiting(limiter):
    site = limiter()
    delays(site, 5_000)

    assert set(delays(site, 40, address="192.0.2.2")) == {0}


def test_whoever_waits_as_long_as_was_said_is_taken(limiter):
    site = limiter()
    delays(site, 620)
    with time_machine.travel(NOON, tick=False) as clock:
        with pytest.raises(TooManyWaiting) as full:
            site.reserve(FAR, LARGE)
        clock.shift(full.value.seconds)
        assert reserve(site) > 0


def test_twenty_thousand_networks_of_one_48_send_as_much_as_ten_households_at_most(limiter):
    site = limiter()
    with time_machine.travel(NOON, tick=False):
        found = [reserve(site, address=f"2001:db8:1:{place:x}::1") for place in range(20_000)]

    in_the_first_hour = [delay for delay in found if 0 <= delay < 3600]
    assert len(in_the_first_hour) <= 10 * (120 + 100)
    assert len(set(found)) > 100


def test_the_subdomains_of_one_domain_are_one_and_large_providers_are_none(limiter):
    site, found = limiter(), []
    for place in range(150):
        found += delays(site, 1, address=f"198.51.100.{place}", domain=f"s{place}.evil.example")

    assert (found[119], found[120]) == (0, 36)
    assert set(delays(site, 40, address="192.0.2.3", domain="evil.co.uk")) == {0}
    assert {delays(site, 1, address=f"203.0.113.{place}", domain=LARGE)[0] for place in range(200)} == {0}


def test_a_domain_is_never_shut_out_by_who_fills_its_bucket(limiter):
    site = limiter()
    for place in range(3_000):
        assert reserve(site, address=f"10.0.{place >> 8}.{place & 255}", domain="university.example") >= 0

    assert LONGEST_DELAY - 60 <= reserve(site, address=FAR, domain="university.example") <= LONGEST_DELAY


def test_the_login_counts_apart_from_signing(limiter):
    site = limiter()
    delays(site, 1_000)

    with time_machine.travel(NOON, tick=False) as clock:
        assert {site.login_wait(FAR) for _ in range(120)} == {0}
        assert site.login_wait(FAR) == 6
        clock.shift(6)
        assert site.login_wait(FAR) == 0


def test_limits_that_are_off_count_nothing(limiter):
    site = limiter(limits=False)

    assert set(delays(site, 1_000)) == {0}
    assert not site._lock_file.exists()


def _reserve_many(limiter, number):
    for _ in range(number):
        limiter.reserve(FAR, LARGE)


def test_processes_and_threads_of_one_machine_count_together(limiter):
    memory = SharedMemory()
    workers = [get_context("fork").Process(target=_reserve_many, args=(limiter(memory), 25)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: _reserve_many(limiter(memory), 10), range(2)))

    assert [worker.exitcode for worker in workers] == [0] * 4
    assert reserve(limiter(memory)) > 0


def test_the_memory_holds_moments_and_no_trace_of_an_address(limiter):
    memory = SharedMemory()
    delays(limiter(memory), 130, domain="evil.example")

    kept = [moment for moment in memory._moments if moment]
    assert len(kept) == 2
    assert {round(moment - NOON.timestamp()) for moment in kept} == {130 * 36}


@pytest.fixture
def redis(tmp_path, redis_server):
    """A real Redis server."""
    with redis_running(redis_server, tmp_path) as server_and_url:
        yield server_and_url


def test_machines_that_share_their_limits_count_together_and_each_alone_while_that_is_away(redis, limiter):
    server, url = redis
    sites = [limiter(shared_url=url) for _ in range(2)]

    assert sum(reserve(sites[place % 2]) == 0 for place in range(150)) == 120

    server.terminate()
    server.wait()
    assert [reserve(site) for site in sites] == [0, 0]


def test_what_redis_keeps_is_named_with_a_key_names_no_network_and_goes(redis, tmp_path):
    import redis as client  # noqa: PLC0415

    _, url = redis

    def kept(secret):
        reserve(RateLimiter(Settings(data=tmp_path, shared_url=url), secret), "192.0.2.77", "small.example")
        with client.Redis.from_url(url) as connection:
            found = {name: connection.ttl(name) for name in connection.scan_iter()}
            connection.flushall()
        return found

    ours, others = kept(b"secret"), kept(b"another secret")

    assert len(ours) == 2
    assert not ours.keys() & others.keys()
    assert all(name.startswith(b"campaign:") and len(name) == len("campaign:") + 64 for name in ours)
    assert all(0 < seconds <= 6.25 * 3600 for seconds in ours.values())


def test_of_other_networks_one_in_262144_shares_a_number_with_a_flood(limiter, monkeypatch):
    memory = SharedMemory()
    networks_seen = [f"network 10.{high}.{low}.1" for high in range(25) for low in range(200)]

    assert rate_limits.SLOTS == 262_144
    assert len({memory._slot(name) for name in networks_seen}) > 4_850  # of 5,000, where chance says 4,953

    monkeypatch.setattr(rate_limits, "SLOTS", 1)
    delays(limiter(memory), 120)
    assert delays(limiter(memory), 1, address="198.51.100.9")[0] > 0


@pytest.mark.parametrize(("rest", "asked"), [(60, 1), (0, 5)])
def test_a_redis_that_hangs_is_waited_for_once_and_asked_again_only_after_its_rest(limiter, monkeypatch, rest, asked):
    monkeypatch.setitem(redis_memory.REDIS_OPTIONS, "socket_timeout", 0.1)
    monkeypatch.setattr(rate_limits, "REDIS_REST", rest)
    with socket.create_server(("127.0.0.1", 0)) as hanging:  # the system takes connections, and nobody answers
        alone = limiter(shared_url=f"redis://127.0.0.1:{hanging.getsockname()[1]}")
        assert [reserve(alone) for _ in range(5)] == [0] * 5

        hanging.setblocking(False)
        connections = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                hanging.accept()[0].close()
                connections += 1

    assert connections == asked
