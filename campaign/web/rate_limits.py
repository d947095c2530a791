"""Slow down what one network or one small mail domain sends, so that nobody is shut out and nothing typed is lost.

Each has a bucket that holds a burst of e-mails and fills again at a steady rate (the generic cell rate algorithm). The moment at
which it is full again is all that is kept of it. E-mails beyond the burst are sent later. A network is asked to come back only
far beyond it. The desk's login has buckets of its own.

No address is stored. In memory a bucket is one of SLOTS numbers, chosen by a hash under a key of this start, so that thousands of
networks share a number. In Redis its name is a hash under a key of the day that all processes derive.
"""

import hashlib
import hmac
import ipaddress
import mmap
import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.config import Settings
from campaign.file_lock import file_lock
from campaign.outbox.mail_providers import small_domain

if TYPE_CHECKING:
    from campaign.web.redis_memory import RedisMemory

SECONDS_AN_HOUR = 3600  # seconds
BURST, EMAILS_AN_HOUR = 120, 100  # three classes of a school at once, then an e-mail every 36 seconds
MAX_WAITING = 500  # e-mails of one network; beyond them the form comes back
LONGEST_DELAY = MAX_WAITING * SECONDS_AN_HOUR // EMAILS_AN_HOUR  # seconds
COME_BACK_AFTER = 600  # seconds, in which some of those that wait have left
LARGER_NETWORK = 5  # times as much for an IPv6 /48, which can be one household or a university
LOGINS, LOGINS_AN_HOUR = 120, 600
REPORTS, REPORTS_AN_HOUR = 10, 10  # of names
SLOTS = 2**18
LOCK_WAIT = 1.0  # seconds; after it a bucket may miss one e-mail, which nobody notices
REDIS_REST = 60  # seconds after it did not answer, in which nobody waits for it
PORT = re.compile(r"\]?:\d+$")
Change = Callable[[list[float]], list[float]]


class TooManyWaiting(Exception):
    """So many e-mails of this network wait that the form cannot be taken now; `seconds` is when to send it again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Bucket:
    """What one network, mail domain or visitor of the login page may send."""

    name: str
    burst: int = BURST
    an_hour: int = EMAILS_AN_HOUR
    max_delay: int = LONGEST_DELAY  # seconds
    is_refusing: bool = True  # beyond `max_delay`; else nothing waits longer than that

    def delay(self, full_at: float, now: float) -> int:
        """Return the seconds that the next one waits; raise TooManyWaiting."""
        wait = max(0, round(full_at - now - (self.burst - 1) * SECONDS_AN_HOUR / self.an_hour))
        if wait > self.max_delay and self.is_refusing:
            raise TooManyWaiting(max(round(wait - self.max_delay), COME_BACK_AFTER if self.max_delay else 1))
        return min(wait, self.max_delay)

    def take(self, full_at: float, now: float) -> float:
        """Return the moment at which the bucket is full again once one more was taken out of it."""
        latest = now + self.max_delay + (self.burst - 1) * SECONDS_AN_HOUR / self.an_hour
        return min(max(full_at, now), latest) + SECONDS_AN_HOUR / self.an_hour


class SharedMemory:
    """The buckets of one `campaign serve`: anonymous memory that its web workers inherit, and never a file."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._moments = memoryview(mmap.mmap(-1, 8 * SLOTS)).cast("d")

    def __reduce__(self) -> tuple[type["SharedMemory"], tuple[()]]:
        """Let a worker that is not forked, as on macOS, count for itself."""
        return SharedMemory, ()

    def update(self, names: Sequence[str], change: Change) -> None:
        """Change the moments of these buckets together; the caller holds a lock."""
        slots = [self._slot(name) for name in names]
        for slot, moment in zip(slots, change([self._moments[slot] for slot in slots]), strict=True):
            self._moments[slot] = moment

    def _slot(self, name: str) -> int:
        return int.from_bytes(hmac.digest(self._key, name.encode(), hashlib.sha256)[:8]) % SLOTS


