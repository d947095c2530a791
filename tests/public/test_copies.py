"""Copies to take along: the whole site as one ZIP file, and one small file for messengers."""

import hashlib
import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from campaign import create_app
from campaign.languages import LANGUAGES, day
from campaign.petition import signing
from campaign.petition.published import TextKind, new_row
from campaign.prints.render import RenderError
from campaign.public import copies
from tests.content.withdrawing import withdraw
from tests.own_texts import own_texts
from tests.people import parse, publish
from tests.servers import on_sqlite

pytestmark = on_sqlite
LARGEST_ZIP, LARGEST_FILE = 600_000, 30_000  # bytes
NOON = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def made(monkeypatch):
    """How often a mirror was made."""
    found = []
    really = copies.whole_mirror
    monkeypatch.setattr(copies, "whole_mirror", lambda app: found.append(1) or really(app))
    return found


def unzip(answer):
    """The files in a ZIP file."""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def test_everything_to_read_is_downloaded_as_one_small_file(somebody):
    answer = somebody.read(f"/{somebody.language}/copy.zip")

    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="copy.zip"'
    files = unzip(answer)
    for code in LANGUAGES:
        assert {f"copy/{code}/{name}" for name in ("index.html", "testimony.html", "testimony.pdf", "petition.html")} <= set(
            files
        )
    sums = dict(line.split("  ", 1)[::-1] for line in files.pop("copy/SHA256SUMS").decode().splitlines())
    assert {f"copy/{name}": value for name, value in sums.items()} == {
        name: hashlib.sha256(body).hexdigest() for name, body in files.items()
    }


def test_two_machines_give_out_the_same_bytes_in_every_language(app, settings):
    with time_machine.travel(NOON):
        here = [app.test_client().get(f"/{code}/copy.zip").data for code in LANGUAGES]
        there = create_app(settings).test_client().get("/en/copy.zip").data

    assert set(here) == {there}


def test_the_pages_of_the_copy_are_in_their_own_languages_whoever_asks_for_it(reader):
    files = unzip(reader.read("/ar/copy.zip"))

    for code in LANGUAGES:
        assert parse(files[f"copy/{code}/about.html"].decode()).get("lang") == code
    assert "This is a copy of" in files["copy/en/about.html"].decode()


def test_many_who_ask_at_once_have_it_made_once(app, made):
    with time_machine.travel(NOON, tick=False), ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(app.test_client().get, "/en/copy.zip") for _ in range(3)]
        assert len({one.result().data for one in asked}) == 1

    assert len(made) == 1


def test_a_testimony_that_is_withdrawn_while_it_is_made_is_not_in_it(app, monkeypatch, settings):
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    really, results = copies.whole_mirror, []

    def withdrawn_meanwhile(made_by):
        files = really(made_by)
        if not results:
            results.append(withdraw(app))
        return files

    monkeypatch.setattr(copies, "whole_mirror", withdrawn_meanwhile)

    files = unzip(app.test_client().get("/en/copy.zip"))

    assert results[0].exit_code == 0
    assert not [name for name in files if "testimony" in name]


def test_who_finds_too_many_waiting_is_asked_to_come_again(app, made):
    answer = app.test_client().get("/en/copy.zip", environ_overrides={copies.ZIP_BUSY: True})

    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (503, "60", "no-store")
    assert made == []


def test_it_is_made_once_an_hour_whatever_is_counted_meanwhile(app, visitor, layla, made):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(3):
            assert visitor.read("/en/copy.zip").status_code == 200
            publish(app)
            clock.shift(timedelta(minutes=1))
        assert len(made) == 1
        clock.shift(timedelta(hours=1))
        visitor.read("/ar/copy.zip")

    assert len(made) == 2


def test_it_is_made_again_at_once_when_more_than_a_count_is_published(app, visitor, made):
    visitor.read("/en/copy.zip")
    with app.extensions["campaign"].database.writing() as session:
        signing.close(session, NOON.date())
    app.extensions["campaign"].snapshots.refresh()

    files = unzip(visitor.read("/en/copy.zip"))

    assert len(made) == 2
    assert "You can sign only" not in files["copy/en/index.html"].decode()


