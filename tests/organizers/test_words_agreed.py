"""A second organizer agrees to the words that they have seen, and to no others."""

import threading
from dataclasses import replace

import pytest

from campaign.content import redaction
from campaign.database import now
from campaign.organizers import ledger
from campaign.organizers.models import Desk, Request
from campaign.petition.published import Draft, TextKind
from campaign.petition.publishing import PUBLISH_WORDS_LOCK
from tests.organizers.test_words import ARABIC_OLD, NEW, OLD, acts, agree, change, fields_of, public, publish, replace_words
from tests.people import parse, rows
from tests.servers import on_sqlite

REFUSED = "These are not the words you saw, so nothing was published."


def buttons(organizer, path):
    """The values of the buttons of a page."""
    return [one.get("value") for one in parse(organizer.read(path).text).iter("button") if one.get("name") == "deed"]


@on_sqlite
def test_words_are_agreed_to_on_the_page_that_shows_them_and_not_from_the_list(app, omar, nour):
    replace_words(omar, "letter/p3", OLD, NEW)
    publish(omar, "letter")

    assert buttons(nour, "requests") == ["decline"]
    assert "See what would be published, and agree there" in nour.read("requests").text
    assert buttons(nour, "words/letter/publish") == ["agree", "decline"]
    assert buttons(omar, "words/letter/publish") == []
    for seen in ({}, {"seen": ""}, {"seen": "0" * 32}):
        refused = nour.send("requests", request="1", deed="agree", **seen)
        assert (refused.status_code, REFUSED in refused.text) == (409, True)
    assert NEW not in public(app, "/en/petition")
    assert agree(nour, deed="decline").status_code == 303
    assert agree_fields(nour) == {}
    assert acts(app) == ["asked"]


def agree_fields(organizer):
    return {name: value for name, value in fields_of(organizer.read("words/letter/publish")).items() if name == "request"}


@on_sqlite
def test_who_agrees_is_not_taken_to_have_seen_what_was_drafted_after_it_was_asked_for(app, omar, nour):
    replace_words(omar, "letter/p3", OLD, NEW)
    publish(omar, "letter")
    replace_words(omar, "letter/p3", "unlock", "paint")

    page = nour.read("words/letter/publish").text

    assert "Publishing other words was requested on" in page
    assert buttons(nour, "words/letter/publish") == []
    refused = nour.send("requests", request="1", deed="agree", seen=fields_of(nour.read("words/letter/publish"))["seen"])
    assert (refused.status_code, REFUSED in refused.text) == (409, True)
    assert omar.send("words/letter", deed="drop").status_code == 303
    assert "Publishing other words was requested on" in nour.read("words/letter/publish").text


@on_sqlite
def test_asking_twice_is_asking_once_and_what_was_asked_for_before_is_over_once_words_are_public(app, omar, nour):
    replace_words(omar, "letter/p3", OLD, NEW)
    seen = fields_of(omar.read("words/letter/publish"))["seen"]
    for somebody in (omar, omar, nour):
        assert somebody.send("words/letter/publish", seen=seen).status_code == 303
    assert len(rows(app, Request)) == 1
    replace_words(omar, "letter/p3", "unlock", "paint")
    publish(omar, "letter")
    assert len(rows(app, Request)) == 2

    assert agree(nour).status_code == 303

    assert "Nothing is waiting." in omar.read("requests").text
    assert "paint the library" in public(app, "/en/petition")


@on_sqlite
def test_a_passage_that_was_withheld_meanwhile_keeps_the_words_from_being_agreed_to(app, omar, nour, monkeypatch):
    replace_words(omar, "letter/p3", OLD, NEW)
    publish(omar, "letter")
    fields = fields_of(nour.read("words/letter/publish"))
    monkeypatch.setattr(redaction, "says_withheld", lambda *_: True)
    site = app.extensions["campaign"]
    monkeypatch.setitem(app.extensions, "campaign", replace(site, policy=replace(site.policy, has_redactions=True)))

    refused = nour.send("requests", request=fields["request"], seen=fields["seen"], deed="agree")

    assert (refused.status_code, "The words cannot be published as they are:" in refused.text) == (409, True)
    assert "quotes words that are not, or are no longer, in the testimony" in refused.text
    assert buttons(nour, "words/letter/publish") == ["decline"]
    assert NEW not in public(app, "/en/petition")


