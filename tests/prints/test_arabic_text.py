"""Arabic in a PDF is text: three readers, of Chromium, of MuPDF and of Poppler, find its words and copy its sentences right."""

import re
import subprocess
import unicodedata

import pypdfium2
import pytest

from campaign.prints.documents import plain_paragraphs
from campaign.state import AppState
from tests.own_texts import own_texts
from tests.prints.papers import pages, sentences, without_figures
from tests.servers import on_sqlite

pytestmark = [own_texts, on_sqlite]
TESTIMONIES = ["/ar/testimony.pdf", "/ar/testimony/beside/en.pdf", "/en/testimony/beside/ar.pdf"]
SHEETS = ["/ar/sheet.pdf", "/en/sheet.pdf"]
DIRECTIONS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
SIGNS = " \n.,:;،؛؟()«»–-"
TURNED = str.maketrans("()«»", ")(»«")  # PDFium turns brackets once too often
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u064b-\u0652\u0670])+")
RIGHT_HALF = ["-x", "297", "-y", "0", "-W", "298", "-H", "842"]  # points of A4: the column that somebody selects to copy
SHADDA_LAST = re.compile("([\u064b-\u0650])\u0651")


def written(site: AppState, path: str) -> list[str]:
    """The Arabic passages of a print."""
    texts = site.texts["ar"]
    if path in SHEETS:
        letter = texts.petition
        return [letter.title, letter.meta["call"], *plain_paragraphs(letter)]
    return [texts.testimony.title, *(paragraph.words for paragraph in texts.testimony.paragraphs)]


def copied(text: str) -> str:
    """What somebody copied, in one line; NFC puts two marks on a letter in one order."""
    return " ".join(unicodedata.normalize("NFC", text).translate(DIRECTIONS).split())


def turned(run: re.Match[str]) -> str:
    """A run that Poppler marks as going from left to right, with the signs at its ends as they go in Arabic."""
    inside = run[1].strip(SIGNS)
    before, _, after = run[1].partition(inside) if inside else ("", "", run[1])
    return after[::-1] + inside + before[::-1]


def read_by_pdfium(document: bytes) -> str:
    """The text as Chromium copies it."""
    return copied("\n".join(pages(document)))


def wholes(passages: list[str]) -> list[str]:
    """The sentences of the passages, without their last sign, which MuPDF puts in front where it ends a line."""
    return [copied(sentence).rstrip(".،؛") for passage in passages for sentence in sentences(passage)]


def words(passages: list[str]) -> set[str]:
    """The words of the passages."""
    return set(WORD.findall(copied(" ".join(passages))))


@pytest.mark.parametrize("path", [*TESTIMONIES, *SHEETS])
def test_chromium_finds_every_word_and_copies_every_sentence(app, visitor, prints, path):
    passages = written(app.extensions["campaign"], path)
    document = visitor.read(path).data
    found_in = [page.get_textpage() for page in pypdfium2.PdfDocument(document)]

    missing = [word for word in words(passages) if not any(page.search(word).get_next() for page in found_in)]
    assert [
        word for word in missing if not any(page.search(SHADDA_LAST.sub("\u0651\\1", word)).get_next() for page in found_in)
    ] == []
    assert [sentence for sentence in wholes(passages) if sentence.translate(TURNED) not in read_by_pdfium(document)] == []


@pytest.mark.parametrize("path", [*TESTIMONIES, *SHEETS])
def test_mupdf_copies_every_word_and_whole_sentences(app, visitor, prints, pymupdf, tmp_path, path):
    passages = written(app.extensions["campaign"], path)
    file, target = tmp_path / "print.pdf", tmp_path / "print.txt"
    file.write_bytes(visitor.read(path).data)

    subprocess.run([pymupdf, "gettext", "-mode", "simple", "-output", str(target), str(file)], check=True)
    read = copied(without_figures(target.read_text("utf-8")))

    assert words(passages) - set(WORD.findall(read)) == set()
    assert sum(sentence in read for sentence in wholes(passages)) >= 5


@pytest.mark.parametrize("path", [*TESTIMONIES, *SHEETS])
def test_poppler_copies_every_word_and_whole_sentences(app, visitor, prints, pdftotext, path):
    passages = written(app.extensions["campaign"], path)
    place = [] if path == TESTIMONIES[0] else RIGHT_HALF

    done = subprocess.run([pdftotext, *place, "-", "-"], input=visitor.read(path).data, capture_output=True, check=True)
    read = copied(re.sub("\u202a(.*?)\u202c", turned, without_figures(done.stdout.decode()), flags=re.DOTALL))

    assert words(passages) - set(WORD.findall(read)) == set()
    assert sum(sentence in read for sentence in wholes(passages)) >= 5


@pytest.mark.parametrize(("code", "foot"), [("en", "{} of {}"), ("ar", "{} من {}")])
def test_the_foot_of_a_page_says_which_it_is_in_words(visitor, prints, code, foot):
    document = pypdfium2.PdfDocument(visitor.read(f"/{code}/testimony.pdf").data)
    feet = [page.get_textpage().get_text_range().strip().splitlines() for page in document]

    for number, lines in enumerate(feet, start=1):
        assert foot.format(number, len(document)) in lines


@pytest.mark.parametrize("path", [*TESTIMONIES, *SHEETS])
def test_no_line_ends_between_a_number_and_what_it_counts(visitor, prints, path):
    lines = [
        line
        for page in pypdfium2.PdfDocument(visitor.read(path).data)
        for line in page.get_textpage().get_text_range().splitlines()
    ]

    assert [line for line in lines if re.search(r"\D \d+\s*$", line) and not re.search(r"(من|of) \d+$", line)] == []
