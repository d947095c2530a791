"""The spreadsheet (Office Open XML): every cell is text, the first row stays, and Arabic readers find it from right to left.

XlsxWriter makes the workbook around the rows; the rows themselves go straight into the compressed document, because its
own way of saving memory lays them down as plain files first.
"""

import html
import io
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime, time
from itertools import groupby
from typing import IO

from flask_babel import lazy_gettext
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from campaign.database import now
from campaign.exports.columns import COLUMNS, NAMES, texts
from campaign.exports.format import Format
from campaign.exports.rows import ExportRow
from campaign.languages import Language

ROWS_PER_SHEET = 1_000_000  # rows of one sheet; the format ends at 1,048,576
TEXT_FORMAT = 49  # the number format "@": what is typed over a cell stays text too
SHEET_PATH = "xl/worksheets/sheet"
# Characters that XML cannot hold, and what looks like their escape (ECMA-376 part 1, 22.9.2.19).
NEEDS_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
DIMENSION = re.compile(rb"<dimension [^>]*>")  # it would say that there is only the first row
COLUMN_LETTERS = tuple(map(xl_col_to_name, range(len(COLUMNS))))  # A, B, C ...


def write_xlsx(rows: Iterable[ExportRow], out: IO[bytes], language: Language) -> None:
    """Sheet after sheet, then the workbook around them; a sheet also where there are no rows."""
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
    """The rows between the head and the foot of an empty sheet."""
    name = f"{SHEET_PATH}{number}.xml"
    head, end, foot = DIMENSION.sub(b"", _workbook(number, language)[name]).partition(b"</sheetData>")
    with document.open(_part(name), "w") as sheet:
        sheet.write(head)
        for place, row in enumerate(rows, 2):
            sheet.write(_row(place, row).encode())
        sheet.write(end + foot)


def _part(name: str) -> zipfile.ZipInfo:
    """A part of the document without the time at which it was made, so that the same rows are the same bytes."""
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
    """The parts of a workbook that has the headings and no rows yet."""
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": datetime.combine(now().date(), time())})  # a day, as everywhere
        text, heading = (
            workbook.add_format({"num_format": TEXT_FORMAT}),
            workbook.add_format({"num_format": TEXT_FORMAT, "bold": True}),
        )
        for _ in range(sheets):
            sheet = workbook.add_worksheet()
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, NAMES, heading)
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
