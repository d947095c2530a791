"""Languages and databases are tested in two pairs instead of four, and nothing else is left out."""

from types import SimpleNamespace

from tests.pairs import sort


def item(name, **params):
    return SimpleNamespace(nodeid=f"{name}[{'-'.join(params.values())}]", callspec=SimpleNamespace(params=params))


def test_a_test_in_both_languages_on_both_databases_runs_once_for_each():
    items = [item("signs", language=language, database_url=url) for language in ("en", "ar") for url in ("sqlite", "postgresql")]

    needed, needless = sort(items)

    assert [test.nodeid for test in needed] == ["signs[en-sqlite]", "signs[ar-postgresql]"]
    assert len(needless) == 2


def test_nothing_else_is_left_out():
    items = [
        *(item("on_one_database", language=language, database_url="sqlite") for language in ("en", "ar")),
        *(item("in_one_language", language="ar", database_url=url) for url in ("sqlite", "postgresql")),
        *(item("without_a_language", database_url=url) for url in ("sqlite", "postgresql")),
        SimpleNamespace(nodeid="without_either"),
    ]

    assert sort(items) == (items, [])
