"""How much is tested: `make test` in minutes, `.ci/run` in twenty minutes, `make soak` in hours.

- `make test`: what is not slow, each test on one of the two databases. The tests that come later have the mark `later`.
- `make test TIER=full`, or pytest itself: all tests, on both databases. `.ci/run` runs them in two parts.
- `make soak`: as many rounds as a promise speaks of, where the others do a few.
"""

import os
from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import pytest

LANGUAGES = {"en", "ar"}
PAIRS = {("en", "sqlite"), ("ar", "postgresql")}
DATABASES = ("sqlite", "postgresql")


class Tier(StrEnum):
    """Which tests run."""

    QUICK = "quick"
    FULL = "full"
    SOAK = "soak"


TIER = Tier(os.environ.get("TIER") or Tier.FULL)


def rounds(few: int, soak: int) -> int:
    """Return how often a test does something: often enough to find a fault that is there, or as often as a promise says."""
    return soak if TIER is Tier.SOAK else few


def choose(items: Sequence[pytest.Item], tier: Tier = TIER) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Return the tests to run, in their order, and those that are left out."""
    if tier is Tier.SOAK:
        return list(items), []
    left_out = needless_pairs(items)
    wanted = [item for item in items if item not in left_out]
    later = {item for item in wanted if item.get_closest_marker("slow")} | second_databases(wanted)
    for item in later:
        item.add_marker("later")
    if tier is Tier.QUICK:
        left_out |= later
    return [item for item in items if item not in left_out], [item for item in items if item in left_out]


def needless_pairs(items: Sequence[pytest.Item]) -> set[pytest.Item]:
    """Return the tests whose language need not meet their database.

    What a page says does not depend on the database under it. So a test in both languages and on both databases runs twice, not
    four times: in English on SQLite, in Arabic on PostgreSQL.
    """
    met: dict[str, set[Any]] = defaultdict(set)
    for item in items:
        met[_function(item)].add(_pair(item))
    return {item for item in items if _pair(item) not in PAIRS and None not in _pair(item) and met[_function(item)] >= PAIRS}


def second_databases(items: Sequence[pytest.Item]) -> set[pytest.Item]:
    """Return, of each test that runs on both databases, the one on the database that comes second: now this one, now that."""
    met: dict[str, set[Any]] = defaultdict(set)
    for item in items:
        met[_without_database(item)].add(_database(item))
    second = {name: DATABASES[crc32(name.encode()) % 2] for name, databases in met.items() if databases == {*DATABASES}}
    return {item for item in items if _database(item) and _database(item) == second.get(_without_database(item))}


def _params(item: pytest.Item) -> dict[str, Any]:
    params: dict[str, Any] = getattr(item, "callspec", SimpleNamespace(params={})).params
    return params


def _function(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _database(item: pytest.Item) -> str | None:
    return next((value for value in _params(item).values() if isinstance(value, str) and value in DATABASES), None)


def _without_database(item: pytest.Item) -> str:
    return item.nodeid.replace("sqlite", "").replace("postgresql", "")


def _pair(item: pytest.Item) -> tuple[str | None, str | None]:
    """Return the language and the database of a test, each None where it has none."""
    language = next((value for value in _params(item).values() if isinstance(value, str) and value in LANGUAGES), None)
    return language, _params(item).get("database_url")
