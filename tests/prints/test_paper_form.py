"""The sheet for signatures on paper: the letter, its fingerprint, the way to the site, lines to write on."""

import pypdfium2
import pytest
import zxingcpp

from campaign.languages import LANGUAGES
from campaign.prints.documents import sheet
from campaign.state import AppState
from tests.prints.papers import latin_pages, letters, pages
from tests.servers import on_sqlite

pytestmark = on_sqlite


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_code_leads_to_the_site(visitor, prints, settings, code):
    first = pypdfium2.PdfDocument(visitor.read(f"/{code}/sheet.pdf").data)[0]

    [found] = zxingcpp.read_barcodes(first.render(scale=3).to_pil())

    assert found.text == settings.base_url
    assert found.format == zxingcpp.BarcodeFormat.QRCode


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_sheet_carries_the_address_and_the_fingerprint_of_the_text_in_each_language(app, visitor, prints, settings, code):
    site: AppState = app.extensions["campaign"]

    front = "".join(latin_pages(visitor.read(f"/{code}/sheet.pdf").data)[0].split())

    assert front.count(settings.base_url) == 2
    for texts in site.texts.values():
        assert texts.consent_hash in front


def test_the_sheet_has_one_page_to_sign_and_the_whole_letter_behind_it(app, visitor, prints):
    site: AppState = app.extensions["campaign"]

    front, back = pages(visitor.read("/en/sheet.pdf").data)

    letter = site.texts["en"].petition
    assert letters(letter.meta["call"]) in letters(front)
    for paragraph in letter.paragraphs:
        assert letters(paragraph.words) in letters(back)
    for addressee in letter.meta["addressees"]:
        assert letters(addressee["name"]) in letters(back)


def test_every_word_for_signers_is_on_the_sheet(app, visitor, prints):
    with app.app_context():
        ours, theirs = sheet("en").data["voices"]

    printed = letters("".join(pages(visitor.read("/en/sheet.pdf").data)))

    for words in [*ours["promises"], ours["consent"], ours["overleaf"], ours["online"], ours["shown"], ours["contact"]]:
        assert letters(words) in printed, words
    assert letters(theirs["title"])[:5] in printed


def test_it_asks_for_a_name_and_a_signature_and_nothing_that_finds_a_person(visitor, prints):
    printed = "".join(pages(visitor.read("/en/sheet.pdf").data)).casefold()

    for word in ("e-mail", "phone", "birth", "passport", "street"):
        assert word not in printed, word
