"""The testimony as a PDF: word for word, in order, and open to programs that read aloud."""

import io
import re

import pytest
from pypdf import PdfReader

from campaign.languages import LANGUAGES
from campaign.state import AppState
from tests.prints.papers import BESIDE, PDFS, TESTIMONIES, latin_pages, letters, marks, pages, sentences
from tests.servers import on_sqlite

pytestmark = on_sqlite


@pytest.mark.parametrize("path", [*TESTIMONIES, *BESIDE])
def test_a_testimony_says_every_sentence_in_its_languages(app, visitor, prints, path):
    document = visitor.read(path).data
    readings = {"en": letters("".join(latin_pages(document))), "ar": letters("".join(pages(document)))}
    site: AppState = app.extensions["campaign"]

    for code in re.findall(r"\b(?:en|ar)\b", path):
        text = site.texts[code].testimony
        for sentence in [text.title, *(one for paragraph in text.paragraphs for one in sentences(paragraph.words))]:
            assert letters(sentence) in readings[code], sentence


def test_no_vowel_mark_of_the_arabic_testimony_is_lost_or_said_twice(app, visitor, prints):
    site: AppState = app.extensions["campaign"]
    text = site.texts["ar"].testimony
    ours = [text.title, text.body, text.meta["byline"], text.meta["undated"], text.meta["warning"]]

    with app.app_context():
        standing = text.standing

    printed = "".join(pages(visitor.read("/ar/testimony.pdf").data))

    assert marks(printed) == marks("".join([*ours, standing]))


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_the_text_is_and_where_it_is_from_stands_with_it(app, visitor, prints, settings, code):
    site: AppState = app.extensions["campaign"]
    text = site.texts[code].testimony

    printed = "".join(latin_pages(visitor.read(f"/{code}/testimony.pdf").data))

    assert f"{settings.base_url}/{code}/testimony" in printed
    if code == "en":
        for note in (text.meta["byline"], text.meta["undated"], text.meta["warning"]):
            assert letters(note) in letters(printed)


@pytest.mark.parametrize("path", PDFS)
def test_a_pdf_is_tagged_names_its_language_and_brings_its_own_fonts(visitor, prints, path):
    document = PdfReader(io.BytesIO(visitor.read(path).data), strict=True)
    root = document.trailer["/Root"]
    code = path[1:3]
    fonts = {font for page in document.pages for font in named_fonts(page)}

    assert root["/MarkInfo"]["/Marked"].value
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == code
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert root["/ViewerPreferences"].get("/Direction", "/L2R") == ("/R2L" if code == "ar" else "/L2R")
    assert document.metadata.title
    assert b"<pdfuaid:part>1<" in root["/Metadata"].get_data()
    assert all(re.fullmatch(r"/[A-Z]{6}\+(witness|campaign)-(latin|arabic)(-strong)?", name) for name, _ in fonts), fonts
    assert all(is_embedded for _, is_embedded in fonts)


def named_fonts(page):
    """The fonts of a page, and whether each is in the file."""
    for named in page["/Resources"]["/Font"].values():
        font = named["/DescendantFonts"][0]
        yield font["/BaseFont"], "/FontFile2" in font["/FontDescriptor"]
