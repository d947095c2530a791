"""The spreadsheet with a row for each signature, for people: Office Open XML with headings and values in the reader's language.

Days and numbers are such, and all else is text; the first row stays and filters the others, and Arabic readers find the sheet
from right to left. XlsxWriter makes the workbook around the rows; the rows themselves go straight into the compressed document,
because its own way of saving memory lays them down as plain files first.
"""

import html
import io
import re
import string
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from itertools import groupby
from typing import IO

from babel.support import Translations
from flask_babel import lazy_gettext

from campaign.config import TRANSLATIONS
from campaign.database import now
from campaign.exports.format import CARE_FOR_ADDRESSES, Format
from campaign.exports.rows import COLUMNS, ONLINE, ExportRow, Value
from campaign.languages import LANGUAGES, Language, countries

ROWS_PER_SHEET = 1_000_000  # rows of one sheet; the format ends at 1,048,576
WRITTEN_NUMBERS, WRITTEN_DAYS = ("number", "version"), ("confirmed_on",)  # columns that are no text
FINGERPRINTS = ("text_sha256", "sealed_for")  # columns of which the beginning is seen, on sheets of both directions
TEXT_FORMAT = 49  # the number format "@": what is typed over a cell stays text too
DAY_FORMAT, NUMBER_FORMAT = "yyyy-mm-dd", "0"
HEADING_HEIGHT = 30  # points: two lines
A4 = 9  # paper, by its number in the format
DAY_ZERO = date(1899, 12, 30)  # of which the days of a workbook are counted (ECMA-376 part 1, 18.17.4.1)
SHEET_PATH = "xl/worksheets/sheet"
# Characters that XML cannot hold, and what looks like their escape (ECMA-376 part 1, 22.9.2.19).
NEEDS_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
DIMENSION = re.compile(rb"<dimension [^>]*>")  # it would say that there is only the first row
COLUMN_STYLE = re.compile(rb'<col min="(\d+)" max="(\d+)" [^>]*style="(\d+)"')
COLUMN_LETTERS = string.ascii_uppercase  # there are fewer columns
Cell = Callable[[int, ExportRow], str]  # from the number of a line and what stands in it


class SheetWords:
    """The words in a spreadsheet that people did not type, in one language. It needs no running site."""

    def __init__(self, language: Language) -> None:
        said = Translations.load(TRANSLATIONS, [language.code])
        self.sheet: str = said.gettext("Signatures")
        self.headings: Mapping[str, str] = {
            "number": said.gettext("Row"),
            "confirmed_on": said.gettext("Confirmed on"),
            "name": said.gettext("Name"),
            "email": said.gettext("E-mail"),
            "country": said.gettext("Country"),
            "language": said.gettext("Signed in"),
            "shown_as": said.gettext("Shown as"),
            "news": said.gettext("Campaign news"),
            "text_sha256": said.gettext("Fingerprint of the text"),
            "version": said.gettext("Version"),
            "sealed_for": said.gettext("Fingerprint of the text signed first"),
            "source": said.gettext("Source"),
        }
        self._values: Mapping[str, Mapping[Value, str]] = {
            "country": dict(countries(language.code)),
            "language": {one.code: one.name for one in LANGUAGES.values()},
            "news": {True: said.gettext("yes"), False: said.gettext("no")},
            "source": {ONLINE: said.gettext("on this site")},
        }

    def text(self, column: str, value: Value) -> str:
        """Return a value as readers know it; a code that has no name stays as it is."""
        return "" if value is None else self._values.get(column, {}).get(value, str(value))


