"""Exporting takes the same memory whatever the number of signatures."""

import contextlib
import time

import psutil
import pytest

from tests.servers import on_sqlite

SOME, MANY, MORE = 1_000, 10_000, 8  # signatures, signatures, MB


def most_memory(omar, *arguments):
    """The largest size, in MB, of a command's processes, as they are seen while they run.

    What the system says of one that has ended is never less than the size of the process that started it.
    """
    running, largest = omar.start(*arguments), 0
    first = psutil.Process(running.pid)
    while running.poll() is None:
        with contextlib.suppress(psutil.Error):
            largest = max(largest, *(one.memory_info().rss for one in (first, *first.children(recursive=True))))
        time.sleep(0.2)  # to look takes long where many other processes run
    assert running.returncode == 0
    return largest / 1e6


@on_sqlite
@pytest.mark.slow
def test_ten_times_as_many_signatures_take_no_more_memory(omar):
    documents = ["csv", "jsonl", "xlsx", "sealed"]
    omar.has_made_up(SOME)
    few = {name: most_memory(omar, "export", "--format", name, "--out", omar.desk / f"few.{name}") for name in documents}
    omar.has_made_up(MANY - SOME)

    many = {name: most_memory(omar, "export", "--format", name, "--out", omar.desk / f"many.{name}") for name in documents}
    key, opened = omar.ejects_the_key(), omar.desk / "opened.xlsx"
    opening = most_memory(omar, "open-export", omar.desk / "many.sealed", "--key", key, "--format", "xlsx", "--out", opened)

    assert {name: many[name] - few[name] < MORE for name in documents} == dict.fromkeys(documents, True), (few, many)
    assert opening - few["xlsx"] < MORE
    assert (omar.desk / "many.jsonl").stat().st_size > 8 * (omar.desk / "few.jsonl").stat().st_size
