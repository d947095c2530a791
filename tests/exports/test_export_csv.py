"""Exporting for spreadsheets and scripts: CSV."""

import csv
import io

from campaign.exports.rows import COLUMN_NAMES
from tests.exports.terminal import TEXT
from tests.exports.test_export_jsonl import NAMES


def table(file):
    """The rows of a CSV document, without its byte order mark."""
    return list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline=""), strict=True))


def test_every_signature_is_one_row_below_the_names_of_the_columns(omar):
    omar.has("Layla Haddad", "layla@example.org", shown_as="Layla", country="SY", language="ar", news=True)

    found = table(omar.exports("csv"))

    assert found[0] == list(COLUMN_NAMES)
    assert found[1] == [
        "1",
        "2026-11-22",
        "Layla Haddad",
        "layla@example.org",
        "SY",
        "ar",
        "Layla",
        "yes",
        TEXT,
        "",
        "",
        "online",
    ]


def test_excel_knows_arabic_by_the_mark_at_the_beginning(omar):
    omar.has("ليلى حدّاد")

    assert omar.exports("csv").read_bytes().startswith(b"\xef\xbb\xbfnumber,")


def test_the_separator_is_chosen(omar):
    omar.has("Layla; Haddad")

    content = omar.exports("csv", "--separator", "semicolon").read_bytes().decode("utf-8-sig")

    assert content.startswith("number;confirmed_on;")
    assert ';"Layla; Haddad";' in content


def test_lines_end_and_cells_are_quoted_as_rfc_4180_says(omar):
    omar.has('Layla "Lulu" Haddad, Dr.')

    content = omar.exports("csv").read_bytes()

    assert b',"Layla ""Lulu"" Haddad, Dr.",' in content
    assert content.count(b"\r\n") == content.count(b"\n") == 2


def test_a_name_in_any_script_comes_back_byte_for_byte(omar):
    for place, name in enumerate(NAMES):
        omar.has(name, f"person{place}@example.org", shown_as=name)

    found = table(omar.exports("csv"))[1:]

    assert sorted((row[2], row[6]) for row in found) == sorted((name, name) for name in NAMES)


def test_what_was_not_given_is_an_empty_cell(omar):
    omar.has()

    row = dict(zip(COLUMN_NAMES, table(omar.exports("csv"))[1], strict=True))

    assert (row["country"], row["shown_as"], row["news"]) == ("", "", "no")


def test_without_signatures_only_the_names_of_the_columns_are_there(omar):
    assert omar.exports("csv").read_bytes() == b"\xef\xbb\xbf" + ",".join(COLUMN_NAMES).encode() + b"\r\n"
