"""Drafts that hold what no page can show: of the wrong type, or of no form at all. None becomes public, each is thrown away."""

import pytest

from campaign.database import now
from campaign.petition.published import Draft, PublishedText, TextKind
from tests.organizers.test_words import fields_of, public
from tests.people import rows
from tests.servers import on_sqlite

BROKEN = [
    (TextKind.GOAL, "", "'5000'"),
    (TextKind.CONTACT, "", "5"),
    (TextKind.TITLE, "en", "2026"),
    (TextKind.ADDRESSEE, "office", "names: {en: 2026}"),
    (TextKind.DELIVERIES, "", "- {day: '2026-11-20', names: {en: By post, ar: x}}"),
    (TextKind.ABOUT, "en", "[1]"),
    (TextKind.PRIVACY, "en", "p1: {words: 5, instead_of: x}"),
    (TextKind.LETTER, "ar", "---\ntitle: 2026\nstatus: original\n---\n"),
    (TextKind.LETTER, "en", "---\n[\n---\nno id"),
    (TextKind.LETTER, "ar", "---\ntitle: x\nstatus: machine\nmade_from: 5\n---\n"),
    (TextKind.GOAL, "", "{"),
]


def put(app, kind, name, words):
    """Keeps a draft as a version before the checks could have."""
    with app.extensions["campaign"].database.writing() as session:
        session.add(Draft(kind=kind, name=name, words=words, changed_on=now().date(), changed_by="command"))


@pytest.mark.parametrize(("kind", "name", "words"), BROKEN)
@on_sqlite
def test_a_draft_that_cannot_be_read_breaks_no_page_and_can_be_thrown_away(app, omar, kind, name, words):
    put(app, kind, name, words)
    piece, before = kind.replace(" ", "-"), len(rows(app, PublishedText))

    assert "The draft cannot be read." in omar.read("words").text
    assert omar.read(f"words/{piece}/preview").location == omar.url(f"words/{piece}")
    assert omar.read(f"words/{piece}/publish").location == omar.url(f"words/{piece}")
    assert omar.send(f"words/{piece}/publish", seen="x").location == omar.url(f"words/{piece}")
    page = omar.read(f"words/{piece}").text
    assert ("cannot be read" in page, 'value="drop"' in page) == (True, True)
    assert omar.send(f"words/{piece}", deed="drop").status_code == 303

    assert (rows(app, Draft), len(rows(app, PublishedText))) == ([], before)
    assert omar.read(f"words/{piece}").text.count("cannot be read") == 0
    assert public(app, "/en/")


@on_sqlite
def test_a_draft_from_files_can_be_published_and_thrown_away(app, omar):
    put(app, TextKind.GOAL, "", "700")

    page = omar.read("words/goal").text

    assert ("words/goal/publish" in page, 'value="drop"' in page) == (True, True)


@on_sqlite
def test_an_office_goes_under_no_office_that_there_is_not_and_is_never_called_like_the_page_of_a_new_one(app, omar):
    fields = fields_of(omar.read("words/addressee/new")) | {"words_en": "New", "words_ar": "جديد"}

    refused = omar.send("words/addressee/new", **fields, within="nobody")
    assert (refused.status_code, "Choose an addressee from the list." in refused.text) == (422, True)
    assert omar.send("words/addressee/new", **fields).status_code == 303

    [draft] = rows(app, Draft)
    assert draft.name == "new-2"
    assert "جديد" in omar.read("words/addressee/new-2").text
