"""`campaign serve --reload`: an edit shows on the next request. It runs in a copy of the project, which the tests edit."""

import re
from collections.abc import Iterator
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from campaign.cli.main import main
from tests.servers import LONG, Campaign, wait_until
from tests.translation.checkouts import Checkout


@pytest.fixture(scope="module")
def reloading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """The development server in a copy of the project."""
    folder = tmp_path_factory.mktemp("checkout")
    Checkout(folder)
    campaign = Campaign(folder / "instance", PYTHONPATH=str(folder), CAMPAIGN_TRANSLATIONS="")
    campaign.command += ["--reload", "--no-mail"]
    with campaign:
        yield campaign


def edit(campaign: Campaign, name: str, old: str, new: str) -> None:
    """Write `new` in the place of `old` in a file of the copy."""
    file = campaign.data.parent / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def page(campaign: Campaign, path: str) -> str:
    """Return what an address answers, whatever its status."""
    try:
        with urlopen(campaign.url + path, timeout=LONG) as answer:
            return str(answer.read().decode())
    except HTTPError as error:
        with error:
            return f"{error.code} {error.read().decode()}"


def is_edited(campaign: Campaign) -> bool:
    """Return whether the edited module answers; for a moment nothing does, or only the head of an answer arrives."""
    try:
        return page(campaign, "/healthz") == "edited\n"
    except (OSError, HTTPException):
        return False


def test_an_edited_template_shows_at_once(reloading):
    assert "Edited template" not in page(reloading, "/en/about")

    edit(reloading, "templates/public/about.html", "{%- block after %}", "{%- block after %}Edited template")

    assert "Edited template" in page(reloading, "/en/about")


def test_an_edited_style_sheet_shows_at_once(reloading):
    edit(reloading, "campaign/static/site.css", "{", "{ --edited: 1;")

    address = re.search(r'"(/static/site\.[0-9a-f]+\.css)"', page(reloading, "/en/"))
    assert address
    assert "--edited: 1" in page(reloading, address[1])


def test_edited_texts_and_languages_show_at_once(reloading):
    edit(reloading, "translations/en/about.md", "-->\n", "-->\nEdited words. ")
    edit(reloading, "translations/ar/language.toml", 'name = "', 'name = "Edited ')

    assert "Edited words." in page(reloading, "/en/about")
    assert "Edited " in page(reloading, "/en/about").partition("Edited words.")[0]


def test_an_edited_catalogue_shows_at_once(reloading):
    catalogue = "translations/ar/LC_MESSAGES/messages.po"
    edit(reloading, catalogue, 'msgid "Page not found"\nmsgstr "', 'msgid "Page not found"\nmsgstr "Edited ')

    assert "Edited " in page(reloading, "/ar/nowhere").partition("</h1>")[0]


@pytest.mark.parametrize(
    ("name", "right", "wrong", "sentence"),
    [
        ("translations/en/about.md", "title:", "titel:", "about.md: `title` is missing in the front matter"),
        ("translations/ar/LC_MESSAGES/messages.po", 'msgid "', 'msgid"" x "', "messages.po"),
        ("translations/ar/language.toml", 'dir = "rtl"', 'dir = "up"', "`dir` must be ltr or rtl, not up."),
        ("templates/public/about.html", "{%- block after %}", "{%- blok after %}", "unknown tag 'blok'"),
    ],
)
def test_a_typo_shows_its_sentence_until_it_is_mended(reloading, name, right, wrong, sentence):
    edit(reloading, name, right, wrong)
    shown = page(reloading, "/en/about")
    edit(reloading, name, wrong, right)

    assert shown.startswith("500 ")
    assert sentence in shown
    assert "<html" in page(reloading, "/en/about")


@pytest.mark.slow
def test_an_edited_module_starts_the_process_again(reloading):
    edit(reloading, "campaign/public/views.py", 'return "ok\\n"', 'return "edited\\n"')

    wait_until(lambda: is_edited(reloading))


def test_reload_is_refused_where_others_can_reach_it():
    result = CliRunner().invoke(main, ["serve", "--reload", "--host", "0.0.0.0"])

    assert result.exit_code == 2
    assert "for this machine alone" in result.output
