"""The campaign's own words at the desk: drafts, a preview, publishing, and the way back."""

import re
from dataclasses import replace
from datetime import date

import pytest
import time_machine

from campaign.organizers.models import AuditEntry, Request
from campaign.petition import page_blocks
from campaign.petition.published import Draft, PublishedText, TextKind, new_row
from tests.people import parse, rows
from tests.servers import on_sqlite

OLD, NEW = "First, open the library.", "First, unlock the library."
ARABIC_OLD, ARABIC_NEW = "أولًا، افتحوا المكتبة.", "أولًا، افتحوا المكتبة قريبًا."


def fields_of(page):
    """What the form of a page holds: its hidden fields, and what is in its fields of text."""
    tree = parse(page.text)
    found = {area.get("name"): (area.text or "").removeprefix("\n") for area in tree.iter("textarea")}
    found |= {
        field.get("name"): field.get("value", "")
        for field in tree.iter("input")
        if field.get("type") in ("hidden", "text", "date")
    }
    return found


def change(organizer, part, **words):
    """Opens the form of a part, and sends it with other words."""
    path = f"words/{part}"
    fields = fields_of(organizer.read(path))
    return organizer.send(path.partition("?")[0], **fields | words)


def replace_words(organizer, part, old, new, language="en"):
    """Puts words in the place of others."""
    fields = fields_of(organizer.read(f"words/{part}"))
    assert old in fields[f"words_{language}"]
    return organizer.send(f"words/{part}", **fields | {f"words_{language}": fields[f"words_{language}"].replace(old, new)})


def publish(organizer, piece):
    """Opens the page of what changes, and presses its button."""
    page = organizer.read(f"words/{piece}/publish")
    return organizer.send(f"words/{piece}/publish", seen=fields_of(page)["seen"])


def agree(organizer, piece="letter", deed="agree"):
    """Opens the page of the words that wait, and presses the button of whoever is second."""
    fields = fields_of(organizer.read(f"words/{piece}/publish"))
    return organizer.send("requests", request=fields["request"], seen=fields["seen"], deed=deed)


def keys(organizer, piece):
    """The keys of the parts of a piece, in their order."""
    return [
        one.get("id").removeprefix("part-") for one in parse(organizer.read(f"words/{piece}").text).iter("li") if one.get("id")
    ]


def public(app, path):
    """A public page, as a reader gets it now."""
    app.extensions["campaign"].snapshots.refresh()
    return app.test_client().get(path).text


def acts(app):
    return [line.act for line in rows(app, AuditEntry) if line.act in ("asked", "agreed", "words published")]


def test_a_word_of_the_letter_is_public_when_a_second_organizer_agrees(app, omar, nour):
    before = app.test_client().get("/api/v1/petition.json").json["text_sha256"]
    assert replace_words(omar, "letter/p3", OLD, NEW).headers["Location"].endswith("/words/letter")
    assert NEW not in public(app, "/en/petition")
    page = omar.read("words/letter").text
    assert (NEW in page, "The draft has been saved. It is not public yet." in page) == (True, True)

    assert publish(omar, "letter").headers["Location"].endswith("/requests")
    assert (NEW in public(app, "/en/petition"), acts(app)) == (False, ["asked"])
    assert omar.send("requests", request="1", deed="agree").status_code == 409
    assert "<ins>" in nour.read("words/letter/publish").text
    assert agree(nour).status_code == 303

    assert NEW in public(app, "/en/petition")
    after = app.test_client().get("/api/v1/petition.json").json
    assert (after["text_sha256"]["en"] != before["en"], after["text_sha256"]["ar"]) == (True, before["ar"])
    assert acts(app) == ["asked", "agreed", "words published", "words published"], "the Arabic is marked as behind by it"
    assert rows(app, Draft) == []


def test_what_was_changed_after_it_was_asked_for_is_not_agreed_to(app, omar, nour):
    replace_words(omar, "letter/p3", OLD, NEW)
    publish(omar, "letter")
    seen = fields_of(nour.read("words/letter/publish"))["seen"]
    replace_words(omar, "letter/p3", "unlock", "close")

    assert nour.send("requests", request="1", deed="agree", seen=seen).status_code == 409

    assert "close the library" not in public(app, "/en/petition")
    assert len(rows(app, Draft)) == 1


