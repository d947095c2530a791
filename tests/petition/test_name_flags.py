"""Flags: names as people have them are left alone, and what is made up to deceive is put before an organizer."""

import pytest

from campaign.petition.name_flags import suspicious

NAMES = (
    "Layla Haddad|ليلى حداد|Müller-Lüdenscheidt|O'Neil|Jean-Luc|d'Aş|Ng|José Ángel|Nguyễn Thị Minh Khai|Ирина Иванова"
    "|Вера Смирнова|Ελένη|محمد عبد الله (أبو سامي)|شیلان کەریم|סימן טוב|田中 さくら|タナカ 太郎|김민준|金민준|ስሙ|Ali علي"
    "|M. De Silva|Mustafa 2nd|Layla, 39|ﷺ سامي|Ææ|Ms. Me|Signe Dotson|A Witness from Idlib"
).split("|")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_as_people_have_them_is_not_odd(name):
    assert suspicious(name) == []


@pytest.mark.parametrize(
    ("words", "reasons"),
    [
        ("Lаyla", ["mixed"]),  # a Cyrillic а
        ("Sαmi", ["mixed"]),
        ("Layla Наrris", ["mixed"]),
        ("сami ليلىa", ["mixed"]),
        ("Bashar Аѕѕаԁ", ["look-alike"]),  # Cyrillic letters throughout the second word
        ("Сара", ["look-alike"]),
        ("𝓛𝓪𝔂𝓵𝓪", ["look-alike"]),
        ("Ｌａｙｌａ", ["look-alike"]),
        ("visit example dot com", ["link-like"]),
        ("me @ telegram", ["link-like"]),
        ("t.me slash free", ["link-like"]),
        ("Call 00 963 944 555 111", ["link-like"]),
        ("اتصل ٠٠٩٦٣٩٤٤٥٥٥", ["link-like"]),
        ("تيليغرام حرية", ["link-like"]),
        ("موقع نقطة كوم", ["link-like"]),
        ("12345", ["digits"]),
        ("٣٣٣", ["digits"]),
        ("0944 555 111", ["link-like", "digits"]),
        ("aaaa", ["repeated"]),
        ("Aaa aa", ["repeated"]),
        ("ههههه", ["repeated"]),
        ("", []),
    ],
)
def test_what_is_odd_is_said_with_its_reason(words, reasons):
    assert suspicious(words) == reasons
