"""Languages: which one a reader gets, and how numbers, days and countries are written in it."""

import unicodedata
from datetime import UTC, date, datetime

from campaign import languages
from campaign.folding import fold
from campaign.languages import LANGUAGES, SOURCE, countries, day, digits, isolate, negotiate, number
from tests.people import parse
from tests.servers import on_sqlite

NEGOTIATED = {
    "ar-SY,en;q=0.5": "ar",
    "ar": "ar",
    "en": "en",
    "en;q=0.5,ar-SY": "ar",
    "en-US,en;q=0.9,ar;q=0.8": "en",
    "EN-gb": "en",
    "ar_EG": "ar",
    "apc-SY,apc;q=0.9,en;q=0.8": "ar",
    "arz": "ar",
    "ary-MA,fr;q=0.9": "ar",
    "ku,ckb;q=0.9,ar;q=0.1": "ar",
    "de-DE,de;q=0.9,en;q=0.8": "en",
    "tr,*;q=0.5": None,
    "fr": None,
    "*": None,
    "": None,
    None: None,
    "ar;q=0,en;q=0.1": "en",
    "ar;q=0.000,en;q=0": None,
    "en;q=0.5,ar;Q=0.9": "ar",
    "ar ; q = 0.3 , en;q=0.2": "ar",
    "ar;q=,en;q=0.1": "ar",  # werkzeug reads no weight as the full one
    "ar;q=high,en;q=0.1": "en",
    "ar;q=1.0.0,en;q=0.1": "en",
    "ar;q=2,en;q=0.1": "en",
    "ar;q=-1,en;q=0.1": "en",
    "ar;q=nan,en;q=0.1": "en",
    "ar;q=0.5;level=1,en;q=0.1": "en",
    ";;;,,,q=1": None,
    ", ,ar": "ar",
    "ar\x00,en;q=0.1": "en",
    "araneae": None,
    "english": None,
    "x" * 8000: None,
    "," * 8000: None,
    "zh," * 200 + "ar": "ar",  # within the first 1,000 characters
    "zh," * 2700 + "ar": None,
}


def test_a_reader_gets_the_language_that_the_browser_asks_for_in_every_variety_of_arabic():
    for header, code in NEGOTIATED.items():
        found = negotiate(header)
        assert (found.code if found else None) == code, header


@on_sqlite
def test_the_first_address_leads_on_in_that_language_or_shows_both(visitor):
    for header, code in NEGOTIATED.items():
        if header is None or "\x00" in header:
            continue
        answer = visitor.read("/", **{"Accept-Language": header})
        assert (answer.status_code, answer.location) == ((302, f"/{code}/") if code else (200, None)), header
        assert answer.headers["Vary"] == "Accept-Language"
        assert answer.headers["Cache-Control"] == "no-store"
        if code is None:
            links = [link.get("href") for link in parse(answer.text).iter("a")]
            assert {"/en/", "/ar/"} <= set(links)


@on_sqlite
def test_the_language_does_not_freeze_between_two_pages_of_one_reader(visitor):
    for _ in range(2):
        for code, direction, word in (("ar", "rtl", "الشهادة"), ("en", "ltr", "Testimony")):
            page = visitor.read(f"/{code}/nowhere").text
            assert f'<html lang="{code}" dir="{direction}">' in page
            assert word in page


@on_sqlite
def test_letters_of_one_round_are_each_in_their_own_language(visitor, reader, post_office):
    for name in ("one", "two"):
        for somebody in (visitor, reader):
            somebody.sign(email=f"{name}.{somebody.language}@example.org")

    letters = post_office.deliver()

    subjects = {letter["To"].partition("@")[0]: letter["Subject"] for letter in letters}
    english, arabic = "Please confirm the signature", "يُرجى تأكيد التوقيع"
    assert subjects == {"one.en": english, "one.ar": arabic, "two.en": english, "two.ar": arabic}


def test_numbers_are_grouped_latin_figures_in_both_languages():
    for language in LANGUAGES.values():
        assert [number(value, language) for value in (0, 39, 1000, 1284567)] == ["0", "39", "1,000", "1,284,567"]


def test_days_have_the_months_of_the_levant_and_no_invisible_characters():
    months = "كانون الثاني,شباط,آذار,نيسان,أيار,حزيران,تموز,آب,أيلول,تشرين الأول,تشرين الثاني,كانون الأول".split(",")

    assert [day(date(2026, month, 10), LANGUAGES["ar"]) for month in range(1, 13)] == [f"10 {month} 2026" for month in months]
    assert day(date(2018, 8, 10), LANGUAGES[SOURCE]) == "10 August 2018"
    for language in LANGUAGES.values():
        for month in range(1, 13):
            text = day(date(2026, month, 1), language)
            assert not [letter for letter in text if unicodedata.category(letter) == "Cf"], text


