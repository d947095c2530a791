"""Once the author's name is hidden or the testimony withdrawn, words of `campaign.toml` that say the name are not shown."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.config import TRANSLATIONS
from campaign.identity import Identity
from tests.content.files import Files
from tests.servers import on_sqlite

PAGE = "emergency/author"
FILES = Files(TRANSLATIONS)


@pytest.fixture
def naming(app, monkeypatch):
    """A campaign whose file names the author in words that the desk cannot change, by the family's name."""
    [*_, family] = FILES.left_out("en", "none")
    site = app.extensions["campaign"]
    said = {
        "share": f"The story of {family}",
        "risk": f"It can endanger {family}",
        "share_without_testimony": "A sample of a letter",
    }
    identity = replace(site.identity, **{place: {"en": words} for place, words in said.items()})
    monkeypatch.setitem(app.extensions, "campaign", replace(site, identity=identity))
    monkeypatch.setattr(Identity, "read", lambda _translations: identity)
    return family


@on_sqlite
def test_words_of_the_file_of_the_campaign_that_say_the_name_go_and_come_with_it(app, omar, naming):
    client, paths = app.test_client(), ("/en/testimony", "/ar/testimony", "/en/sign", "/ar/sign")
    assert f"The story of {naming}" in client.get("/en/testimony").text
    assert f"It can endanger {naming}" in client.get("/en/sign").text
    assert "Some words in the file campaign.toml also contain part of the name." in omar.read(PAGE).text

    omar.send(PAGE, deed="hide")

    assert [path for path in paths if naming in client.get(path).text] == []
    assert "A sample of a letter" in client.get("/en/testimony").text
    assert "It can endanger you and people close to you." in client.get("/en/sign").text
    omar.send("accounts", four_eyes="off")
    omar.send(PAGE, deed="show")
    assert f"The story of {naming}" in client.get("/en/testimony").text


@on_sqlite
def test_they_are_not_shown_either_once_the_testimony_is_withdrawn(app, omar, naming):
    app.extensions["campaign"].identity.share_without_testimony["en"] = f"A letter that {naming} asks for"

    omar.send("emergency/testimony", sure="y")

    assert "Pass it on" in app.test_client().get("/en/petition").text
    assert [path for path in ("/en/sign", "/ar/sign", "/en/petition") if naming in app.test_client().get(path).text] == []


@on_sqlite
def test_the_command_that_looks_at_everything_names_that_file_once_the_name_is_hidden(settings, omar, naming, monkeypatch):
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    said = "translations/campaign.toml says a part of the author's name, which is shown nowhere any more (share.en, risk.en)"
    assert said not in CliRunner().invoke(main, ["check"]).output

    omar.send(PAGE, deed="hide")

    assert said in CliRunner().invoke(main, ["check"]).output
