"""The author's name is hidden at the desk by one organizer, and is gone within seconds; showing it again needs two."""

import threading

import pytest

from campaign import create_app
from campaign.config import TRANSLATIONS
from campaign.database import now
from campaign.organizers.models import AuditEntry, Request
from campaign.petition.models import Publication
from campaign.petition.published import TextKind, new_row
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
    assert "The author’s name has been hidden since" in hadi.read().text
    worker.deliver_due(app, threading.Event(), print)
    assert sorted(to for [to] in mailbox.recipients) == ["nour@example.org", "omar@example.org"]
    assert omar.send(PAGE, deed="show").location.endswith("/requests")
    assert "Someone has asked for this. A second organizer has to agree." in nour.read(PAGE).text
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
    assert "also contain part of the name" not in omar.read(PAGE).text

    change(omar, "contact/contact", words_all=f"{family}, test@example.org")
    publish(omar, "contact")
    app.extensions["campaign"].snapshots.refresh()

    page = omar.read(PAGE).text
    assert ("also contain part of the name" in page, "/en/organize/words/contact" in page) == (True, True)


@pytest.fixture
def said(app):
    """Publish rows, as the desk does."""

    def put(*found):
        site = app.extensions["campaign"]
        with site.database.writing() as session:
            session.add_all([new_row(key, value, now().date(), set_by="1") for key, value in found])
        site.snapshots.refresh()

    return put


@on_sqlite
def test_entries_of_deliveries_that_say_the_name_go_and_come_with_it(app, omar, said):
    [*_, english], [*_, arabic] = FILES.left_out("en", "none"), FILES.left_out("ar", "none")
    client, day = app.test_client(), now().date()
    happened = [
        {"kind": "handed over", "words": {"en": f"The first line.\n{english} was there."}},
        {"kind": "answered", "language": "ar", "quote": f"شكرًا ول{arabic} أيضًا."},
        {"kind": "translated", "about": 2, "language": "en", "quote": "Thanks to the author too.", "standing": "machine"},
        {"kind": "added", "words": {"en": "The last line."}},
    ]
    said(*(((TextKind.EVENT, "office"), {"office": "office", "day": day} | one) for one in happened))
    paths = ("/en/petition", "/ar/petition", "/en/updates.atom", "/api/v1/petition.json")
    words = ("The first line.", arabic, "Thanks to the author too.")
    assert all(one in client.get("/en/updates.atom").text for one in words)
    page = omar.read(PAGE).text
    assert "Some delivery entries also contain part of the name." in page
    assert "/organize/words/event" not in page

    omar.send(PAGE, deed="hide")

    for path in paths:
        text = client.get(path).text
        assert [one for one in words if one in text] == [], path
        assert "The last line." in text, path
    assert "It contains a name that is hidden" in client.get("/en/petition").text
    assert "Thanks to the author" not in omar.read("deliveries/office").text
    omar.send("accounts", four_eyes="off")
    omar.send(PAGE, deed="show")
    assert all(one in client.get("/en/updates.atom").text for one in words)


@on_sqlite
def test_earlier_versions_of_the_letter_that_say_the_name_go_and_come_with_it(app, omar, said):
    [*_, family] = FILES.left_out("en", "none")
    client, key = app.test_client(), (TextKind.LETTER, "en")
    letter = app.extensions["campaign"].words.current[key]
    first, *others = letter["paragraphs"]
    naming = letter | {"paragraphs": [first | {"words": f"{family} wrote this."}, *others]}
    said((key, naming))
    assert "/organize/words/letter" in omar.read(PAGE).text
    said((key, letter | {"paragraphs": [first | {"words": "The author wrote this."}, *others]}))
    number = max(one["number"] for one in client.get("/api/v1/versions.json").json if one["language"] == "en") - 1
    paths = (f"/en/petition/versions/{number}", "/api/v1/versions.json")
    assert all(f"{family} wrote this." in client.get(path).text for path in paths)
    page = omar.read(PAGE).text
    assert "Some earlier versions of the letter also contain part of the name." in page
    assert "Change them as well" not in page

    omar.send(PAGE, deed="hide")

    assert all(family not in client.get(path).text for path in paths)
    assert "or contains words or a name that are withheld" in client.get(paths[0]).text
    omar.send("accounts", four_eyes="off")
    omar.send(PAGE, deed="show")
    assert all(f"{family} wrote this." in client.get(path).text for path in paths)


@on_sqlite
@pytest.mark.parametrize("prefix", ["", "و", "ل", "بال", "فل"])
def test_the_name_is_found_with_what_arabic_writes_onto_it(app, omar, said, prefix):
    [*_, arabic] = FILES.left_out("ar", "none")

    said(((TextKind.CONTACT, ""), f"سطر\n{prefix}{arabic}، سطر"))

    assert "/en/organize/words/contact" in omar.read(PAGE).text


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