def test_a_language_may_have_its_own_digits():
    persian = languages.Language("fa", "fa", "فارسی", "rtl", "fa_IR", digits="arabext")
    assert languages.clock(datetime(2026, 11, 29, 13, 45, tzinfo=UTC), persian) == "۱۳:۴۵"

    assert number(1284, persian) == "۱٬۲۸۴"
    assert day(date(2026, 11, 29), persian) == "۲۹ نوامبر ۲۰۲۶"


def test_the_time_of_day_is_utc():
    assert languages.clock(datetime.fromisoformat("2018-08-10T13:30+03:00")) == "10:30"
    assert languages.clock(datetime(2018, 8, 10, 9, 5, tzinfo=UTC)) == "09:05"


def test_countries_have_their_names_in_both_languages_in_the_order_of_the_names():
    english, arabic = countries("en"), countries("ar")

    assert {code for code, _ in english} == {code for code, _ in arabic}
    assert len(english) == 250
    assert dict(english)["SY"] == "Syria"
    assert dict(arabic)["SY"] == "سوريا"
    assert not {"EU", "UN", "ZZ", "XA", "EZ", "001"} & set(dict(english))
    assert [name for _, name in english[7:10]] == ["Afghanistan", "Åland Islands", "Albania"]
    alphabet = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
    names = [name.removeprefix("ال").translate(str.maketrans("أإآ", "ااا")) for _, name in arabic[7:]]
    initials = [alphabet.index(name[0]) for name in names]
    assert initials == sorted(initials)
    assert len(set(initials)) > 15


def test_the_countries_of_the_region_come_first_and_palestine_is_called_by_its_name():
    arabic = [name for _, name in countries("ar")]

    assert arabic[:7] == ["الأردن", "تركيا", "سوريا", "العراق", "فلسطين", "لبنان", "مصر"]
    assert arabic.index("تونس") < arabic.index("الجزائر") < arabic.index("جيبوتي") < arabic.index("الدانمرك")
    assert [name for _, name in countries("en")][:7] == ["Egypt", "Iraq", "Jordan", "Lebanon", "Palestine", "Syria", "Türkiye"]


def test_figures_of_three_scripts_are_understood_where_a_number_is_typed():
    assert digits("٠١٢٣٤٥٦٧٨٩") == digits("۰۱۲۳۴۵۶۷۸۹") == digits("0123456789") == "0123456789"
    assert digits("آب 2018، ٣٩") == "آب 2018، 39"


def test_what_stands_in_plain_text_does_not_reorder_its_neighbours():
    assert isolate("gmail.com") == "\u2068gmail.com\u2069"


# Pairs that are one name, and pairs that are two, from the rules of Lucene's ArabicNormalizer and a little more.
SAME = [
    ("أحمد", "احمد"),
    ("إدلب", "ادلب"),
    ("آمنة", "امنه"),
    ("ٱلله", "الله"),
    ("فاطمة", "فاطمه"),
    ("مُحَمَّد", "محمد"),
    ("محـمـد", "محمد"),
    ("عليّ", "على"),
    ("ﻣﺤﻤﺪ", "محمد"),
    ("مؤيد", "مويد"),
    ("وائل", "وايل"),
    ("هناء", "هنا"),
    ("کریم", "كريم"),
    ("ھیوا", "هيوا"),
    ("ئامە", "يامه"),
    ("٣٩", "39"),
    ("۳۹", "39"),
    ("José", "jose"),
    ("ＡＢＣ", "abc"),
    ("Straße", "STRASSE"),
    ("Işık", "isik"),
    ("Al-Masri", "al masri"),
    ("O’Brien", "o'brien"),
    (" ليلى\u200f\u00a0 حداد ", "ليلي حداد"),
]
DIFFERENT = [("حسن", "حسين"), ("نور", "نورا"), ("رضى", "رضا"), ("سمير", "سميرة")]


def test_a_name_is_the_same_however_it_is_written_and_another_stays_another():
    for one, other in SAME:
        assert fold(one) == fold(other), (one, other)
    for one, other in DIFFERENT:
        assert fold(one) != fold(other), (one, other)


def test_folding_again_changes_nothing_and_leaves_nothing_that_is_not_seen():
    for text in (*(name for pair in SAME for name in pair), "a\x00b", "ﷺ", "ک\u200cی", "🙂"):
        assert fold(fold(text)) == fold(text)
        assert "\x00" not in fold(text)


@on_sqlite
def test_the_names_of_the_site_do_not_reorder_each_other_in_the_title_of_the_first_page(visitor):
    title = "".join(parse(visitor.read("/").text).find("head/title").itertext())

    assert title == f"{isolate('A call from Velora')} · {isolate('نداء من فيلورا')}"
