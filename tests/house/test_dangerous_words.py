"""No page, e-mail or message of ours in Arabic reads as the name of an armed group or as an attack: a phone may be looked at.

`dangers` is asked about every page that test_arabic_pages.py opens, about every page of the desk and about every e-mail.
"""

import re
from functools import cache

import pytest
from flask import render_template

from campaign.config import TEMPLATES, TRANSLATIONS
from campaign.languages import speaking
from campaign.translation.rules import Rules, load_rules
from tests.own_texts import OWN_TEXTS, own_texts

FAULT = "a word that is dangerous on a telephone that is looked at"
QUOTED = ("testimony.md", "petition.md", "letter-without-testimony.md")
MARKS = re.compile(r"[\u2066-\u2069*]")


@cache
def rules() -> Rules:
    """Return the rules for texts in Arabic."""
    return load_rules(TRANSLATIONS / "ar")


@cache
def quoted() -> str:
    """Return the testimony and the letters: a page that shows them says what they say."""
    return plain(" ".join((folder / "ar" / name).read_text("utf-8") for folder in (TRANSLATIONS, OWN_TEXTS) for name in QUOTED))


def plain(words: str) -> str:
    """Return words without marks, with one space between them."""
    return " ".join(MARKS.sub("", words).split())


def dangers(words: str) -> list[str]:
    """Return the faults of words, but for sentences of the testimony and of the letters, which have three words or more."""
    sentences = re.split(r"(?<=[.؟!])\s+", plain(words))
    ours = [one for one in sentences if len(one.split()) < 3 or one not in quoted()]
    return [fault for one in ours for fault in rules().broken("messages", one) if FAULT in fault]


@pytest.mark.parametrize("words", ["تنظيم", "القاعدة", "بالتنظيم", "عملية حذف", "كل خليّة نص", "وهجمات", "السلاح"])
def test_a_dangerous_word_in_a_message_is_a_fault(words):
    assert len(dangers(words)) == 1


@pytest.mark.parametrize("words", ["قاعدة الموافقة الثانية", "عمليًا", "الأمور", "مفتاح التشفير", "التنظيف"])
def test_a_word_that_only_resembles_one_is_none(words):
    assert dangers(words) == []


@own_texts
def test_a_passage_of_the_testimony_is_quoted_and_a_word_of_it_on_a_button_is_a_fault():
    passage = next(line for line in (OWN_TEXTS / "ar" / "testimony.md").read_text("utf-8").splitlines() if "القاعدة" in line)

    assert dangers(passage) == []
    assert len(dangers("إيقاف القاعدة")) == len(dangers("القاعدة")) == 1


@pytest.mark.parametrize("name", [file.name for file in (TEMPLATES / "organizers").glob("*.txt")])
def test_no_email_to_organizers_has_a_dangerous_word(app, name):
    with app.test_request_context("/ar/"), speaking("ar"):
        said = render_template(f"organizers/{name}", said="")

    assert re.search("[ا-ي]{3}", said)
    assert dangers(said) == []


@own_texts
def test_the_warning_to_everybody_has_no_dangerous_word():
    assert dangers((OWN_TEXTS / "ar" / "warning.txt").read_text("utf-8")) == []
