"""A copy of the texts that a test may change, and a site made from it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from campaign import config, create_app
from campaign.cli import signatures, status
from campaign.config import TRANSLATIONS, Settings
from campaign.state import AppState
from tests.content.files import Files


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """The texts as files in a folder of their own; every site and command of the test reads them there."""
    folder = tmp_path / "translations"
    shutil.copytree(TRANSLATIONS, folder)
    for module in (config, status, signatures):
        monkeypatch.setattr(module, "TRANSLATIONS", folder)
    return Files(folder)


@pytest.fixture
def open_site(settings: Settings, files: Files, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Flask]]:
    """Makes a site of the texts as they are when it is called."""
    made: list[Flask] = []
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    monkeypatch.setenv("CAMPAIGN_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("CAMPAIGN_CONTACT", settings.contact)

    def opened() -> Flask:
        made.append(create_app(settings))
        return made[-1]

    yield opened
    for app in made:
        site: AppState = app.extensions["campaign"]
        site.database.close()