def test_the_other_language_is_stale_until_it_is_translated_or_said_to_be_right(app, omar, nour):
    replace_words(omar, "letter/p3", OLD, NEW)
    assert "behind its source" in omar.read("words").text
    replace_words(omar, "letter/p3", ARABIC_OLD, ARABIC_NEW, "ar")
    assert "behind its source" not in omar.read("words").text
    replace_words(omar, "letter/p4", "Second, mend", "Second: mend")
    assert change(omar, "letter/p4", still_ar="y").status_code == 303
    assert "behind its source" not in omar.read("words").text

    publish(omar, "letter")
    agree(nour)

    page = public(app, "/ar/petition")
    assert ARABIC_NEW in page
    assert "تغيّر" not in page.partition('class="body"')[2].partition("</footer>")[0]
    assert "behind its source" not in omar.read("words").text


def test_paragraphs_are_added_and_taken_out_in_every_language(app, omar, nour):
    answer = change(omar, "letter/new?after=p3", words_en="Added words.", words_ar="كلمات مضافة.")
    assert answer.status_code == 303
    assert change(omar, "letter/p6", words_en="", words_ar="").status_code == 303

    publish(omar, "letter")
    agree(nour)

    for path, added, before, gone in (
        ("/en/petition", "Added words.", "open the library", "Fourth, do not"),
        ("/ar/petition", "كلمات مضافة.", "افتحوا المكتبة", "رابعًا"),
    ):
        body = public(app, path).partition('class="body"')[2]
        assert body.index(before) < body.index(added) < body.index("<footer")
        assert gone not in body


def test_a_paragraph_moves_up_and_down_in_every_language_and_keeps_its_name_and_its_translation(app, omar, nour):
    before = keys(omar, "letter")
    assert before[-2:] == ["p5", "p6"]
    page = omar.send("words/letter", deed="up", part="p6")
    assert page.location == omar.url("words/letter#part-p6")
    assert keys(omar, "letter") == [*before[:-2], "p6", "p5"]
    omar.send("words/letter", deed="down", part="p6")
    assert "There is a draft" not in omar.read("words/letter").text
    omar.send("words/letter", deed="down", part="p6")  # it is the last
    assert keys(omar, "letter") == before

    omar.send("words/letter", deed="up", part="p6")
    assert omar.read("words/letter/publish").text.count("The order of the paragraphs changes.") == 2
    beginnings = re.findall(r"<li>(\w+), ", omar.read("words/letter/publish").text)
    assert beginnings == ["First", "Second", "Fourth", "Third"]
    publish(omar, "letter")
    agree(nour)

    assert "behind its source" not in omar.read("words/letter").text
    for path, last, now_before in (("/en/petition", "Third, ", "Fourth, "), ("/ar/petition", "ثالثًا، ", "رابعًا، ")):
        shown = public(app, path)
        assert shown.index(now_before) < shown.index(last)


@on_sqlite
def test_only_paragraphs_of_a_letter_move_and_the_first_does_not_move_up(app, omar):
    tree = parse(omar.read("words/letter").text)
    moves = {one.get("id"): [button.get("value") for button in one.iter("button")] for one in tree.iter("li") if one.get("id")}

    assert (moves["part-title"], moves["part-p1"], moves["part-p2"], moves["part-p6"]) == ([], ["down"], ["up", "down"], ["up"])
    for piece, part in (("letter", "title"), ("letter", "p99"), ("letter", ""), ("about", "p1")):
        assert omar.send(f"words/{piece}", deed="up", part=part).status_code == 400
    assert rows(app, Draft) == []


def test_what_is_not_signed_is_published_by_one_and_has_its_line(app, omar):
    change(omar, "title/title", words_en="Another name", words_ar="اسم آخر")
    assert change(omar, "contact/contact", words_all="Nour, nour@example.org").status_code == 303
    assert change(omar, "goal/goal", words_all="٥٠٠٠").status_code == 303
    change(omar, "letter/call", words_en="We ask for this.", words_ar="هذا ما نطلبه.")

    for piece in ("title", "contact", "goal", "letter"):
        assert publish(omar, piece).headers["Location"].endswith(f"/words/{piece}"), piece

    assert "Another name" in public(app, "/en/")
    assert "هذا ما نطلبه." in public(app, "/ar/")
    assert "nour@example.org" in public(app, "/ar/privacy")
    assert app.test_client().get("/api/v1/petition.json").json["goal"] == 5000
    assert rows(app, Request) == []
    assert len(acts(app)) == 6


