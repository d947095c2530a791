"""Limit how much one network, and all networks together, may send.

Rates are counted in memory under a random key that changes every hour, or in Redis under one that all processes derive. No
address is stored anywhere.
"""

import hashlib
import hmac
import ipaddress
import secrets
import time
from collections.abc import Sequence
from typing import Any

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from campaign.config import Settings
from campaign.web.request_checks import current_hour

# A school behind one address: 500 pupils in an hour, a class of 40 within ten minutes and as many again.
NETWORK_LIMITS = (RateLimitItemPerMinute(120, 10), RateLimitItemPerHour(600))
# What one process lets in from everywhere: thrice the largest peak known of a petition (2,000 a minute).
TOTAL_LIMITS = (RateLimitItemPerMinute(6000),)
REDIS_TIMEOUTS: dict[str, Any] = {"wrap_exceptions": True, "socket_connect_timeout": 1, "socket_timeout": 1}  # seconds, for Redis


class RateLimiter:
    """How much one network, and all together, may send."""

    def __init__(self, settings: Settings, secret: bytes) -> None:
        """`secret` is what all processes of the site know: with rates that they share, they count under the same names."""
        self._settings, self._secret = settings, secret
        self._key, self._hour = b"", 0
        self._rates = FixedWindowRateLimiter(storage_from_string(settings.shared_url, **REDIS_TIMEOUTS))
        self._own_rates = FixedWindowRateLimiter(MemoryStorage())

    def wait(self, address: str | None) -> int:
        """Counts one sending from a network address; returns 0, or the seconds to wait when it is too many.

        What is refused counts nowhere: nobody shuts others out, and waiting helps.
        """
        if not self._settings.limits:
            return 0
        name = self._name(address)
        counted = [*((rate, name) for rate in NETWORK_LIMITS), *((rate, "all") for rate in TOTAL_LIMITS)]
        try:
            return _count(self._rates, counted)
        except StorageError:  # what is shared cannot be reached; each process counts for itself meanwhile
            return _count(self._own_rates, counted)

    def _name(self, address: str | None) -> str:
        """The name a network is counted under: meaningless without a key that changes every hour."""
        if self._hour != current_hour():
            self._hour = current_hour()
            is_own = self._settings.shared_url.startswith("memory:")
            self._key = secrets.token_bytes(32) if is_own else hmac.digest(self._secret, b"%d" % self._hour, hashlib.sha256)
        return hmac.digest(self._key, network(address).encode(), hashlib.sha256).hex()


def _count(rates: FixedWindowRateLimiter, counted: Sequence[tuple[RateLimitItem, str]]) -> int:
    """Counts what is within every rate; returns 0, or the seconds until it would be."""
    full = [rates.get_window_stats(*one).reset_time for one in counted if not rates.test(*one)]
    if full:
        return max(1, int(max(full) - time.time()) + 1)
    for one in counted:
        rates.hit(*one)
    return 0


def network(address: str | None) -> str:
    """The network one household or phone holds: an IPv4 address as it is, the /64 of an IPv6 address."""
    try:
        ip = ipaddress.ip_address((address or "").strip("[]"))
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
