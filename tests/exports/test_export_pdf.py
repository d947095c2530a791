"""The book of names: every name that is shown and no other, by day, in either script, in volumes."""

from datetime import timedelta

import pypdfium2
import pytest
from pypdf import PdfReader

from campaign import config
from campaign.content.testimony_policy import load_testimony
from campaign.database import now
from campaign.exports import pdf
from campaign.exports.pdf import name_side
from campaign.languages import LANGUAGES, day
from campaign.petition.models import Publication
from campaign.prints.documents import plain_paragraphs
from tests.exports.terminal import DAY
from tests.prints.papers import latin_pages, letters, pages
from tests.servers import on_sqlite

ADDRESSEE = "The mayors of the towns around Velora"


def text(file):
    """The text of each page, as Chromium reads it."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file)]


def test_the_names_that_are_shown_stand_in_it_by_day_and_no_others(omar):
    omar.has("Layla Haddad", shown_as="Layla", confirmed_on=DAY)
    omar.has("Sami Khalil", shown_as=None)
    omar.has("Nour Darwish", shown_as="Nour D.", confirmed_on=DAY - timedelta(days=3))

    title, letter, names = text(omar.exports("pdf"))

    assert names.split("\r\n")[:4] == ["19 November 2026", "Nour D.", "22 November 2026", "Layla"]
    assert not any(word in title + letter + names for word in ("Haddad", "Sami", "Khalil", "Darwish", "example.org"))


@on_sqlite
def test_it_opens_with_the_total_and_the_letter_so_that_it_can_be_handed_over_alone(omar):
    texts = load_testimony(config.TRANSLATIONS)[1]["en"]
    for shown_as, country in (("Layla", None), ("Nour", "SY"), (None, None)):
        omar.has(shown_as=shown_as, country=country, text_sha256=texts.consent_hash)
    petition = texts.petition

    title, letter, _ = (" ".join(page.split()) for page in text(omar.exports("pdf")))

    today = day(now().date(), LANGUAGES["en"])
    assert f"3 signatures, as of {today}. 2 of them show a name. Only names" in title
    assert "in this book" not in title
    for words in (petition.title, *plain_paragraphs(petition), "Who it is addressed to", ADDRESSEE):
        assert " ".join(words.split()) in letter, words
    assert "1 name is in this book." in " ".join(text(omar.exports("pdf", "--country", "SY"))[0].split())


@on_sqlite
def test_it_says_how_many_signed_another_letter_and_when_it_is_a_sample(omar):
    omar.has(shown_as="Layla")
    assert "1 signature is on a text that was not kept." in " ".join(text(omar.exports("pdf"))[0].split())

    omar.write(Publication.__table__.update().values(is_sample=True))

    assert "A sample: these signatures are made up. 1 signature, as of" in " ".join(text(omar.exports("pdf"))[0].split())


@on_sqlite
def test_it_says_what_it_is_in_the_readers_language(omar):
    omar.has("ليلى حدّاد", shown_as="ليلى حدّاد", country="SY", language="ar")

    title = letters("".join(text(omar.exports("pdf", "--language", "ar", "--country", "SY", "--signed-in", "ar"))))

    for words in ("الأسماء تحت الرسالة", "توقيع واحد حتى", "يظهر اسم في توقيع واحد منها", "إلى مَن تُوجَّه الرسالة", "سوريا"):
        assert letters(words) in title, words
    assert letters("ليلى حدّاد") in title


@on_sqlite
@pytest.mark.parametrize("code", ["en", "ar"])
def test_names_of_both_scripts_and_of_others_are_whole_in_either_book(omar, code):
    names = ["ليلى حدّاد", "Łukasz Żółć", "Nguyễn Thị Minh", "Иван Петров", "Γιώργος Π.", "رۆژدا", "#set page[x]", "$x$ *y* @z"]
    for name in names:
        omar.has(shown_as=name)

    file = omar.exports("pdf", "--language", code).read_bytes()
    readings = letters("".join(pages(file))), letters("".join(latin_pages(file)))

    assert [name for name in names if not any(letters(name) in reading for reading in readings)] == []


@on_sqlite
def test_letters_that_no_font_has_do_not_stop_it(omar):
    omar.has(shown_as="𓀀𓀁 👩🏽‍🚀")
    omar.has(shown_as="Z̶̢a̸l̷g̴o̵ " + "W" * 90)
    omar.has(shown_as="Layla")

    assert "Layla" in "".join(text(omar.exports("pdf")))


@on_sqlite
def test_names_of_which_a_letter_is_in_no_font_are_listed_at_the_end_with_the_numbers_of_the_letters(omar):
    for name in ("Layla", "\U00013000\U00013001", "فاطمة ﷺ", "ڨاسم ٣٩"):
        omar.has(shown_as=name)

    listed = " ".join(text(omar.exports("pdf"))[2].split()).partition("Names with letters that could not be printed")[2]

    assert "U+13000 U+13001" in listed
    assert listed.count("U+") == 2


@on_sqlite
def test_a_book_that_prints_every_name_lists_none(omar):
    omar.has(shown_as="Şükrü İğne")

    assert "U+" not in text(omar.exports("pdf"))[2]


@on_sqlite
def test_a_letter_that_no_font_has_is_a_box(omar):
    def ink(name):
        page = render_names(name)
        return sum(page.convert("L").histogram()[:128])

    def render_names(name):
        data = {"lang": "en", "pages": "", "campaign": "", "title": "t", "rtl": [], "letter": "", "volume": "", "about": []}
        data |= {"version": "", "fingerprints": [], "address": "https://x.example", "unprinted": "", "missing": []}
        drawn = pdf.render_volume(data | {"opening": None, "days": [["", [["l", name]]]]}, tagged=False)
        return pypdfium2.PdfDocument(drawn)[1].render(scale=2).to_pil()

    assert ink("\U00013000") > ink(" ") + 50


@pytest.mark.parametrize(
    ("name", "found"),
    [("Layla", "l"), ("ليلى", "r"), ("1. ليلى (Layla)", "r"), ("(Layla) ليلى", "l"), ("רות", "r"), ("123", "l"), ("ليلى L", "r")],
)
def test_a_name_runs_as_its_first_letter_does(name, found):
    assert name_side(name) == found


@on_sqlite
def test_one_volume_can_be_read_aloud(omar):
    omar.has(shown_as="Layla")

    root = PdfReader(omar.exports("pdf", "--language", "ar")).trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == "ar"


@on_sqlite
def test_many_names_are_bound_in_volumes_with_a_title_page_and_a_bookmark_each(omar, monkeypatch):
    monkeypatch.setattr(pdf, "NAMES_PER_VOLUME", 3)
    omar.has_made_up(24)  # every third of them is shown

    file = omar.exports("pdf", "--language", "ar")
    document = PdfReader(file)

    titles = [place for place, page in enumerate(text(file)) if letters("الأسماء تحت الرسالة") in letters(page)]
    assert [document.get_destination_page_number(mark) for mark in document.outline] == titles == [0, 3, 5]
    assert document.trailer["/Root"]["/ViewerPreferences"]["/Direction"] == "/R2L"
    assert document.trailer["/Root"]["/Lang"] == "ar"
    assert sum(page.count("Sample") + page.count("توقيع") for page in text(file)[2::2]) == 8


@on_sqlite
def test_without_names_it_says_so_on_its_title_page(omar):
    omar.has(shown_as=None)

    assert "0 of them show a name." in text(omar.exports("pdf"))[0]


@on_sqlite
def test_it_needs_no_private_key_and_is_refused_while_all_names_are_hidden(omar):
    omar.has(shown_as="Layla")
    omar.ejects_the_key()
    assert "Layla" in text(omar.exports("pdf"))[2]

    omar.write(Publication.__table__.update().values(names_hidden_on=DAY))
    done = omar.run("export", "--format", "pdf", "--out", omar.desk / "names.pdf")

    assert (done.exit_code, "All names are hidden now" in done.stderr) == (1, True)
    assert not (omar.desk / "names.pdf").exists()


@on_sqlite
def test_a_book_that_cannot_be_drawn_says_so_in_one_sentence(omar, monkeypatch, tmp_path):
    omar.has(shown_as="Layla")
    (tmp_path / "broken.py").write_text("raise SystemExit('no ink')")
    monkeypatch.setattr(pdf, "TYPESETTER", tmp_path / "broken.py")

    done = omar.run("export", "--format", "pdf", "--out", omar.desk / "names.pdf")

    assert done.stderr.endswith("Error: The book of names could not be drawn: no ink\n")
    assert list(omar.desk.glob("*names*")) == []