def test_an_office_is_added_with_its_day_and_none_is_taken_back(app, omar):
    assert change(omar, "addressee/new", words_en="The Human Rights Council", words_ar="مجلس حقوق الإنسان").status_code == 303
    assert change(omar, "addressee/council", words_en="", words_ar="").status_code == 422
    with time_machine.travel("2027-05-03 12:00Z"):
        omar.enter(), omar.prove()
        assert publish(omar, "addressee").status_code == 303
        page = public(app, "/en/petition")

    assert "added on 3 May 2027" in page.partition("The Human Rights Council")[2][:200]
    assert "مجلس حقوق الإنسان" in public(app, "/ar/petition")


def deliver_before(app, *names):
    """Has entries in the list from before there were timelines."""
    value = [{"day": date(2026, 11, 20), "names": {"en": name, "ar": f"{name} بالعربية"}} for name in names]
    with app.extensions["campaign"].database.writing() as session:
        session.add(new_row((TextKind.DELIVERIES, ""), value, date(2026, 11, 20), set_by="1"))
    app.extensions["campaign"].snapshots.refresh()


def test_a_delivery_of_the_older_list_is_shown_and_corrected_in_every_language_or_not_at_all(app, omar):
    deliver_before(app, "By post")
    assert "words/deliveries" in omar.read("deliveries").text
    change(omar, f"deliveries/{keys(omar, 'deliveries')[0]}", words_en="Handed over by post.", words_ar="")
    assert publish_is_refused(omar, "deliveries")
    change(omar, f"deliveries/{keys(omar, 'deliveries')[0]}", words_ar="سُلّمت بالبريد.")
    assert publish(omar, "deliveries").status_code == 303

    assert "20 November 2026: Handed over by post." in public(app, "/en/petition")
    assert "سُلّمت بالبريد." in public(app, "/ar/petition")
    change(omar, f"deliveries/{keys(omar, 'deliveries')[0]}", day="2036-01-01")
    assert publish_is_refused(omar, "deliveries")


def test_the_older_list_takes_nothing_new_and_is_not_offered_where_it_is_empty(app, omar):
    assert "What has been delivered" not in omar.read("words").text
    assert omar.read("words/deliveries").location == omar.url("deliveries")

    deliver_before(app, "By post")

    assert "What has been delivered" in omar.read("words").text
    assert "deliveries/new" not in omar.read("words/deliveries").text
    assert omar.read("words/deliveries/new").location == omar.url("deliveries")


def publish_is_refused(organizer, piece):
    page = organizer.read(f"words/{piece}/publish")
    refused = organizer.send(f"words/{piece}/publish", seen="x")
    return 'name="seen"' not in page.text and refused.status_code == 422


def test_an_older_tab_is_told_and_loses_nothing(app, omar, nour):
    mine, theirs = (fields_of(one.read("words/letter/p3")) for one in (omar, nour))
    nour.send("words/letter/p3", **theirs | {"words_en": "Hers."})

    told = omar.send("words/letter/p3", **mine | {"words_en": "His."})

    assert told.status_code == 409
    assert fields_of(told)["words_en"] == "His."
    assert "Hers." in told.text
    assert omar.send("words/letter/p3", **fields_of(told)).status_code == 303
    assert "His." in omar.read("words/letter").text


@pytest.mark.parametrize("language", ["en", "ar"])
def test_bad_markdown_and_unseen_characters_are_named_and_what_was_typed_stays(app, omar, language):
    omar.language = language
    for words, named in (
        ("Do <b>this</b>", "<b>"),
        ("**now", "**"),
        ("a\u202eb", "U+202E"),
        ("![x](https://example.org/x.png)", "صور" if language == "ar" else "Pictures"),
        ("[x](http://example.org)", "http://example.org"),
        ("# Title", "##"),
    ):
        answer = change(omar, "letter/p3", words_en=words)
        assert answer.status_code == 422, words
        [error] = [one for one in parse(answer.text).iter("p") if one.get("class") == "error"]
        assert named in "".join(error.itertext()), words
        assert fields_of(answer)["words_en"] == words
    assert rows(app, Draft) == []


