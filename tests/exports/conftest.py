"""The one who exports."""

from pathlib import Path

import pytest

from campaign.config import Settings
from tests.exports.terminal import TerminalOrganizer


@pytest.fixture
def omar(settings: Settings, tmp_path: Path) -> TerminalOrganizer:
    """Omar organizes; his desk is a folder away from the campaign's."""
    desk = tmp_path / "desk"
    desk.mkdir()
    return TerminalOrganizer(settings, desk)