def test_a_draft_that_is_saved_while_somebody_agrees_is_not_deleted_unread(app, omar, nour):
    replace_words(omar, "letter/p3", OLD, NEW)
    publish(omar, "letter")
    fields, answers = fields_of(nour.read("words/letter/publish")) | {"deed": "agree"}, []
    database = app.extensions["campaign"].database
    agreeing = threading.Thread(target=lambda: answers.append(nour.send("requests", **fields).status_code))
    with database.writing() as session:  # as whoever saves a draft
        database.lock(session, PUBLISH_WORDS_LOCK)
        draft = session.get_one(Draft, (TextKind.LETTER.value, "en"))
        agreeing.start()
        agreeing.join(1)
        draft.words = draft.words.replace("unlock", "paint")
    agreeing.join()

    assert answers == [409]
    assert "paint" in next(one.words for one in rows(app, Draft) if one.name == "en")
    assert NEW not in public(app, "/en/petition")


@on_sqlite
def test_the_fingerprint_of_words_is_not_one_to_be_read_by_telephone(omar, nour):
    replace_words(omar, "letter/p3", OLD, NEW)
    publish(omar, "letter")

    assert "have someone read you the fingerprint" not in nour.read("requests").text


@on_sqlite
def test_where_the_rule_of_two_is_off_the_page_does_not_say_that_a_second_has_to_agree(app, omar):
    replace_words(omar, "letter/p3", OLD, NEW)
    assert "A second organizer has to agree." in omar.read("words/letter/publish").text
    with app.extensions["campaign"].database.writing() as session:
        ledger.begin_change(session)
        session.get_one(Desk, 1).four_eyes_off_at = now()

    page = omar.read("words/letter/publish").text

    assert ("econd organizer" in page, "Publish it" in page) == (False, True)
    assert publish(omar, "letter").headers["Location"].endswith("/words/letter")
    assert NEW in public(app, "/en/petition")


def redraft(app, code, change_it):
    """Puts another text of the letter in the place of a draft, as one that came in from files is."""
    with app.extensions["campaign"].database.writing() as session:
        draft = session.get_one(Draft, (TextKind.LETTER.value, code))
        draft.words = change_it(draft.words)


def swap(words):
    """The third paragraph after the fourth."""
    before, rest = words.split("<!-- p3", 1)
    third, fourth = rest.split("<!-- p4", 1)
    fourth, rest = fourth.split("<!-- p5", 1)
    return f"{before}<!-- p4{fourth}<!-- p3{third}<!-- p5{rest}"


@pytest.mark.parametrize(
    ("code", "change_it", "told"),
    [
        ("en", swap, "The order of the paragraphs changes."),
        ("ar", lambda words: words.replace("status: translated", "status: machine"), "machine"),
        ("ar", lambda words: words.replace("status: translated", "status: translated\ntranslation_note: Hers"), "Hers"),
        ("ar", lambda words: words.replace("translated_on: ", "translated_on: 2026-01-01 #"), "Readers see the same as before."),
    ],
)
@on_sqlite
def test_whatever_a_draft_changes_is_said_before_it_is_published(app, omar, code, change_it, told):
    replace_words(omar, "letter/p3", ARABIC_OLD if code == "ar" else OLD, "x", code)
    redraft(app, code, lambda words: change_it(words.replace("x", ARABIC_OLD if code == "ar" else OLD)))

    page = omar.read("words/letter/publish").text

    told = "آلية" if told == "machine" else told
    assert told in page
    assert "There is nothing to publish" not in page


@on_sqlite
def test_a_note_that_nobody_can_read_is_not_published(app, omar):
    replace_words(omar, "letter/p3", ARABIC_OLD, "x", "ar")
    redraft(app, "ar", lambda words: words.replace("status: translated", 'status: translated\ntranslation_note: "a\\u202Eb"'))

    assert "U+202E" in omar.read("words/letter/publish").text
    assert omar.send("words/letter/publish", seen="x").status_code == 422


@on_sqlite
def test_a_public_office_does_not_become_part_of_another_one(app, omar):
    change(omar, "addressee/council", words_en="The Council", words_ar="المجلس")
    with app.extensions["campaign"].database.writing() as session:
        draft = session.get_one(Draft, (TextKind.ADDRESSEE.value, "council"))
        draft.words += "within: mayor\n"

    page = omar.read("words/addressee/publish").text

    assert ("has already been published" in page, "Part of" in page, 'name="seen"' in page) == (True, True, False)
    assert omar.send("words/addressee/publish", seen="x").status_code == 422
