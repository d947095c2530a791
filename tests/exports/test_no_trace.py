"""An export leaves no name or address in the data folder or the temporary folder, not even while it runs."""

import base64
import subprocess
from pathlib import Path

import pytest

from campaign import instance
from tests.servers import LONG, on_sqlite

ADDRESS = b"@example.org"
PUBLISHED = b"test@example.org"  # of those who answer for the campaign
WRITTEN = (ADDRESS, ADDRESS.decode().encode("utf-16-le"), ADDRESS.hex().encode(), b"%40example.org")
ENCODED = tuple(base64.b64encode(b"_" * shift + ADDRESS)[4:12] for shift in range(3))


def traces(*places: Path) -> list[Path]:
    """The files below these folders in which somebody's address stands."""
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    return [file for file in files if any(needle in file.read_bytes().replace(PUBLISHED, b"") for needle in WRITTEN + ENCODED)]


def test_the_search_finds_what_it_looks_for(tmp_path):
    for place, needle in enumerate(
        (b"layla@example.org", base64.b64encode(b"is layla@example.org"), "a@example.org".encode("utf-16"))
    ):
        (tmp_path / str(place)).write_bytes(needle)

    assert len(traces(tmp_path)) == 3


@on_sqlite
@pytest.mark.parametrize("document", ["csv", "jsonl", "xlsx", "sealed"])
def test_while_and_after_it_runs_nobodys_address_is_in_a_file_beside_it(omar, tmp_path, document):
    omar.has_made_up(3000)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    omar.elsewhere = {"TMPDIR": str(temporary)}

    running = omar.start("export", "--format", document, "--out", "-", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    begun = running.stdout.read(30_000)  # it waits with the pipe full until somebody reads on

    assert running.poll() is None
    assert traces(omar.settings.data, temporary) == []
    assert log_can_be_emptied(omar)
    assert len(begun + running.stdout.read()) > 100_000
    assert running.wait(LONG) == 0
    running.stdout.close()
    assert traces(omar.settings.data, temporary) == []
    assert list(temporary.iterdir()) == []


def log_can_be_emptied(omar):
    """Whether the database's log can be emptied now: nobody is in the middle of a long reading."""
    database = instance.open_database(omar.settings)
    try:
        return database.truncate_log()
    finally:
        database.close()
