"""Each test runs in `make test` or has the mark `later`; languages and databases meet in two pairs instead of four."""

from types import SimpleNamespace

import pytest

from tests.tiers import Tier, choose, rounds


class Item:
    """A test as pytest collects it."""

    def __init__(self, name, *, slow=False, **params):
        self.nodeid = f"{name}[{'-'.join(params.values())}]" if params else name
        self.marks = {"slow"} if slow else set()
        if params:
            self.callspec = SimpleNamespace(params=params)

    def get_closest_marker(self, name):
        return name if name in self.marks else None

    def add_marker(self, name):
        self.marks.add(name)


def on_both(name, **options):
    return [Item(name, database_url=url, **options) for url in ("sqlite", "postgresql")]


@pytest.fixture
def items():
    """Tests of every kind."""
    in_both = [Item("signs", language=code, database_url=url) for code in ("en", "ar") for url in ("sqlite", "postgresql")]
    one = [Item("without_either"), Item("slow_one", slow=True), Item("on_one", database_url="sqlite")]
    return [*in_both, *one, *on_both("counts"), *on_both("kills", slow=True)]


def names(items, tier):
    return [test.nodeid for test in choose(items, tier)[0]]


def test_a_test_in_both_languages_on_both_databases_runs_once_for_each(items):
    assert [name for name in names(items, Tier.FULL) if "signs" in name] == ["signs[en-sqlite]", "signs[ar-postgresql]"]
    assert names(items, Tier.SOAK) == [test.nodeid for test in items]


def test_what_does_not_run_at_once_has_the_mark_and_runs_later(items):
    quick, full = names(items, Tier.QUICK), choose(items, Tier.FULL)[0]
    later = [test.nodeid for test in full if test.get_closest_marker("later")]

    assert sorted(quick + later) == sorted(test.nodeid for test in full)
    assert {"without_either", "on_one[sqlite]", "signs[en-sqlite]", "signs[ar-postgresql]"} <= {*quick}
    assert {"slow_one", "kills[sqlite]", "kills[postgresql]"} <= {*later}
    assert len({"counts[sqlite]", "counts[postgresql]"} & {*quick}) == 1


def test_some_tests_run_first_on_the_one_and_some_on_the_other_database():
    items = [test for number in range(20) for test in on_both(f"test_{number}")]

    assert 0 < sum("sqlite" in name for name in names(items, Tier.QUICK)) < 20


def test_tests_on_one_database_in_both_languages_all_run(items):
    items = [Item("on_one", language=code, database_url="sqlite") for code in ("en", "ar")]

    assert choose(items, Tier.QUICK) == (items, [])


def test_only_the_long_runs_go_as_many_rounds_as_a_promise_says(monkeypatch):
    monkeypatch.setattr("tests.tiers.TIER", Tier.FULL)
    assert rounds(5, 100) == 5
    monkeypatch.setattr("tests.tiers.TIER", Tier.SOAK)
    assert rounds(5, 100) == 100
