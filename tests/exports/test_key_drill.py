"""The pages for organizers about the private key, carried out command by command as they stand in docs/organizers.md."""

import re

import pytest

from campaign.config import PACKAGE
from tests.servers import on_sqlite

PAGE = PACKAGE.parent / "docs" / "organizers.md"
NOUR, NOUR_AGAIN, HADI = "seven olives and a lemon", "nine lemons by the sea", "eleven lemons, no olive"
# What is typed at each command's questions, in the order of the page.
TYPED = {
    "keys eject --for Nour": [NOUR, NOUR],
    "export --format sealed --out test.sealed": [],
    "open-export test.sealed --key nour.key": [NOUR],
    "keys copy nour.key --for Hadi": [NOUR, HADI, HADI],
    "export --format sealed --out drill.sealed": [],
    "open-export drill.sealed --key hadi.key": [HADI],
    "keys copy hadi.key --for Nour": [HADI, NOUR_AGAIN, NOUR_AGAIN],
    "open-export drill.sealed --key nour-again.key": [NOUR_AGAIN],
}


def commands():
    """The commands under "The private key", with the drill, in their order."""
    section = PAGE.read_text("utf-8").partition("\n## The private key\n")[2].partition("\n### Another key\n")[0]
    lines = "".join(re.findall(r"^```\n(.*?)^```", section, re.DOTALL | re.MULTILINE)).splitlines()
    return [line.removeprefix(".venv/bin/").removeprefix("campaign ").replace("/dev/shm/", "") for line in lines]


@pytest.mark.slow
@on_sqlite
def test_the_drill_for_the_key_is_carried_out_as_it_is_written(omar, monkeypatch):
    omar.has("Layla Haddad")
    monkeypatch.chdir(omar.desk)
    assert len(commands()) == len(TYPED)

    for command, (start, typed) in zip(commands(), TYPED.items(), strict=True):
        assert command.startswith(start)
        if command.startswith("open-export drill.sealed"):
            (omar.desk / "nour.key").unlink(missing_ok=True)  # it is lost
        done = omar.run(*command.split(), typed="".join(f"{line}\n" for line in typed))
        assert done.exit_code == 0, (command, done.stderr)

    for name in ("by-hadi.csv", "by-nour.csv"):
        assert "layla@example.org" in (omar.desk / name).read_text("utf-8")
