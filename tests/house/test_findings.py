"""What readers and organizers found has a test or a reason, line by line: docs/readers.md and docs/desk.md."""

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
NUMBERS = {"readers.md": 21, "desk.md": 30}  # how many findings each has


def rows(name):
    """The findings of a page, cell by cell."""
    lines = (TOP / "docs" / name).read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|\n").split("|")] for line in lines if re.match(r"\| (\d|S3|W\d)", line)]


@pytest.mark.parametrize("name", NUMBERS)
def test_each_finding_has_a_test_that_is_there_or_a_reason(name):
    for _, found, now, held in rows(name):
        tests = re.findall(r"`(tests/[^`]+)`", held)

        assert found
        assert held.startswith("open") or (now and tests), found
        assert [test for test in tests if not (TOP / test).is_file()] == []


@pytest.mark.parametrize("name", NUMBERS)
def test_no_finding_is_left_out(name):
    assert [row[0] for row in rows(name) if row[0].isdigit()] == [str(number) for number in range(1, NUMBERS[name] + 1)]
