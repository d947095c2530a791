"""A third and a fourth language by the command alone: hidden until they say otherwise, then on every page, in every letter."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from campaign.config import TRANSLATIONS
from campaign.identity import Identity
from campaign.translation import font_coverage
from tests.translation.checkouts import WORDS, Checkout

pytestmark = pytest.mark.slow
DIRECTIONS = {"fa": "rtl", "fr": "ltr"}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy of the project, with Persian and French added by the command."""
    made = Checkout(tmp_path_factory.mktemp("checkout"))
    for code in DIRECTIONS:
        added = made.campaign("languages", "add", code)
        assert added.returncode == 0, added.stderr
    return made


@pytest.fixture(scope="module")
def hidden(checkout: Checkout) -> dict[str, Any]:
    """What was there before the new languages were made public."""
    status = checkout.campaign("languages", "status")
    served = checkout.run("-c", "from campaign.languages import LANGUAGES; print(*LANGUAGES)")
    return {"status": status, "served": served.stdout.split()}


@pytest.fixture(scope="module")
def found(checkout: Checkout, hidden: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is found on a site with both of them, filled with placeholders."""
    for code in DIRECTIONS:
        checkout.publish(code)
    opened = checkout.run("-m", "tests.translation.all_languages", str(tmp_path_factory.mktemp("data") / "instance"))
    assert opened.returncode == 0, opened.stderr
    return dict(json.loads(opened.stdout))


def test_a_new_language_is_hidden_and_nothing_of_it_is_translated(hidden, checkout):
    assert hidden["served"] == ["en", "ar"]
    assert hidden["status"].returncode == 0, hidden["status"].stderr
    for code in DIRECTIONS:
        line = next(line for line in hidden["status"].stdout.splitlines() if line.startswith(f"{code} (hidden)"))
        parts, messages, missing = (int(number) for number in re.findall(r"(\d+) (?:parts|messages|missing)", line))
        assert missing == parts + messages + len(list(Identity.read(TRANSLATIONS).missing_in(code)))


def test_both_languages_are_in_order_once_they_are_filled(found, checkout):
    status = checkout.campaign("languages", "status")

    assert (status.returncode, status.stderr) == (0, "")
    assert found["languages"]["fa"] == ["فارسی", "rtl"]
    assert found["languages"]["fr"] == ["Français", "ltr"]


@pytest.mark.parametrize("code", DIRECTIONS)
def test_every_page_in_a_new_language_says_what_it_is(found, code):
    pages = {path: page for path, page in found["pages"].items() if path.startswith(f"/{code}/")}
    assert len(pages) > 15
    to_log_in = {path for path, page in pages.items() if page["status"] == 303 and "/organize/" in path}
    assert {path: page["status"] for path, page in pages.items() if page["status"] != 200 and path not in to_log_in} == {}
    whole = pages.pop(f"/{code}/copy.html")  # one file with every language in it
    assert (whole["lang"], len(whole["h1"]), WORDS[code] in whole["h1"][0]) == (code, 4, True)
    pages = {path: page for path, page in pages.items() if path not in to_log_in}
    html = [page for page in [*pages.values(), *found["stories"][code].values()] if isinstance(page, dict) and "lang" in page]
    for page in html:
        assert (page["lang"], page["dir"]) == (code, DIRECTIONS[code])
        assert WORDS[code] in page["title"]
        assert len(page["h1"]) == 1
        assert page["h1"][0]
        assert page["switch"] in ([], [other for other in ("en", "ar", "fa", "fr") if other != code])


def test_a_browser_finds_a_new_language_by_its_variety_and_by_its_other_tags(found):
    assert found["negotiated"] == {
        "fa-IR,en;q=0.5": "fa",
        "fr-CA,fr;q=0.9": "fr",
        "pes": "fa",
        "fa_AF": "fa",
        "en-GB,fr;q=0.9": "en",
    }


def test_programs_and_search_engines_find_the_new_languages(found):
    assert found["api"] == ["en", "ar", "fa", "fr"]
    assert [code for code in found["alternates"] if code] == ["en", "ar", "fa", "fr", "x-default"]
    assert "http://localhost:8000/fa/testimony" in found["sitemap"]
    assert {"fa/index.html", "fr/testimony.html", "fa/testimony.pdf"} <= set(found["mirror"])


@pytest.mark.parametrize("code", DIRECTIONS)
def test_a_signature_goes_all_the_way_in_a_new_language(found, code):
    told = found["stories"][code]

    assert (told["wrong"]["status"], told["error"]["status"]) == (422, 404)
    assert [told[step]["status"] for step in ("sent", "asked", "own", "withdrawn")] == [200] * 4
    subject, body, link = told["letter"]
    assert WORDS[code] in subject
    assert WORDS[code] in body
    assert link.startswith(f"/{code}/confirm/")


def test_counted_sentences_numbers_days_and_countries_are_those_of_the_language(found):
    french = {count: sentence.partition(":")[0] for count, sentence in found["said"]["fr"]["counted"].items()}
    persian = {count: sentence.partition(":")[0] for count, sentence in found["said"]["fa"]["counted"].items()}
    assert french == dict.fromkeys(french, "other") | {"0": "one", "1": "one", "1000000": "many"}
    assert persian == dict.fromkeys(persian, "other") | {"0": "one", "1": "one"}
    assert found["said"]["fa"]["number"] == "۱٬۲۸۴"
    assert found["said"]["fa"]["countries"]["IR"] == "ایران"
    assert found["day"]["fr"] == "10 août 2018"
    assert found["digits"] == "2026-11-02"


@pytest.mark.parametrize(
    ("word", "status", "sentence"),
    [
        ("fr", 1, "already exists."),
        ("xx", 2, "CLDR knows no language 'xx'."),
        ("french", 2, "is not the code of a language"),
        ("../x", 2, "is not the code of a language"),
        ("", 2, "is not the code of a language"),
    ],
)
def test_a_language_that_cannot_be_added_is_refused_in_one_sentence(checkout, word, status, sentence):
    refused = checkout.campaign("languages", "add", word)

    assert refused.returncode == status
    assert sentence in refused.stderr.splitlines()[-1]


def test_letters_that_our_fonts_lack_are_said_and_those_of_persian_and_french_are_there():
    assert font_coverage.font_notices("fa") == font_coverage.font_notices("fr") == font_coverage.font_notices("ar") == []
    (russian,) = font_coverage.font_notices("ru")
    assert "Not in our fonts: А Б В" in russian
    assert any("add :lang(lrc) there" in sentence for sentence in font_coverage.font_notices("lrc"))


def test_the_letters_of_a_font_are_read_as_a_font_library_reads_them():
    for font in Path(font_coverage.FONTS).glob("*.ttf"):
        assert font_coverage.font_code_points(font) == set(TTFont(font).getBestCmap())
