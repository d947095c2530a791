"""Exporting for a spreadsheet program: days and numbers are such, all else is text, and it speaks the reader's language."""

import subprocess
import sys
import zipfile
from datetime import datetime

import pytest
from openpyxl import load_workbook

from campaign.crypto.sealing import Person
from campaign.exports import xlsx
from campaign.exports.rows import COLUMNS, ExportRow, StoredSignature
from campaign.languages import LANGUAGES, SOURCE
from tests.exports.terminal import DAY, TEXT
from tests.exports.test_export_jsonl import NAMES
from tests.exports.test_formulas import ATTACKS
from tests.servers import on_sqlite

PLAIN = {*xlsx.WRITTEN_NUMBERS, *xlsx.WRITTEN_DAYS}


def sheet(file):
    """The one sheet of a document."""
    workbook = load_workbook(file)
    assert len(workbook.worksheets) == 1
    return workbook.worksheets[0]


def cells(file):
    """The values below the headings."""
    return [[cell.value for cell in row] for row in sheet(file).iter_rows(min_row=2)]


def row(number, name="Layla Haddad"):
    """A row that nobody signed."""
    stored = StoredSignature(bytes(16), DAY, country=None, language="en", shown_as=None, news=False, text_sha256=TEXT, sealed=b"")
    return ExportRow(number, stored, Person(stored.id, TEXT, name, "layla@example.org"))


def test_every_signature_is_one_row_below_the_headings_with_its_day_as_a_day(omar):
    omar.has("Layla Haddad", "layla@example.org", shown_as="Layla", country="SY", language="ar", news=True)

    found = sheet(omar.exports("xlsx"))

    assert [cell.value for cell in found[1]][:6] == ["Row", "Confirmed on", "Name", "E-mail", "Country", "Signed in"]
    assert [cell.value for cell in found[2]] == [
        *(1, datetime(2026, 11, 22), "Layla Haddad", "layla@example.org", "Syria", "العربية"),  # noqa: DTZ001  # as it is read
        *("Layla", "yes", TEXT, None, "", "on this site"),
    ]
    assert (found.max_row, found.title) == (2, "Signatures")


@on_sqlite
def test_an_arabic_reader_reads_headings_countries_and_yes_in_arabic(omar):
    omar.has("Layla Haddad", country="SY", news=True)

    found = sheet(omar.exports("xlsx", "--language", "ar"))

    assert found.title == "التوقيعات"
    assert [found.cell(2, place).value for place in (5, 8)] == ["سوريا", "نعم"]
    assert not [cell.value for cell in found[1] if cell.value.isascii()]


@on_sqlite
def test_the_filters_are_over_all_rows(omar):
    for number in range(3):
        omar.has(f"Layla {number}")

    document = omar.exports("xlsx")

    assert sheet(document).auto_filter.ref == "A1:L4"
    with zipfile.ZipFile(document) as parts:
        assert b"$A$1:$L$4" in parts.read("xl/workbook.xml")


@on_sqlite
def test_an_arabic_reader_finds_the_sheet_from_right_to_left(omar):
    omar.has("ليلى حدّاد")

    assert sheet(omar.exports("xlsx", "--language", "ar")).sheet_view.rightToLeft
    assert not sheet(omar.exports("xlsx")).sheet_view.rightToLeft


@on_sqlite
def test_whoever_prints_it_has_whole_rows_and_the_headings_on_each_page(omar):
    omar.has()
    made = sheet(omar.exports("xlsx"))

    assert made.page_setup.orientation == "landscape"
    assert (made.page_setup.fitToWidth or 1, made.page_setup.fitToHeight) == (1, 0)
    assert made.sheet_properties.pageSetUpPr.fitToPage
    assert made.print_title_rows == "$1:$1"
    assert made.oddFooter.center.text == "&P / &N"


