"""The plural rule of a new language is CLDR's: its own sample numbers come out right through a compiled catalogue."""

import gettext
from pathlib import Path

import pytest
from babel import Locale

from campaign.config import TRANSLATIONS
from campaign.translation import add, catalogues
from tests.translation.checkouts import fill_messages

# The sample numbers of CLDR's chart of plural rules (catalogues.xml, @integer), a row for each category.
SAMPLES = {
    "ar": {
        "zero": [0],
        "one": [1],
        "two": [2],
        "few": [*range(3, 11), *range(103, 111), 1003],
        "many": [*range(11, 27), 111, 1011],
        "other": [*range(100, 103), *range(200, 203), *range(300, 303), *range(400, 403), 600, 1000, 10_000, 100_000, 1_000_000],
    },
    "en": {"one": [1], "other": [0, *range(2, 17), 100, 1000, 10_000, 100_000, 1_000_000]},
    "fr": {"one": [0, 1], "many": [1_000_000], "other": [*range(2, 18), 100, 1000, 10_000, 100_000]},
    "fa": {"one": [0, 1], "other": [*range(2, 18), 100, 1000, 10_000, 100_000, 1_000_000]},
    "ru": {
        "one": [1, 21, 31, 41, 51, 61, 71, 81, 101, 1001],
        "few": [*range(2, 5), *range(22, 25), *range(32, 35), *range(42, 45), *range(52, 55), 62, 102, 1002],
        "many": [0, *range(5, 20), 100, 1000, 10_000, 100_000, 1_000_000],
    },
    "pl": {
        "one": [1],
        "few": [*range(2, 5), *range(22, 25), *range(32, 35), *range(42, 45), *range(52, 55), 62, 102, 1002],
        "many": [0, *range(5, 20), 100, 1000, 10_000, 100_000, 1_000_000],
    },
}
MESSAGE = "%(count)s signature", "%(count)s signatures"


@pytest.mark.parametrize("code", SAMPLES)
def test_a_counted_sentence_takes_the_form_that_cldrs_samples_name(translations: Path, code: str, monkeypatch):
    monkeypatch.setattr("tests.translation.checkouts.WORDS", dict.fromkeys(SAMPLES, "placeholder"))
    if not (translations / code).exists():
        add.add_language(translations, code)
    source = translations / code / "LC_MESSAGES" / "messages.po"
    fill_messages(source, code)

    with catalogues.compile_catalogue(source).open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    for category, numbers in SAMPLES[code].items():
        for number in numbers:
            assert compiled.ngettext(*MESSAGE, number) == f"{category}: {MESSAGE[1]}", number


@pytest.mark.parametrize("code", [*SAMPLES, "cs", "ckb", "ga", "lv", "sl", "cy", "ja", "tr", "de", "br"])
def test_the_rule_chooses_as_cldr_does_for_every_whole_number(code):
    form = gettext.c2py(catalogues.plural_forms_header(code).partition("plural=")[2].rstrip(";"))
    category, there = Locale.parse(code).plural_form, catalogues.categories(code)

    wrong = [number for number in [*catalogues.WHOLE_NUMBERS, 2_000_000, 1_234_567] if there[form(number)] != category(number)]

    assert wrong == []


def test_our_own_catalogues_choose_as_cldr_does():
    for code in ("en", "ar"):
        catalogue = catalogues.read_catalogue(TRANSLATIONS / code / "LC_MESSAGES" / "messages.po")
        ours = gettext.c2py(catalogue.plural_expr)
        there, category = catalogues.categories(code), Locale.parse(code).plural_form
        assert [number for number in catalogues.WHOLE_NUMBERS if there[ours(number)] != category(number)] == []


def test_languages_without_a_plural_have_one_form():
    assert catalogues.plural_forms_header("ja") == "nplurals=1; plural=(0);"
