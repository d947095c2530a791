"""The author's name is hidden at the desk by one organizer, and is gone within seconds; showing it again needs two."""

import threading

import pytest

from campaign import create_app
from campaign.config import TRANSLATIONS
from campaign.organizers.models import AuditEntry, Request
from campaign.petition.models import Publication
from campaign.server import worker
from tests.content.files import Files
from tests.content.outputs import given_out, traces
from tests.organizers.test_words import change, publish
from tests.people import rows
from tests.servers import on_sqlite

PAGE, CODES = "emergency/author", ("en", "ar")
FILES = Files(TRANSLATIONS)


def names():
    """The words of the author's name, in both languages."""
    return [name for code in CODES for name in FILES.left_out(code, "none")]


def acts(app):
    """What the audit says of the name."""
    return [(line.by, line.act) for line in rows(app, AuditEntry) if line.act.startswith("author")]


@pytest.mark.slow
@on_sqlite
def test_no_trace_of_the_name_is_in_anything_that_is_given_out(app, settings, omar, tmp_path, monkeypatch):
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    before = given_out(app, tmp_path / "before")
    assert all(traces(before, name) for name in names())
    sha256 = app.extensions["campaign"].policy.source_sha256
    assert traces(before, sha256)

    assert omar.send(PAGE, deed="hide").status_code == 303

    found = given_out(app, tmp_path / "copy")
    assert [place for name in names() for place in traces(found, name)] == []
    assert traces(found, sha256) == []  # guesses of the name could be tested with it
    for code in CODES:
        nameless = FILES.bylines(code)["none"]
        for place in (f"/{code}/testimony", f"/{code}/copy.zip", f"mirror {code}/testimony.txt", f"words of testimony.{code}"):
            assert place in traces(found, nameless), place


def test_it_is_hidden_by_one_who_reads_first_what_happens_and_two_show_it_again(app, settings, omar, nour, hadi, mailbox):
    [english, _] = FILES.left_out("en", "none")
    client = app.test_client()
    assert english in client.get("/en/testimony").text
    page = omar.read(PAGE).text
    assert FILES.bylines("en")["none"] in page
    assert hadi.send(PAGE, deed="hide").status_code == 403

    omar.send(PAGE, deed="hide")

    assert all(english not in client.get(path).text for path in ("/", "/en/", "/en/testimony", "/en/testimony.txt"))
    assert [*(settings.data / "prints").glob("*.p*")] == []
    assert "The author’s name is hidden since" in hadi.read().text
    worker.deliver_due(app, threading.Event(), print)
    assert sorted(to for [to] in mailbox.recipients) == ["nour@example.org", "omar@example.org"]
    assert omar.send(PAGE, deed="show").location.endswith("/requests")
    assert "It waits for a second organizer." in nour.read(PAGE).text
    assert english not in client.get("/en/testimony").text
    assert nour.send("requests", request=str(rows(app, Request)[-1].id), deed="agree").status_code == 303
    app.extensions["campaign"].snapshots.refresh()
    assert english in client.get("/en/testimony").text
    assert acts(app) == [(omar.email, "author hidden"), (omar.email, "author shown")]


@on_sqlite
def test_asked_twice_to_show_it_is_asked_once_and_what_is_shown_is_not_shown_again(app, omar, nour):
    omar.send(PAGE, deed="hide")
    for _ in range(2):
        omar.send(PAGE, deed="show")

    [asked] = [one for one in rows(app, Request) if one.act == "naming author"]
    nour.send("requests", request=str(asked.id), deed="agree")

    assert nour.send("requests", request=str(asked.id), deed="agree").status_code == 409
    assert rows(app, Publication)[0].author_hidden_on is None


@on_sqlite
def test_the_page_names_the_words_of_the_campaign_that_say_the_name_too(app, omar):
    [*_, family] = FILES.left_out("en", "none")
    assert "say a part of the name too" not in omar.read(PAGE).text

    change(omar, "contact/contact", words_all=f"{family}, test@example.org")
    publish(omar, "contact")
    app.extensions["campaign"].snapshots.refresh()

    page = omar.read(PAGE).text
    assert ("say a part of the name too" in page, "/en/organize/words/contact" in page) == (True, True)


def test_every_other_process_hides_it_too_as_soon_as_it_looks(app, settings, omar):
    [english, _] = FILES.left_out("en", "none")
    other = create_app(settings)
    client = other.test_client()
    for path in ("/", "/en/", "/en/testimony", "/en/copy.html"):
        assert english in client.get(path).text, path  # and is kept

    omar.send(PAGE, deed="hide")
    other.extensions["campaign"].snapshots.refresh()  # as it does after a second

    assert [path for path in ("/", "/en/", "/en/testimony", "/en/copy.html") if english in client.get(path).text] == []


@on_sqlite
def test_a_second_click_on_hide_shows_nothing_again_also_where_nobody_else_has_to_agree(app, omar):
    omar.send("accounts", four_eyes="off")

    answers = [omar.send(PAGE, deed="hide").status_code for _ in range(2)]

    assert answers == [303, 409]
    assert rows(app, Publication)[0].author_hidden_on is not None
    assert omar.send(PAGE).status_code == 400
    assert omar.send(PAGE, deed="show").location.endswith("/emergency")
    assert rows(app, Publication)[0].author_hidden_on is None


@on_sqlite
def test_in_arabic_the_buttons_say_what_will_be_done_and_not_that_it_was(omar):
    omar.send("accounts", four_eyes="off")
    omar.language = "ar"
    assert "إخفاء اسم الكاتب الآن</button>" in omar.read(PAGE).text

    omar.send(PAGE, deed="hide")

    assert "إظهار الاسم من جديد الآن</button>" in omar.read(PAGE).text