@on_sqlite
@pytest.mark.parametrize(("language", "side"), [("en", "left"), ("ar", "right")])
def test_headings_and_cells_begin_on_the_side_that_the_sheet_is_read_from(omar, language, side):
    omar.has("Layla Haddad", "layla@example.org", shown_as="ليلى", country="SY")

    made = sheet(omar.exports("xlsx", "--language", language))

    fingerprint = next(cell for cell in made[2] if cell.value == TEXT)
    others = {cell.alignment.horizontal for cell in (*made[1], *made[2]) if cell.value and cell is not fingerprint}
    assert (others, fingerprint.alignment.horizontal) == ({side}, "left")


@on_sqlite
def test_the_headings_stay_when_the_rows_are_scrolled(omar):
    assert sheet(omar.exports("xlsx")).freeze_panes == "A2"


@on_sqlite
@pytest.mark.parametrize("attack", [*ATTACKS, "1e9", "2026-11-22", "http://example.org", "TRUE", "00123"])
def test_no_cell_with_typed_words_is_a_formula_a_number_or_a_link_and_it_stays_text_when_it_is_edited(omar, attack):
    omar.has(attack, shown_as=attack)

    written = [cell for cell, column in zip(sheet(omar.exports("xlsx"))[2], COLUMNS, strict=True) if column.name not in PLAIN]

    assert {cell.data_type for cell in written if cell.value is not None} <= {"s", "inlineStr"}
    assert {cell.number_format for cell in written} == {"@"}
    assert not [cell for cell in written if cell.hyperlink]
    assert written[0].value.replace("_x000D_", "\r") == attack


@on_sqlite
def test_a_name_in_any_script_comes_back_byte_for_byte(omar):
    for name in NAMES:
        omar.has(name, shown_as=name)

    assert sorted(line[2] for line in cells(omar.exports("xlsx"))) == sorted(NAMES)


@pytest.mark.parametrize(
    ("text", "read"),
    [("a\x01b", "a_x0001_b"), ("_x0041_", "_x005F_x0041_"), ("a & <b>", "a & <b>"), (" a ", " a "), ("\ufffe", "_xFFFE_")],
)
def test_characters_that_xml_cannot_hold_are_written_as_the_format_says(tmp_path, text, read):
    out = tmp_path / "all.xlsx"
    with out.open("wb") as stream:
        xlsx.write_xlsx([row(1, name=text)], stream, LANGUAGES[SOURCE])

    assert cells(out)[0][2] == read


def test_what_does_not_fit_on_one_sheet_goes_on_on_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "ROWS_PER_SHEET", 3)
    out = tmp_path / "all.xlsx"
    with out.open("wb") as stream:
        xlsx.write_xlsx([row(number) for number in range(1, 8)], stream, LANGUAGES["ar"])

    sheets = load_workbook(out).worksheets

    assert [[line[0].value for line in one.iter_rows(min_row=2)] for one in sheets] == [[1, 2, 3], [4, 5, 6], [7]]
    assert all(one.sheet_view.rightToLeft and one["A1"].value == "الرقم" for one in sheets)
    assert [(one.title, one.auto_filter.ref) for one in sheets][::2] == [("التوقيعات", "A1:L4"), ("التوقيعات 3", "A1:L2")]
    assert [bool(one.sheet_view.tabSelected) for one in sheets] == [True, False, False]


def test_exactly_as_many_as_fit_make_one_sheet(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "ROWS_PER_SHEET", 3)
    out = tmp_path / "all.xlsx"
    with out.open("wb") as stream:
        xlsx.write_xlsx([row(number) for number in range(1, 4)], stream, LANGUAGES[SOURCE])

    assert len(cells(out)) == 3


@on_sqlite
def test_without_signatures_the_sheet_has_its_headings(omar):
    assert len([cell.value for cell in sheet(omar.exports("xlsx"))[1] if cell.value]) == len(COLUMNS)


@on_sqlite
def test_the_document_is_a_whole_archive(omar):
    omar.has()

    checked = subprocess.run([sys.executable, "-m", "zipfile", "-t", omar.exports("xlsx")], check=False, capture_output=True)

    assert checked.returncode == 0
