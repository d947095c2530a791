"""The program knows no campaign: what this one is about stands in `translations/` alone."""

import re

import pytest

from campaign.config import PACKAGE, TEMPLATES, TRANSLATIONS
from campaign.translation import catalogues

OF_THIS_CAMPAIGN = re.compile(r"Idlib|Syria|Assad|\bUrem\b|White Helmets|إدلب|سوري", re.IGNORECASE)
WORD_LISTS = {"link_endings.txt"}  # which say that they are about a region


def programs():
    yield from PACKAGE.rglob("*.py")
    yield from (file for file in PACKAGE.rglob("*.t*") if file.suffix in {".toml", ".txt"} and file.name not in WORD_LISTS)
    yield from (file for file in TEMPLATES.rglob("*") if file.is_file())


def test_no_line_of_the_program_names_what_this_campaign_is_about():
    found = [
        f"{file}:{number}"
        for file in programs()
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if OF_THIS_CAMPAIGN.search(line)
    ]

    assert found == []


@pytest.mark.parametrize("code", ["en", "ar"])
def test_no_message_names_it_either(code):
    catalogue = catalogues.read_catalogue(TRANSLATIONS / code / "LC_MESSAGES" / "messages.po")

    said = [word for entry in catalogue if entry.id for word in (catalogues.first_id(entry), *catalogues.entry_strings(entry))]

    assert [words for words in said if OF_THIS_CAMPAIGN.search(words)] == []
