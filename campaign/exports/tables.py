"""The documents with a row for each signature for programs: CSV (RFC 4180), and JSON Lines with the values as they are."""

import codecs
import csv
import json
import re
from collections.abc import Iterable, Sequence
from typing import IO, NamedTuple

from flask_babel import lazy_gettext

from campaign.exports.format import CARE_FOR_ADDRESSES, SEPARATORS, Format
from campaign.exports.rows import COLUMNS, Column, texts, values
from campaign.petition.validation import INVISIBLE

# What a spreadsheet may take for a formula (OWASP ASVS 1.2.10), also behind white space and joiners.
FORMULA_START = re.compile(r"[\t\r\n\0]|[\s\x00-\x20\u200c\u200d]*[=+\-@＝＋－＠]")  # fullwidth forms too

ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False)


def write_csv(
    rows: Iterable[NamedTuple], out: IO[bytes], columns: Sequence[Column] = COLUMNS, *, separator: str = SEPARATORS["comma"]
) -> None:
    """Write UTF-8 with a byte order mark, by which Excel knows Arabic; disarm formulas by an apostrophe before them."""
    table = csv.writer(codecs.getwriter("utf-8-sig")(out), delimiter=separator, lineterminator="\r\n")
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
    care=CARE_FOR_ADDRESSES,
    write=lambda source, out: write_csv(source.rows(), out, separator=SEPARATORS[source.separator]),
    needs_key=True,
)
JSONL = Format(
    name="jsonl",
    content_type="application/jsonl; charset=utf-8",
    label=lazy_gettext("Data for programs"),
    hint=lazy_gettext("One object per line, with each text as it was signed."),
    care=CARE_FOR_ADDRESSES,
    write=lambda source, out: write_jsonl(source.rows(), out),
    needs_key=True,
)
