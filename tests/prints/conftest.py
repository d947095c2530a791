"""Drawing takes its time: what one test had drawn, the next finds."""

from pathlib import Path

import pytest

from campaign.config import Settings
from campaign.prints import render


@pytest.fixture(scope="session")
def drawn_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of prints that outlives the campaigns of the tests."""
    return tmp_path_factory.mktemp("prints")


@pytest.fixture
def prints(settings: Settings, drawn_before: Path) -> Path:
    """The campaign's folder of prints, with those that were drawn before."""
    folder = settings.data / "prints"
    folder.symlink_to(drawn_before)
    return folder


@pytest.fixture
def empty_prints(settings: Settings) -> Path:
    """The campaign's folder of prints, in which nothing was drawn yet."""
    return settings.data / "prints"


@pytest.fixture
def broken_typesetter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Every drawing fails; each attempt leaves a line in this file."""
    attempts = tmp_path / "attempts"
    attempts.touch()
    program = tmp_path / "broken.py"
    program.write_text(f"open({str(attempts)!r}, 'a').write('once\\n')\nraise SystemExit('no ink')\n")
    monkeypatch.setattr(render, "TYPESETTER", program)
    render._failed.clear()
    return attempts
