"""The documents that programs read: CSV (RFC 4180) for spreadsheets too, and JSON Lines with the values as they are."""

import codecs
import csv
import json
import re
from collections.abc import Iterable
from typing import IO

from campaign.exports.rows import Row
from campaign.petition.cleaning import INVISIBLE
from campaign.tongues import Language

# What a spreadsheet may take for a formula (OWASP ASVS 1.2.10), also behind white space and joiners.
FORMULA = re.compile(r"[\t\r\n\0]|[\s\x00-\x20\u200c\u200d]*[=+\-@＝＋－＠]")  # fullwidth forms too

ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False)


def write_csv(rows: Iterable[Row], out: IO[bytes], _language: Language) -> None:
    """UTF-8 with a byte order mark, by which Excel knows Arabic; formulas disarmed by an apostrophe before them."""
    table = csv.writer(codecs.getwriter("utf-8-sig")(out), lineterminator="\r\n")
    table.writerow(Row._fields)
    for row in rows:
        table.writerow([disarmed(text) for text in texts(row)])


def write_jsonl(rows: Iterable[Row], out: IO[bytes], _language: Language) -> None:
    """One object a line: numbers, true and false, null, and every text as it was signed."""
    for row in rows:
        out.write(ENCODER.encode(row._asdict()).encode() + b"\n")


def texts(row: Row) -> list[str]:
    """The row in words: nothing for what is not given, yes or no for news."""
    return [
        str(row.number),
        row.confirmed_on,
        row.name,
        row.email,
        row.country or "",
        row.language,
        row.shown_as or "",
        "yes" if row.news else "no",
        row.text_sha256,
        row.source,
    ]


def disarmed(text: str) -> str:
    """A cell that no spreadsheet runs: without invisible characters, and text where it would begin a formula."""
    if text.isascii() and text[:1].isalnum():
        return text
    seen = INVISIBLE.sub("", text)
    return f"'{seen}" if FORMULA.match(seen) else seen
