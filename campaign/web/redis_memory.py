"""The buckets of the rate limits in Redis, where several machines share them. `rate_limits.py` imports this if it is set."""

import hashlib
import hmac
import math
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, cast

import redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.retry import Retry

from campaign.web.request_checks import current_hour

REDIS_OPTIONS: dict[str, Any] = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 0)}  # seconds


class RedisMemory:
    """The buckets of several machines."""

    def __init__(self, url: str, secret: bytes) -> None:
        self._client, self._secret = redis.Redis.from_url(url, **REDIS_OPTIONS), secret

    def answers(self) -> bool:
        """Return whether Redis is there, and close the connection."""
        with closing(self._client):
            try:
                self._client.ping()
            except redis.RedisError:
                return False
        return True

    def update(self, names: Sequence[str], change: Callable[[list[float]], list[float]]) -> bool:
        """Change the moments of these buckets together; each is deleted once its bucket is full again.

        Return False where Redis does not answer.
        """
        hashed = [self._name(name) for name in names]

        def store(pipeline: Pipeline) -> None:
            moments = change([float(moment or 0) for moment in cast("list[bytes | None]", pipeline.mget(hashed))])
            pipeline.multi()
            for name, moment in zip(hashed, moments, strict=True):
                pipeline.set(name, moment, ex=max(1, math.ceil(moment - time.time())))

        try:
            self._client.transaction(store, *hashed)
        except redis.RedisError:
            return False
        return True

    def _name(self, name: str) -> str:
        key = hmac.digest(self._secret, b"%d" % (current_hour() // 24), hashlib.sha256)
        return "campaign:" + hmac.digest(key, name.encode(), hashlib.sha256).hex()
