"""`campaign languages status` finds every fault that is put in, says where it is, and finds none in what is published."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.config import TRANSLATIONS
from campaign.content.files import source_hash
from campaign.languages import discover
from campaign.translation.status import language_status
from tests.own_texts import OWN_TEXTS, own_texts

TESTIMONY, LETTER, MESSAGES = "testimony.md", "petition.md", "LC_MESSAGES/messages.po"
LAST = "39 كتابًا"  # words of the testimony's first paragraph

# What is put in the place of what in the Arabic, and the sentence that says so.
FAULTS = {
    "a tatweel": (TESTIMONY, "كثيرون", "كثيـرون", "testimony.md, p2: there is a tatweel in it: ـ."),
    "a Latin comma": (TESTIMONY, "كتابًا، نصفها", "كتابًا, نصفها", "testimony.md, p1: there is a Latin punctuation mark in it: ,."),
    "a word of the red list": (
        TESTIMONY,
        "ابتلّ في",
        "استُشهد في",
        "testimony.md, p1: there is a word of the red list in it: استشهد.",
    ),
    "a year": (TESTIMONY, "(أغسطس)", "(أغسطس) 2018", "testimony.md, p1: there is a year in it: 2018."),
    "a number": (TESTIMONY, LAST, "40 كتابًا", "testimony.md, p1: it has the number 40, which the source does not have."),
    "an Arabic digit": (TESTIMONY, LAST, "٣٩ كتابًا", "testimony.md, p1: there is a digit other than 0 to 9 in it: ٣."),
    "a letter": (TESTIMONY, LAST, f"{LAST} λ", "testimony.md, p1: λ (U+03BB) is in none of our fonts, so it cannot be printed."),
    "a space": (TESTIMONY, "كتابًا،", "كتابًا ،", "testimony.md, p1: there is a space before a punctuation mark in it: ،."),
    "another term": (TESTIMONY, "نادي الورق", "النادي", "testimony.md, p3: the glossary's word for “Paper Club” is not in it."),
    "another passage": (
        TESTIMONY,
        "لن أنسى ذلك اليوم أبدًا.\n-",
        "لن أنساه.\n-",
        "heart.1: it is not word for word in the testimony.",
    ),
    "a quotation": (LETTER, "»", "", "petition.md, p2: there is a quotation mark that is never closed or never opened in it"),
    "a wrong placeholder": (
        MESSAGES,
        'msgstr "الفقرة %(place)s"',
        'msgstr "الفقرة %(nmae)s"',
        "“Paragraph %(place)s”: the translation has %(nmae)s, which the message does not have.",
    ),
    "an empty plural": (
        MESSAGES,
        'msgstr[3] "%(count)s توقيعات"',
        'msgstr[3] ""',
        "“%(count)s signature”: plural form 3 is empty.",
    ),
    "an untranslated message": (MESSAGES, 'msgstr "غير مسموح"', 'msgstr ""', "“Not allowed”: it is not translated."),
    "another language's word": (MESSAGES, "توقيع العريضة", "توقيع", "the glossary's word for “petition” is not in it."),
    "a fuzzy message": (
        MESSAGES,
        'msgid "Not allowed"',
        '#, fuzzy\nmsgid "Not allowed"',
        "“Not allowed”: it is marked fuzzy; check the translation and remove the mark.",
    ),
    "Babel's plural rule": (MESSAGES, "n%100>=11 ? 4 : 5", "n%100>=0 && n%100<=2 ? 4 : 5", "the plural rule is not CLDR's"),
    "no catalogue at all": (MESSAGES, 'msgid "Not allowed"', "msgid Not allowed", "this does not parse: line"),
}


@dataclass
class Arabic:
    """The Arabic in a copy of the translations."""

    folder: Path

    def change(self, name: str, old: str, new: str) -> None:
        """Puts something in the place of something that is there."""
        file = self.folder / "ar" / name
        text = file.read_text("utf-8")
        assert old in text, old
        file.write_text(text.replace(old, new), "utf-8")

    def problems(self) -> list[str]:
        """What is said of it."""
        return [str(trouble) for trouble in language_status(self.folder, discover(self.folder)["ar"]).problems]

    def mark(self, text: str, id_: str) -> str:
        """The line over a part."""
        lines = (self.folder / "ar" / text).read_text("utf-8").splitlines()
        return next(line for line in lines if line.startswith(f"<!-- {id_} "))


@pytest.fixture
def arabic(translations: Path) -> Arabic:
    """The Arabic, to be spoilt."""
    return Arabic(translations)


@pytest.mark.parametrize("code", discover(TRANSLATIONS))
def test_nothing_is_missing_stale_or_wrong_in_what_is_published(code):
    assert [str(trouble) for trouble in language_status(TRANSLATIONS, discover(TRANSLATIONS)[code]).problems] == []


@own_texts
def test_nor_is_anything_in_this_campaign_s_own_texts():
    for language in discover(OWN_TEXTS).values():
        assert [str(trouble) for trouble in language_status(OWN_TEXTS, language).problems] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_is_put_in_is_said_with_its_place(arabic, fault):
    name, old, new, sentence = FAULTS[fault]

    arabic.change(name, old, new)

    assert [trouble for trouble in arabic.problems() if sentence in trouble], arabic.problems()


def test_a_paragraph_that_nobody_translated_is_missing(arabic):
    english = (arabic.folder / "en" / LETTER).read_text("utf-8")
    first = english.partition("<!-- p1 -->\n")[2].partition("\n")[0]
    arabic.change(LETTER, "إلى مجلس البلدة،", first)

    assert "translations/ar/petition.md, p1: it is not translated." in arabic.problems()


def test_a_paragraph_that_is_not_there_is_missing_and_one_too_many_is_said(arabic):
    arabic.change(LETTER, arabic.mark(LETTER, "p1"), "<!-- p99 from 00000000 -->")

    assert "translations/ar/petition.md, p1: it is not translated." in arabic.problems()
    assert "translations/ar/petition.md, p99: the source has no such part." in arabic.problems()


def test_a_paragraph_is_stale_once_its_source_has_changed(arabic):
    english = arabic.folder / "en" / LETTER
    words = "To the council of the town,"
    english.write_text(english.read_text("utf-8").replace(words, words[:-1] + ":"), "utf-8")

    was, now = source_hash(words), source_hash(words[:-1] + ":")
    sentence = f"translations/ar/petition.md, p1: the source has changed since it was translated: it was {was}, it is {now} now."
    assert arabic.problems() == [sentence]


def test_a_paragraph_that_does_not_say_what_it_was_made_from_counts_as_missing(arabic):
    arabic.change(LETTER, arabic.mark(LETTER, "p1"), "<!-- p1 -->")

    assert "translations/ar/petition.md, p1: it does not say from which words it was made" in " ".join(arabic.problems())


def test_a_translation_that_counts_as_the_original_is_said(arabic):
    arabic.change("about.md", "status: translated", "status: original")

    said = "translations/ar/about.md, status: it is original, which only a text in the source language, en, can be."
    assert said in arabic.problems()


def test_a_text_that_is_not_there_and_one_without_ids_are_said(arabic):
    (arabic.folder / "ar" / "about.md").unlink()
    arabic.change("mirrors.md", arabic.mark("mirrors.md", "p1"), "")

    assert "translations/ar/about.md: the text is missing." in arabic.problems()
    assert "translations/ar/mirrors.md: the text does not begin with an id such as <!-- p1 -->." in arabic.problems()


def test_a_link_that_leads_elsewhere_than_its_source_is_said(arabic):
    arabic.change("about.md", "(/ar/petition)", "(/ar/privacy)")

    assert "translations/ar/about.md, p6: it lacks the link to /ar/petition." in arabic.problems()


def test_the_command_ends_well_for_what_is_published_and_says_what_there_is(translations):
    result = CliRunner().invoke(main, ["languages", "status"])

    assert result.exit_code == 0, result.output
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == ["en (public)", "ar (public)"]
    assert "0 missing, 0 stale, 0 fuzzy, 0 otherwise wrong" in result.stdout.splitlines()[1]


def test_the_command_fails_where_something_is_wrong_and_says_it_on_standard_error(arabic):
    arabic.change(TESTIMONY, "وهناك كثيرون", "وهناك كثيـرون")

    result = CliRunner().invoke(main, ["languages", "status"])

    assert result.exit_code == 1
    assert "translations/ar/testimony.md, p2: there is a tatweel in it: ـ." in result.stderr
    assert "1 otherwise wrong" in result.stdout


def test_a_language_that_is_not_there_is_refused_in_one_sentence(translations):
    result = CliRunner().invoke(main, ["languages", "status", "xx"])

    assert result.exit_code == 2
    assert "there is no language 'xx'. The languages are: en, ar." in result.stderr


def test_nothing_is_missing_of_a_testimony_whose_words_were_taken_out(arabic):
    for code in ("en", "ar"):
        left = '---\ntitle: "-"\ndescription: "-"\nstatus: original\n---\n'
        (arabic.folder / code / TESTIMONY).write_text(left, "utf-8")

    assert arabic.problems() == []