@on_sqlite
def test_the_preview_shows_the_page_and_nothing_in_it_works(app, omar):
    replace_words(omar, "letter/p3", ARABIC_OLD, ARABIC_NEW, "ar")
    change(omar, "contact/contact", words_all="Nour, nour@example.org")
    omar.language = "ar"
    for piece, words in (("letter", ARABIC_NEW), ("contact", "nour@example.org"), ("other-letter", "")):
        page = omar.read(f"words/{piece}/preview")
        tree = parse(page.text)
        assert words in page.text
        [shown] = tree.iter("main")
        assert [one for one in shown.iter("a") if one.get("href")] == []
        assert list(tree.iter("form")) == []
        assert page.headers["X-Robots-Tag"] == "noindex"
    assert ARABIC_NEW not in public(app, "/ar/petition")


def test_earlier_words_become_the_draft_and_are_published_anew(app, omar, nour):
    first = next(row for row in rows(app, PublishedText) if (row.kind, row.name) == ("letter", "en"))
    replace_words(omar, "letter/p3", OLD, NEW)
    publish(omar, "letter")
    agree(nour)
    assert NEW in public(app, "/en/petition")

    assert OLD in omar.read("words/letter/earlier").text
    assert omar.send("words/letter", deed="again", row=str(first.id)).status_code == 303
    publish(omar, "letter")
    assert agree(nour).status_code == 303

    assert OLD in public(app, "/en/petition")
    kept = [row for row in rows(app, PublishedText) if (row.kind, row.name) == ("letter", "en")]
    assert [row.sha256 == first.sha256 for row in sorted(kept, key=lambda row: row.id)] == [True, False, True]
    assert "behind" not in omar.read("words").text, "the Arabic was made from these words"


def test_a_page_has_paragraphs_of_the_campaign_and_the_program_s_in_all_other_places(app, omar):
    assert change(omar, "privacy/p8", words_en="We use it for *one* thing.", words_ar="نستعملها لأمر واحد.").status_code == 303
    assert change(omar, "privacy/new", words_en="Ask us anything.", words_ar="").status_code == 303
    assert change(omar, "about/p2", words_en="", words_ar="").status_code == 303
    assert "promises to everyone who has signed" in omar.read("words/privacy/publish").text
    for piece in ("privacy", "about"):
        assert publish(omar, piece).headers["Location"].endswith(f"/words/{piece}")

    english, arabic = public(app, "/en/privacy"), public(app, "/ar/privacy")
    assert "We use it for <em>one</em> thing." in english
    assert "نستعملها لأمر واحد." in arabic
    assert "This page is made up for the tests" in english, "the program's own, which an update still changes"
    assert english.count("Ask us anything.") == arabic.count("Ask us anything.") == 1, "in the source's words, and marked so"
    assert "Two voices speak on this made-up site" not in public(app, "/en/about")
    assert "missing" in omar.read("words").text
    program = page_blocks.page_files(TextKind.PRIVACY)["en"].pieces()["p8"].words
    assert change(omar, "privacy/p8", words_en=program).status_code == 303
    assert "to write to you about your signature" in omar.read("words/privacy/publish").text, "it is the program's again"


def test_the_desk_says_where_the_program_has_other_words_since(app, omar):
    change(omar, "about/p2", words_en="Ours.", words_ar="لنا.")
    publish(omar, "about")
    assert "the program’s own words have changed" not in omar.read("words/about").text
    kept = page_blocks.page_files(TextKind.ABOUT)
    blocks = [replace(one, words="Theirs.") if one.id == "p2" else one for one in kept["en"].blocks]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_blocks, "page_files", lambda _: kept | {"en": replace(kept["en"], blocks=tuple(blocks))})
        assert "the program’s own words have changed" in omar.read("words/about").text


@on_sqlite
def test_a_draft_can_be_thrown_away_and_moderators_see_none_of_it(app, omar, hadi):
    replace_words(omar, "letter/p3", OLD, NEW)
    assert omar.send("words/letter", deed="drop").status_code == 303
    assert rows(app, Draft) == []
    for path in ("words", "words/letter", "words/letter/p3", "words/letter/preview", "words/letter/publish"):
        assert hadi.read(path).status_code == 403
    for path in ("words/testimony", "words/letter/p99", "words/contact/new"):
        assert omar.read(path).status_code == 404
