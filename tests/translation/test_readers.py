"""Readers see the state of a text: what it is, what is behind its source, what is not translated."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from campaign import config, create_app
from campaign.config import Settings
from campaign.content.files import TextError
from tests.people import Visitor, parse

TRANSLATED = "هذه ترجمة عن النص باللغة الإنجليزية لم يراجعها بعد أحد ممن العربية لغتهم الأم."
ADDRESSES = (
    "testimony",
    "testimony.txt",
    "testimony/beside/en",
    "petition",
    "sign",
    "about",
    "privacy",
    "accessibility",
    "mirrors",
    "write",
)


@pytest.fixture
def open_site(settings: Settings, translations: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Visitor]]:
    """Opens a site made of the texts as they are when it is called."""
    made: list[Flask] = []
    monkeypatch.setattr(config, "TRANSLATIONS", translations)

    def opened() -> Visitor:
        made.append(create_app(settings))
        return Visitor(made[-1].test_client(), "ar")

    yield opened
    for app in made:
        app.extensions["campaign"].database.close()


def change(file: Path, old: str, new: str) -> None:
    """Puts something in the place of something that is there."""
    text = file.read_text("utf-8")
    assert re.search(old, text), old
    file.write_text(re.sub(old, new, text), "utf-8")


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_translated_text_says_that_it_is_a_translation_and_what_kind(open_site, address):
    reader = open_site()

    assert TRANSLATED in reader.read(f"/ar/{address}").text
    if "beside" not in address:
        assert "no native speaker has reviewed it" not in reader.read(f"/en/{address}").text


def test_a_machine_translation_and_a_reviewed_one_say_so(open_site, translations):
    change(translations / "ar" / "about.md", "status: translated", "status: machine")
    reviewed = "status: reviewed\nreviewer: Nour\nreviewed_on: 2026-12-01"
    change(translations / "ar" / "privacy.md", "status: translated", reviewed)
    change(translations / "ar" / "mirrors.md", "status: translated", "status: reviewed\nreviewed_on: 2026-12-01")
    reader = open_site()

    assert "هذه ترجمة آلية عن النص باللغة الإنجليزية لم يراجعها أحد بعد." in reader.read("/ar/about").text
    assert "مراجعة الترجمة: \u2068Nour\u2069، 1 كانون الأول 2026." in reader.read("/ar/privacy").text
    assert "وحُجب الاسم" in reader.read("/ar/mirrors").text
    assert TRANSLATED not in reader.read("/ar/about").text + reader.read("/ar/privacy").text


def test_a_paragraph_whose_source_has_changed_is_shown_with_a_note(open_site, translations):
    change(translations / "ar" / "testimony.md", "<!-- p2 from .{8} -->", "<!-- p2 from 00000000 -->")
    reader = open_site()

    for address in ("/ar/testimony", "/ar/testimony.txt"):
        page = reader.read(address).text
        assert page.count("تغيّر النص المصدر لهذا الجزء بعد ترجمته.") == 1
        assert page.index("تغيّر النص المصدر") < page.index("ينتظر القرّاء مكتبتهم لأنهم")
    assert "The source of this part has changed" in reader.read("/en/testimony/beside/ar").text


def test_a_paragraph_that_is_not_translated_stands_there_in_its_own_language_with_a_note(open_site, translations):
    for id_ in ("p1", "p2"):
        change(translations / "ar" / "about.md", f"<!-- {id_} from .{{8}} -->", f"<!-- {id_} -->")
    change(translations / "ar" / "testimony.md", "<!-- p4 from .{8} -->", "<!-- p4 -->")
    reader = open_site()

    about = reader.read("/ar/about").text
    assert about.count("لم يُترجَم هذا الجزء بعد") == 1  # once for both
    assert '<div lang="en" dir="ltr"><h2>Who speaks here</h2>' in about
    paragraph = next(p for p in parse(reader.read("/ar/testimony").text).iter("p") if p.get("id") == "p4")
    assert (paragraph.get("lang"), paragraph.get("dir")) == ("en", "ltr")
    assert "Readers in Velora are now divided" in "".join(paragraph.itertext())


def test_the_title_of_a_text_falls_back_to_its_source(open_site, translations):
    change(translations / "ar" / "testimony.md", "\nundated: .*", "")

    assert "This text is undated." in open_site().read("/ar/testimony").text


def test_no_page_ever_shows_an_id_or_a_fingerprint(open_site):
    reader = open_site()
    for address in ADDRESSES:
        assert not re.search(r"&lt;!--|<!-- p\d|made_from|\bfrom [0-9a-f]{8}\b", reader.read(f"/ar/{address}").text), address


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("status: translated", "status: perfect", "`status` must be one of original, machine, translated, reviewed"),
        ("status: translated", "status: reviewed", "`reviewed_on` is missing"),
        ("<!-- p2 from", "<!-- p1 from", "the id p1 is there twice"),
        ("\ntitle: ", "\ntitle: [", "about.md"),
    ],
)
def test_a_text_that_cannot_be_published_is_refused_with_its_name(open_site, translations, old, new, sentence):
    change(translations / "ar" / "about.md", old, new)

    with pytest.raises(TextError, match=r"about\.md") as refused:
        open_site()

    assert sentence in str(refused.value)


def test_a_title_whose_source_has_changed_is_said_where_the_page_says_what_it_is(open_site, translations):
    change(translations / "ar" / "privacy.md", "  title: .*", "  title: '00000000'")
    reader = open_site()

    assert f"{TRANSLATED} وتغيّر بعد الترجمة النص المصدر للعنوان" in reader.read("/ar/privacy").text
    assert "وتغيّر بعد الترجمة" not in reader.read("/ar/about").text
