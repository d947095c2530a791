"""Which language meets which database.

What a page says does not depend on the database under it. So a test that runs in both languages and on both databases runs
twice, not four times: in English on SQLite, in Arabic on PostgreSQL. With LONG=1 all four run.
"""

from collections import defaultdict
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

LANGUAGES = {"en", "ar"}
PAIRS = {("en", "sqlite"), ("ar", "postgresql")}


def sort(items: Sequence[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Return the tests to run, in their order, and those that are left out."""
    met = defaultdict(set)
    for item in items:
        met[_function(item)].add(_pair(item))
    needed: list[pytest.Item] = []
    needless: list[pytest.Item] = []
    for item in items:
        pair = _pair(item)
        is_needless = pair not in PAIRS and None not in pair and met[_function(item)] >= PAIRS
        (needless if is_needless else needed).append(item)
    return needed, needless


def _function(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _pair(item: pytest.Item) -> tuple[str | None, str | None]:
    """Return the language and the database of a test, each None where it has none."""
    params: dict[str, Any] = getattr(item, "callspec", SimpleNamespace(params={})).params
    language = next((value for value in params.values() if isinstance(value, str) and value in LANGUAGES), None)
    return language, params.get("database_url")