def test_a_copy_that_cannot_be_made_now_is_asked_for_later(visitor, monkeypatch):
    def fail(*_):
        raise RenderError("no typesetter")

    monkeypatch.setattr("campaign.prints.views.get_or_render", fail)

    answer = visitor.read("/en/copy.zip")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_link_to_what_is_not_there_leads_to_the_site_and_ends_no_copy(app, visitor):
    linking = "News\n\nFirst [this](/en/updates/second), then [that](/en/updates/secnod) and [more](/static/mistyped.css)."
    for key, names in (("first", {"en": linking}), ("second", {"en": "More\n\nWords."}), ("second", {})):
        with app.extensions["campaign"].database.writing() as session:
            session.add(new_row((TextKind.UPDATE, key), {"names": names}, NOON.date(), set_by="1"))
    app.extensions["campaign"].snapshots.refresh()
    assert visitor.read("/en/updates/second").status_code == 404

    files = unzip(visitor.read("/en/copy.zip"))

    page = files["copy/en/updates/first.html"].decode()
    for path in ("/en/updates/second", "/en/updates/secnod", "/static/mistyped.css"):
        assert f'href="http://localhost:8000{path}"' in page, path
        assert not [name for name in files if name.startswith(f"copy{path}")], path


@own_texts
def test_the_copies_of_this_campaign_are_as_small_as_it_says(somebody):
    assert len(somebody.read(f"/{somebody.language}/copy.zip").data) <= LARGEST_ZIP
    assert len(somebody.read(f"/{somebody.language}/copy.html").data) <= LARGEST_FILE


def test_a_messenger_carries_the_testimony_and_the_letter_in_every_language(app, somebody):
    answer = somebody.read(f"/{somebody.language}/copy.html")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="copy.html"'
    page = parse(answer.text)
    sections = {section.get("id"): section for section in page.iter("section")}
    assert next(iter(sections)) == page.get("lang") == somebody.language
    texts = app.extensions["campaign"].texts
    for code, language in LANGUAGES.items():
        said = "".join(sections[code].itertext())
        assert (sections[code].get("lang"), sections[code].get("dir")) == (code, language.dir)
        for text in (texts[code].testimony, texts[code].petition):
            for paragraph in text.paragraphs:
                assert paragraph.words.replace("\n", " ") in said, paragraph.id
        for said_of_it in ("byline", "undated", "warning"):
            assert texts[code].testimony.meta[said_of_it] in said
        with app.app_context():
            assert texts[code].testimony.standing in said


def test_it_says_in_each_language_where_it_is_from_and_of_which_day(visitor):
    with time_machine.travel(NOON):
        page = parse(visitor.read("/en/copy.html").text)

    for section in page.iter("section"):
        origin = "".join(next(section.iter("header")).itertext())
        assert "http://localhost:8000" in origin
        assert day(NOON.date(), LANGUAGES[section.get("id")]) in origin


def test_it_loads_nothing_runs_nothing_and_leads_nowhere_but_to_the_site(app, visitor):
    text = visitor.read("/en/copy.html").text
    page = parse(text)

    assert not [one.tag for one in page.iter() if one.tag in {"script", "link", "img", "form", "iframe", "object"}]
    assert not [one for one in page.iter() if any(name.startswith("on") or name in {"src", "style"} for name in one.attrib)]
    assert not re.search(r"url\(|@import|@font-face", text)
    links = {link.get("href") for link in page.iter("a")}
    assert {link for link in links if not link.startswith("#")} == {"http://localhost:8000/en/", "http://localhost:8000/ar/"}


def test_the_testimony_is_in_neither_once_it_is_withdrawn(app, visitor, monkeypatch, settings):
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    quoted = [texts.testimony.paragraphs[0].words[:40] for texts in app.extensions["campaign"].texts.values()]
    assert all(words in visitor.read("/en/copy.html").text for words in quoted)
    assert withdraw(app).exit_code == 0

    page, files = visitor.read("/en/copy.html").text, unzip(visitor.read("/en/copy.zip"))

    assert "<article" in page
    assert not [words for words in quoted if words in page]
    assert not [name for name in files if "testimony" in name]


def test_every_foot_leads_to_the_page_with_both(somebody):
    code = somebody.language
    feet = parse(somebody.read(f"/{code}/privacy").text).iter("footer")
    assert f"/{code}/mirrors" in {link.get("href") for foot in feet for link in foot.iter("a")}

    links = {link.get("href") for link in parse(somebody.read(f"/{code}/mirrors").text).iter("a")}

    assert {f"/{code}/copy.zip", f"/{code}/copy.html"} <= links
