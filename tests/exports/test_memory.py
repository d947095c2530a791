"""Exporting takes the same memory whatever the number of signatures."""

import os
import sys

import pytest

from tests.servers import on_sqlite

SOME, MANY, MORE = 1_000, 20_000, 15  # signatures, signatures, MB


def most_memory(omar, *arguments):
    """The largest size, in MB, of a command's processes."""
    running = omar.start(*arguments)
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    return used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


@on_sqlite
@pytest.mark.slow
def test_twenty_times_as_many_signatures_take_no_more_memory(omar):
    documents = ["csv", "jsonl", "xlsx", "sealed"]
    omar.has_made_up(SOME)
    few = {name: most_memory(omar, "export", "--format", name, "--out", omar.desk / f"few.{name}") for name in documents}
    omar.has_made_up(MANY - SOME)

    many = {name: most_memory(omar, "export", "--format", name, "--out", omar.desk / f"many.{name}") for name in documents}
    key, opened = omar.ejects_the_key(), omar.desk / "opened.xlsx"
    opening = most_memory(omar, "open-export", omar.desk / "many.sealed", "--key", key, "--format", "xlsx", "--out", opened)

    assert {name: many[name] - few[name] < MORE for name in documents} == dict.fromkeys(documents, True), (few, many)
    assert opening - few["xlsx"] < MORE
    assert (omar.desk / "many.jsonl").stat().st_size > 15 * (omar.desk / "few.jsonl").stat().st_size
