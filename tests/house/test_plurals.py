"""Every counted sentence is right for every number, as the compiled catalogue says it."""

import itertools
import re
from collections.abc import Iterator, Sequence

import pytest
from babel import Locale
from babel.messages.catalog import Message
from flask import Flask
from flask_babel import ngettext

from campaign import languages
from campaign.config import TRANSLATIONS
from campaign.languages import LANGUAGES, number, speaking
from campaign.translation import catalogues

NUMBERS = {"ar": (0, 1, 2, 3, 10, 11, 39, 99, 100, 101, 102, 103, 111, 1000), "en": (0, 1, 2)}
CATEGORIES = {"ar": ("zero", "one", "two", "few", "many", "other"), "en": ("one", "other")}  # CLDR's, in its order

# A frame, the message that fills it, and its words for 0, 1, 2, 3 and 10, 11 to 99, 100 and on. The noun takes its case
# from the sentence: «توقيعان» in the counter, but «حرفين» after a verb.
SENTENCES = {
    "signatures": (
        "{}",
        ("%(count)s signature", "%(count)s signatures"),
        ("لا توقيعات بعد", "توقيع واحد", "توقيعان", "{} توقيعات", "{} توقيعًا", "{} توقيع"),
    ),
    "wait": (
        "عدد كبير جدًا من الناس يوقّعون الآن من هذه الشبكة. لم يُفقد شيء مما أُدخل، ويمكن إرسال النموذج من جديد بعد {}.",
        (
            "Very many people are signing from this network right now. Nothing you typed is lost: send the "
            "form again in %(count)s minute.",
            "Very many people are signing from this network right now. Nothing you typed is lost: send the "
            "form again in %(count)s minutes.",
        ),
        ("لحظات", "دقيقة واحدة", "دقيقتين", "{} دقائق", "{} دقيقة", "{} دقيقة"),
    ),
    "minutes": (
        "سيشمله العدد المنشور خلال {}.",
        (
            "The number on the pages will include it within %(count)s minute.",
            "The number on the pages will include it within %(count)s minutes.",
        ),
        ("أقل من دقيقة", "دقيقة", "دقيقتين", "{} دقائق", "{} دقيقة", "{} دقيقة"),
    ),
    "characters": (
        "يجب ألّا يتجاوز الاسم {}.",
        ("The name must be %(count)s character or fewer.", "The name must be %(count)s characters or fewer."),
        ("صفر حرف", "حرفًا واحدًا", "حرفين", "{} أحرف", "{} حرفًا", "{} حرف"),
    ),
}
COUNTER = SENTENCES["signatures"][1]
FORM = {0: 0, 1: 1, 2: 2, 3: 3, 10: 3, 11: 4, 39: 4, 99: 4, 100: 5, 101: 5, 102: 5, 103: 3, 111: 4, 1000: 5}


@pytest.fixture
def speech() -> Iterator[None]:
    """A site that can speak and do nothing else."""
    app = Flask("campaign")
    languages.init_app(app)
    with app.app_context():
        yield


def said(code: str, message: Sequence[str], count: int) -> str:
    """One counted sentence as the site says it."""
    with speaking(code) as language:
        return str(ngettext(message[0], message[1], count, **filling(message, number(count, language))))


def filling(message: Sequence[str], count: str) -> dict[str, str]:
    """What stands in the place of each placeholder."""
    return dict.fromkeys(re.findall(r"%\((\w+)\)s", message[1]), "x") | {"count": count}


def counted(code: str) -> list[Message]:
    """The counted messages of a catalogue."""
    return [
        entry for entry in catalogues.read_catalogue(TRANSLATIONS / code / "LC_MESSAGES" / "messages.po") if entry.pluralizable
    ]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_counted_sentence_takes_the_form_that_cldr_names(speech, code):
    category = Locale.parse(LANGUAGES[code].locale).plural_form
    for message, count in itertools.product(counted(code), NUMBERS[code]):
        form = message.string[CATEGORIES[code].index(category(count))]
        assert said(code, message.id, count) == form % filling(message.id, number(count)), (message.id, count)


@pytest.mark.parametrize("name", SENTENCES)
@pytest.mark.parametrize("count", NUMBERS["ar"])
def test_an_arabic_noun_agrees_with_its_number(speech, name, count):
    frame, message, words = SENTENCES[name]

    assert said("ar", message, count) == frame.format(words[FORM[count]].format(number(count)))


def test_the_counter_says_what_arabic_says(speech):
    said_so = [said("ar", COUNTER, count) for count in NUMBERS["ar"]]

    assert said_so == [
        "لا توقيعات بعد",
        "توقيع واحد",
        "توقيعان",
        "3 توقيعات",
        "10 توقيعات",
        "11 توقيعًا",
        "39 توقيعًا",
        "99 توقيعًا",
        "100 توقيع",
        "101 توقيع",
        "102 توقيع",
        "103 توقيعات",
        "111 توقيعًا",
        "1,000 توقيع",
    ]


def test_the_counter_says_what_english_says(speech):
    assert [said("en", COUNTER, count) for count in NUMBERS["en"]] == ["0 signatures", "1 signature", "2 signatures"]


def test_the_rule_for_arabic_is_cldrs_and_not_the_one_that_babel_writes():
    catalogue = catalogues.read_catalogue(TRANSLATIONS / "ar" / "LC_MESSAGES" / "messages.po")

    assert "n%100>=11 ? 4 : 5" in catalogue.plural_expr
