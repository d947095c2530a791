"""A copy of the texts that a test may change, and a site made from it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from campaign import config, create_app, instance
from campaign.cli import check, signatures
from campaign.config import Settings
from campaign.database import now
from campaign.health import checklist
from campaign.petition import published, publishing
from campaign.state import AppState
from tests.content.files import Files


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """The texts as files in a folder of their own; every site and command of the test reads them there."""
    folder = tmp_path / "translations"
    shutil.copytree(config.TRANSLATIONS, folder)
    for module in (config, check, checklist, signatures):
        monkeypatch.setattr(module, "TRANSLATIONS", folder)
    return Files(folder)


def publish_files(settings: Settings) -> None:
    """Publish the campaign's own words as the files have them."""
    with closing(instance.open_database(settings)) as database, database.writing() as session:
        words = published.read_words(session, {})
        publishing.publish_words(session, words, instance.words_of_files(settings), now().date())


@pytest.fixture
def start_site(settings: Settings, files: Files, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Flask]]:
    """Starts a site beside the texts as they are when it is called, and publishes nothing."""
    made: list[Flask] = []
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    monkeypatch.setenv("CAMPAIGN_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("CAMPAIGN_CONTACT", settings.contact)

    def started() -> Flask:
        instance.prepare(settings)
        made.append(create_app(settings))
        return made[-1]

    yield started
    for app in made:
        site: AppState = app.extensions["campaign"]
        site.database.close()


@pytest.fixture
def open_site(settings: Settings, start_site: Callable[[], Flask]) -> Callable[[], Flask]:
    """Makes a site of the texts as they are when it is called, and publishes them before."""

    def opened() -> Flask:
        publish_files(settings)
        return start_site()

    return opened
