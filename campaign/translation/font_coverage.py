"""Whether our fonts have the letters of a language: those of CLDR's names of countries, languages, months and days in it."""

import string
import struct
import unicodedata
from functools import cache
from pathlib import Path

from babel import Locale

from campaign.config import PACKAGE, STATIC

FONTS = PACKAGE / "prints" / "fonts"  # the same cuts as those of the pages
FACES = {"ltr": ("witness-latin", "witness-accents"), "rtl": ("witness-arabic",)}
ARABIC_LETTERS = range(0x0600, 0x0700)
STYLE_SHEET = STATIC / "site.css"


def font_notices(code: str) -> list[str]:
    """Return what is to be said of the letters of a language; nothing where our fonts have them and the style sheet knows it."""
    direction = Locale.parse(code).text_direction
    needed = needed_letters(code)
    there = set().union(*(font_code_points(FONTS / f"{face}.ttf") for face in FACES[direction]))
    missing = sorted(needed - {chr(point) for point in there})
    found = []
    if missing:
        found.append(
            f"Not in our fonts: {' '.join(missing[:60])}. A reader's own fonts show them, but nothing that is printed does;"
            " tests/fonts.py cuts fonts (docs/design.md)."
        )
    if is_arabic(needed) and f":lang({code})" not in STYLE_SHEET.read_text("utf-8"):
        found.append(f"campaign/static/site.css does not name it among the languages in Arabic letters: add :lang({code}) there.")
    return found


def first_unprintable(words: str) -> str:
    """Return the first character that none of our fonts has, so that no print can show it; empty where all are there."""
    seen = (letter for letter in words if not letter.isspace() and unicodedata.category(letter) != "Cf")
    return next((letter for letter in seen if ord(letter) not in printable_code_points()), "")


@cache
def printable_code_points() -> frozenset[int]:
    """Return the code points of the fonts that texts are printed with; those of the book of names print nothing else."""
    return frozenset().union(*(font_code_points(font) for font in FONTS.glob("*.ttf") if not font.name.startswith("names-")))


def is_arabic(needed: set[str]) -> bool:
    """Return whether letters are for the most part Arabic ones."""
    return sum(ord(letter) in ARABIC_LETTERS for letter in needed) > len(needed) / 2


def needed_letters(code: str) -> set[str]:
    """Return the letters that CLDR's words in a language are written with."""
    known = Locale.parse(code)
    words = [*known.territories.values(), *known.languages.values()]
    words += [name for wide in (known.months["format"]["wide"], known.days["format"]["wide"]) for name in wide.values()]
    found = {letter for word in words for letter in word if unicodedata.category(letter) in {"Ll", "Lu", "Lo"}}
    return found - set(string.ascii_letters)


def font_code_points(font: Path) -> set[int]:
    """Return the code points of a TrueType font: its `cmap` table in format 4 (OpenType), which all of ours have."""
    data = font.read_bytes()
    (tables,) = struct.unpack(">H", data[4:6])
    places = {data[at : at + 4]: struct.unpack(">II", data[at + 8 : at + 16])[0] for at in range(12, 12 + 16 * tables, 16)}
    cmap = places[b"cmap"]
    (first,) = struct.unpack(">I", data[cmap + 8 : cmap + 12])
    at = cmap + first
    count = struct.unpack(">H", data[at + 6 : at + 8])[0] // 2
    ends = struct.unpack(f">{count}H", data[at + 14 : at + 14 + 2 * count])
    starts = struct.unpack(f">{count}H", data[at + 16 + 2 * count : at + 16 + 4 * count])
    return {point for start, end in zip(starts, ends, strict=True) for point in range(start, end + 1)} - {0xFFFF}
