"""What the tests read in a print: its addresses, and its text without how it is set."""

import io
import re
import unicodedata
from itertools import permutations

import pypdfium2
from pypdf import PdfReader

from campaign.languages import LANGUAGES

TESTIMONIES = [f"/{code}/testimony.pdf" for code in LANGUAGES]
BESIDE = [f"/{code}/testimony/beside/{other}.pdf" for code, other in permutations(LANGUAGES, 2)]
SHEETS = [f"/{code}/sheet.pdf" for code in LANGUAGES]
CARDS = [f"/{code}/card.png" for code in LANGUAGES]
PDFS = [*TESTIMONIES, *BESIDE, *SHEETS]
PRINTS = [*PDFS, *CARDS]


def letters(text: str) -> str:
    """The letters and figures of a text in their order: no spaces, no signs, no vowel marks, no shapes of Arabic letters."""
    return re.sub(r"[\W_]", "", "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum()))


def marks(text: str) -> str:
    """The vowel marks of a text; programs differ over whether a mark stands before its letter or after it."""
    return "".join(sorted(letter for letter in text if unicodedata.category(letter) == "Mn"))


def pages(document: bytes) -> list[str]:
    """The text of each page as Chromium reads it; it takes English on an Arabic page to run from right to left."""
    return [without_figures(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(document)]


def latin_pages(document: bytes) -> list[str]:
    """The text of each page as pypdf reads it; it takes Arabic to run from left to right."""
    return [without_figures(page.extract_text()) for page in PdfReader(io.BytesIO(document)).pages]


def without_figures(text: str) -> str:
    """The text without the lines that are figures only: places of paragraphs, the foot."""
    return re.sub(r"^\s*\d+( (of|من) \d+)?\s*$", "", text, flags=re.MULTILINE)


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return re.split(r"(?<=[.؛])\s+", text)