class RateLimiter:
    """When an e-mail may leave, and whether a login may be tried."""

    def __init__(self, settings: Settings, secret: bytes, memory: SharedMemory | None = None) -> None:
        """`secret` is what all processes of the site know, `memory` what the workers of one machine share."""
        self._is_on = settings.limits
        self._lock_file = settings.data / "limits.lock"
        self._memory = memory or SharedMemory()
        self._redis = redis_memory(settings, secret)
        self._redis_rests_until = 0.0  # of the monotonic clock

    def reserve(self, address: str | None, domain: str) -> int:
        """Return the seconds until an e-mail to this domain may leave, asked for from a network; raise TooManyWaiting.

        What is refused counts nowhere.
        """
        return self._take([*_network_buckets(address), *_domain_buckets(domain)])

    def login_wait(self, address: str | None) -> int:
        """Count one attempt to log in; return 0, or the seconds to wait when there were too many."""
        return self._wait("login", address, LOGINS, LOGINS_AN_HOUR)

    def report_wait(self, address: str | None) -> int:
        """Count one report of a name; return 0, or the seconds to wait when there were too many."""
        return self._wait("report", address, REPORTS, REPORTS_AN_HOUR)

    def _wait(self, kind: str, address: str | None, burst: int, an_hour: int) -> int:
        buckets = [Bucket(f"{kind} {name}", burst, an_hour, max_delay=0) for name in networks(address)[:1]]
        try:
            self._take(buckets)
        except TooManyWaiting as full:
            return full.seconds
        return 0

    def _take(self, buckets: list[Bucket]) -> int:
        delays, now = [0], time.time()

        def change(moments: list[float]) -> list[float]:
            delays[1:] = [bucket.delay(moment, now) for bucket, moment in zip(buckets, moments, strict=True)]
            return [bucket.take(moment, now) for bucket, moment in zip(buckets, moments, strict=True)]

        if self._is_on and buckets:
            self._update([bucket.name for bucket in buckets], change)
        return max(delays)

    def _update(self, names: list[str], change: Change) -> None:
        """Change the buckets in Redis; while it does not answer, and a minute after, those of this machine."""
        if self._redis and self._is_redis_asked():
            if self._redis.update(names, change):
                self._redis_rests_until = 0.0
                return
            self._redis_rests_until = time.monotonic() + REDIS_REST
        with file_lock(self._lock_file, wait=LOCK_WAIT):
            self._memory.update(names, change)

    def _is_redis_asked(self) -> bool:
        """Return whether to ask Redis; after trouble one request a minute does, and no other waits for it."""
        if self._redis_rests_until:
            if time.monotonic() < self._redis_rests_until:
                return False
            self._redis_rests_until = time.monotonic() + REDIS_REST
        return True


def redis_memory(settings: Settings, secret: bytes) -> "RedisMemory | None":
    """Return what machines share, or None where there is only this one."""
    if settings.shared_url.startswith("memory:"):
        return None
    from campaign.web.redis_memory import RedisMemory  # its library takes 5 MB of each process, and few sites use Redis

    return RedisMemory(settings.shared_url, secret)


def networks(address: str | None) -> list[str]:
    """Return the networks that count a visitor: an IPv4 address as it is; the /64 and the /48 of an IPv6 address.

    A port is left out. What a proxy of our own sends instead of an address (RFC 7239 allows any name) counts as it is; an empty
    one and "unknown" say nothing, and count nobody.
    """
    text = (address or "").strip()
    for spelling in (text.strip("[]"), PORT.sub("", text).strip("[]")):
        try:
            ip = ipaddress.ip_address(spelling)
        except ValueError:
            continue
        if isinstance(ip, ipaddress.IPv4Address) or ip.ipv4_mapped:
            return [str(ip if isinstance(ip, ipaddress.IPv4Address) else ip.ipv4_mapped)]
        return [str(ipaddress.IPv6Network((int(ip), length), strict=False)) for length in (64, 48)]
    return [] if text.lower() in ("", "unknown") else [PORT.sub("", text)]


def _network_buckets(address: str | None) -> list[Bucket]:
    return [
        Bucket(f"network {name}", BURST * times, EMAILS_AN_HOUR * times)
        for name, times in zip(networks(address), (1, LARGER_NETWORK), strict=False)
    ]


def _domain_buckets(domain: str) -> list[Bucket]:
    """Return the bucket of a small mail domain. It refuses nobody: who fills it would shut out its real users."""
    found = small_domain(domain)
    return [Bucket(f"domain {found}", is_refusing=False)] if found else []
