"""A copy of the translations that a test may spoil."""

import shutil
from pathlib import Path

import pytest

from campaign.cli import languages
from campaign.config import TRANSLATIONS


@pytest.fixture
def database_url() -> str:
    """Words do not depend on the database."""
    return ""


@pytest.fixture
def translations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of all languages as a copy; the commands work in it."""
    folder = tmp_path / "translations"
    shutil.copytree(TRANSLATIONS, folder)
    monkeypatch.setattr(languages, "TRANSLATIONS", folder)
    return folder
