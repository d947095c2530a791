"""Exporting for a program: JSON Lines with every value as it was signed."""

import pytest

from campaign.exports.rows import COLUMN_NAMES, PAGE
from tests.exports.terminal import DAY, TEXT, lines
from tests.servers import LONG, on_sqlite

NAMES = [
    "Zoë Müller-Lüdenscheidt",
    "ليلى حدّاد",
    "עדינה לוי",
    "Ελένη Παπαδοπούλου",
    "Олександра Шевченко",
    "Արմեն Պետրոսյան",
    "ნინო ბერიძე",
    "ܡܪܝܡ ܒܪ ܥܒܪܝܐ",
    "فاطمه\u200cسادات موسوی",
    "ژیلا حسێنی",
    "अनुष्का क्‍षत्रिय",
    "রহিমা বেগম",
    "ਗੁਰਪ੍ਰੀਤ ਕੌਰ",
    "ગીતા પટેલ",
    "கவிதா சுப்ரமணியன்",
    "లక్ష్మీ రెడ్డి",
    "ಕಾವ್ಯ ಗೌಡ",
    "ശ്രീലക്ഷ്മി നായർ",
    "නිමාලි පෙරේරා",
    "สมหญิง ใจดี",
    "ມະນີວັນ",
    "မြတ်နိုး",
    "ស្រីមុំ",
    "བསྟན་འཛིན་",
    "አበበ ቢቂላ",
    "王小明",
    "山田 花子",
    "김민준",
    "𞤀𞤥𞤭𞤲𞤢 𞤔𞤢𞤤𞤮",
    "ⵜⵉⵣⵉⵔⵉ",
    "ᏣᎳᎩ",
    "Nguyễn Thị Ánh",
    'O\'Brien “Seán” "Jr."; Co, Ltd',
]


def test_every_signature_is_one_object_with_the_columns_in_their_order(omar):
    omar.has("Layla Haddad", "layla@example.org", shown_as="Layla", country="SY", language="ar", news=True)

    found = omar.reads()

    assert [tuple(found[0])] == [COLUMN_NAMES]
    assert tuple(found[0].values()) == (
        *(1, "2026-11-22", "Layla Haddad", "layla@example.org", "SY", "ar", "Layla", True, TEXT, None, None, "online"),
    )


def test_a_name_in_any_script_comes_back_byte_for_byte(omar):
    for place, name in enumerate(NAMES):
        omar.has(name, f"person{place}@example.org", shown_as=name)

    found = omar.reads()

    assert sorted(row["name"] for row in found) == sorted(NAMES)
    assert all(row["shown_as"] == row["name"] == NAMES[int(row["email"][6:].split("@")[0])] for row in found)


def test_what_was_not_given_is_null(omar):
    omar.has()

    assert omar.reads()[0] | {"country": None, "shown_as": None, "news": False} == omar.reads()[0]


def test_without_signatures_the_document_is_empty(omar):
    assert omar.reads() == []


def test_signatures_come_by_day_and_are_numbered_in_the_document(omar):
    for day in (24, 22, 23):
        omar.has(email=f"day{day}@example.org", confirmed_on=DAY.replace(day=day))

    found = omar.reads()

    assert [row["number"] for row in found] == [1, 2, 3]
    assert [row["confirmed_on"] for row in found] == ["2026-11-22", "2026-11-23", "2026-11-24"]


def test_nobody_is_left_out_or_doubled_where_one_page_ends_and_the_next_begins(omar):
    omar.has_made_up(2 * PAGE + 1)

    assert omar.start("export", "--format", "jsonl", "--out", omar.desk / "all.jsonl").wait(LONG) == 0

    rows = lines(omar.desk / "all.jsonl")
    assert [row["number"] for row in rows] == list(range(1, 2 * PAGE + 2))
    assert {row["email"] for row in rows} == {f"sample{place}@example.org" for place in range(1, 2 * PAGE + 2)}
    assert [row["confirmed_on"] for row in rows] == sorted(row["confirmed_on"] for row in rows)


@on_sqlite
@pytest.mark.parametrize("name", ["=1+1", "\u202eevil", "a\nb", "\x7f", "<b>", "\u2028", "' OR 1=1 --", "\\u0000"])
def test_nothing_is_changed_for_a_program(omar, name):
    omar.has(name)

    assert omar.reads()[0]["name"] == name