def write_xlsx(rows: Iterable[ExportRow], out: IO[bytes], language: Language) -> None:
    """Write sheet after sheet, then the workbook around them; a sheet also where there are no rows."""
    sizes: list[int] = []  # rows of each sheet
    words = SheetWords(language)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as document:
        for _, some in groupby(rows, lambda row: (row.number - 1) // ROWS_PER_SHEET):
            sizes.append(_write_sheet(document, sizes, some, language, words))
        if not sizes:
            sizes.append(_write_sheet(document, sizes, (), language, words))
        for name, content in _workbook(sizes, language, words).items():
            if not name.startswith(SHEET_PATH):
                document.writestr(_part(name), content)


def _write_sheet(
    document: zipfile.ZipFile, before: Sequence[int], rows: Iterable[ExportRow], language: Language, words: SheetWords
) -> int:
    """Write the rows between the head and the foot of an empty sheet; return how many there were."""
    name = f"{SHEET_PATH}{len(before) + 1}.xml"
    head = DIMENSION.sub(b"", _workbook([*before, 0], language, words)[name].partition(b"</sheetData>")[0])
    cells, number = _cells(head, words), 0
    with document.open(_part(name), "w") as sheet:
        sheet.write(head)
        for number, row in enumerate(rows, 1):
            place = number + 1
            sheet.write(f'<row r="{place}">{"".join([cell(place, row) for cell in cells])}</row>'.encode())
        _, end, foot = _workbook([*before, number], language, words)[name].partition(b"</sheetData>")
        sheet.write(end + foot)
    return number


def _part(name: str) -> zipfile.ZipInfo:
    """Return a part of the document without the time at which it was made, so that the same rows are the same bytes."""
    part = zipfile.ZipInfo(name)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _cells(head: bytes, words: SheetWords) -> list[Cell]:
    """Return what writes the cell of each column, in the styles that the head of the sheet gives them."""
    styles: dict[int, int] = {}
    for first, last, style in COLUMN_STYLE.findall(head):
        styles |= dict.fromkeys(range(int(first), int(last) + 1), int(style))
    return [_cell(place, styles[place + 1], words) for place in range(len(COLUMNS))]


def _cell(place: int, style: int, words: SheetWords) -> Cell:
    column, letter = COLUMNS[place], COLUMN_LETTERS[place]

    def write_plain(line: int, row: ExportRow) -> str:
        value = column.value(row)
        if column.name in WRITTEN_DAYS:
            value = (date.fromisoformat(str(value)) - DAY_ZERO).days
        return "" if value is None else f'<c r="{letter}{line}" s="{style}"><v>{value}</v></c>'

    def write_text(line: int, row: ExportRow) -> str:
        text = words.text(column.name, column.value(row))
        escaped = html.escape(NEEDS_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text), quote=False)
        return f'<c r="{letter}{line}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escaped}</t></is></c>'

    return write_plain if column.name in (*WRITTEN_NUMBERS, *WRITTEN_DAYS) else write_text


def _workbook(sizes: Sequence[int], language: Language, words: SheetWords) -> dict[str, bytes]:
    """Return the parts of a workbook that has the headings and no rows yet; its filters are over as many as there will be."""
    from xlsxwriter import Workbook  # 2.5 MB that every process would have, as the desk reads the list of formats

    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": datetime.combine(now().date(), time())})  # a day, as everywhere
        # All on one side: programs put numbers and letters of the other direction on the other, beside the next column.
        side = {"align": "right" if language.is_rtl else "left"}
        text = workbook.add_format({"num_format": TEXT_FORMAT} | side)
        heading = workbook.add_format({"num_format": TEXT_FORMAT, "bold": True, "text_wrap": True, "valign": "top"} | side)
        plain = dict.fromkeys(WRITTEN_NUMBERS, workbook.add_format({"num_format": NUMBER_FORMAT} | side))
        plain |= dict.fromkeys(WRITTEN_DAYS, workbook.add_format({"num_format": DAY_FORMAT} | side))
        plain["version"] = workbook.add_format({"num_format": NUMBER_FORMAT, "indent": 1} | side)  # a fingerprint ends before it
        plain |= dict.fromkeys(FINGERPRINTS, workbook.add_format({"num_format": TEXT_FORMAT, "align": "left"}))
        for place, size in enumerate(sizes, 1):
            sheet = workbook.add_worksheet(words.sheet if place == 1 else f"{words.sheet} {place}")
            sheet.freeze_panes(1, 0)
            sheet.set_landscape()  # so that whoever prints it has whole rows, with the headings on each page
            sheet.set_paper(A4)
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)
            sheet.set_footer("&C&P / &N")  # the page, and of how many
            sheet.set_row(0, HEADING_HEIGHT)
            sheet.write_row(0, 0, [words.headings[column.name] for column in COLUMNS], heading)
            sheet.autofilter(0, 0, size, len(COLUMNS) - 1)
            for number, column in enumerate(COLUMNS):
                sheet.set_column(number, number, column.width, plain.get(column.name, text))
            if language.is_rtl:
                sheet.right_to_left()
    with zipfile.ZipFile(made) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


XLSX = Format(
    name="xlsx",
    content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    label=lazy_gettext("Spreadsheet"),
    hint=lazy_gettext("For people to read: headings, countries and dates in your language; right to left in Arabic."),
    care=CARE_FOR_ADDRESSES,
    write=lambda source, out: write_xlsx(source.rows(), out, source.language),
    needs_key=True,
    has_headings=True,
)
