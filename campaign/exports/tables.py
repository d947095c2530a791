"""The documents with a row for each signature: CSV (RFC 4180), JSON Lines with the values as they are, and Office Open XML.

In the spreadsheet every cell is text, the first row stays, and Arabic readers find the sheet from right to left. XlsxWriter
makes the workbook around the rows; the rows themselves go straight into the compressed document, because its own way of saving
memory lays them down as plain files first.
"""

import codecs
import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from itertools import groupby
from typing import IO, NamedTuple

from flask_babel import lazy_gettext
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from campaign.database import now
from campaign.exports.format import Format
from campaign.exports.rows import COLUMN_NAMES, COLUMNS, Column, ExportRow, texts, values
from campaign.languages import Language
from campaign.petition.validation import INVISIBLE

# What a spreadsheet may take for a formula (OWASP ASVS 1.2.10), also behind white space and joiners.
FORMULA_START = re.compile(r"[\t\r\n\0]|[\s\x00-\x20\u200c\u200d]*[=+\-@＝＋－＠]")  # fullwidth forms too

ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False)
ROWS_PER_SHEET = 1_000_000  # rows of one sheet; the format ends at 1,048,576
TEXT_FORMAT = 49  # the number format "@": what is typed over a cell stays text too
SHEET_PATH = "xl/worksheets/sheet"
# Characters that XML cannot hold, and what looks like their escape (ECMA-376 part 1, 22.9.2.19).
NEEDS_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
DIMENSION = re.compile(rb"<dimension [^>]*>")  # it would say that there is only the first row
COLUMN_LETTERS = tuple(map(xl_col_to_name, range(len(COLUMNS))))  # A, B, C ...


def write_csv(rows: Iterable[NamedTuple], out: IO[bytes], columns: Sequence[Column] = COLUMNS) -> None:
    """Write UTF-8 with a byte order mark, by which Excel knows Arabic; disarm formulas by an apostrophe before them."""
    table = csv.writer(codecs.getwriter("utf-8-sig")(out), lineterminator="\r\n")
    table.writerow([column.name for column in columns])
    for row in rows:
        table.writerow([escape_formula(text) for text in texts(row, columns)])


def write_jsonl(rows: Iterable[NamedTuple], out: IO[bytes], columns: Sequence[Column] = COLUMNS) -> None:
    """Write one object a line: numbers, true and false, null, and every text as it was signed."""
    for row in rows:
        out.write(ENCODER.encode(values(row, columns)).encode() + b"\n")


def escape_formula(text: str) -> str:
    """Return a cell that no spreadsheet runs: without invisible characters, and text where it would begin a formula."""
    if text.isascii() and text[:1].isalnum():
        return text
    seen = INVISIBLE.sub("", text)
    return f"'{seen}" if FORMULA_START.match(seen) else seen


CSV = Format(
    name="csv",
    content_type="text/csv; charset=utf-8",
    label=lazy_gettext("Plain table"),
    hint=lazy_gettext("For any program that reads tables."),
    write=lambda source, out: write_csv(source.rows(), out),
    needs_key=True,
)
JSONL = Format(
    name="jsonl",
    content_type="application/jsonl; charset=utf-8",
    label=lazy_gettext("Data for programs"),
    hint=lazy_gettext("One object a line, every text as it was signed."),
    write=lambda source, out: write_jsonl(source.rows(), out),
    needs_key=True,
)


def write_xlsx(rows: Iterable[ExportRow], out: IO[bytes], language: Language) -> None:
    """Write sheet after sheet, then the workbook around them; a sheet also where there are no rows."""
    sheets = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as document:
        for _, some in groupby(rows, lambda row: (row.number - 1) // ROWS_PER_SHEET):
            sheets += 1
            _write_sheet(document, sheets, some, language)
        if not sheets:
            sheets = 1
            _write_sheet(document, sheets, (), language)
        for name, content in _workbook(sheets, language).items():
            if not name.startswith(SHEET_PATH):
                document.writestr(_part(name), content)


def _write_sheet(document: zipfile.ZipFile, number: int, rows: Iterable[ExportRow], language: Language) -> None:
    """Write the rows between the head and the foot of an empty sheet."""
    name = f"{SHEET_PATH}{number}.xml"
    head, end, foot = DIMENSION.sub(b"", _workbook(number, language)[name]).partition(b"</sheetData>")
    with document.open(_part(name), "w") as sheet:
        sheet.write(head)
        for place, row in enumerate(rows, 2):
            sheet.write(_row(place, row).encode())
        sheet.write(end + foot)


def _part(name: str) -> zipfile.ZipInfo:
    """Return a part of the document without the time at which it was made, so that the same rows are the same bytes."""
    part = zipfile.ZipInfo(name)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _row(place: int, row: ExportRow) -> str:
    cells = [_cell(letter, place, text) for letter, text in zip(COLUMN_LETTERS, texts(row), strict=True)]
    return f'<row r="{place}">{"".join(cells)}</row>'


def _cell(letter: str, place: int, text: str) -> str:
    escaped = html.escape(NEEDS_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text), quote=False)
    return f'<c r="{letter}{place}" s="1" t="inlineStr"><is><t xml:space="preserve">{escaped}</t></is></c>'


def _workbook(sheets: int, language: Language) -> dict[str, bytes]:
    """Return the parts of a workbook that has the headings and no rows yet."""
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": datetime.combine(now().date(), time())})  # a day, as everywhere
        text = workbook.add_format({"num_format": TEXT_FORMAT})
        heading = workbook.add_format({"num_format": TEXT_FORMAT, "bold": True})
        for _ in range(sheets):
            sheet = workbook.add_worksheet()
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, COLUMN_NAMES, heading)
            for place, column in enumerate(COLUMNS):
                sheet.set_column(place, place, column.width, text)
            if language.is_rtl:
                sheet.right_to_left()
    with zipfile.ZipFile(made) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


XLSX = Format(
    name="xlsx",
    content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    label=lazy_gettext("Spreadsheet"),
    hint=lazy_gettext("Every cell is text; in Arabic the sheet runs from right to left."),
    write=lambda source, out: write_xlsx(source.rows(), out, source.language),
    needs_key=True,
)
