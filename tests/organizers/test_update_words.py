"""News at the desk: written in every language, previewed, published together or marked as missing in one, and taken down."""

from campaign.organizers.models import AuditEntry
from campaign.petition.published import Draft, PublishedText
from tests.content.withdrawing import withdraw
from tests.organizers.test_words import change, fields_of, keys, public, publish
from tests.people import announce, parse, rows
from tests.servers import on_sqlite

pytestmark = on_sqlite
ENGLISH, ARABIC = "A sample of news\n\nIt says **nothing**.", "خبر تجريبي\n\nلا يقول شيئًا."
SLUG = "a-sample-of-news"


def write(organizer, part="new", **words):
    """Sends the form of an update."""
    return change(organizer, f"update/{part}", **words)


def test_an_update_in_both_languages_is_published_together_with_an_address_from_its_first_line(app, omar):
    assert write(omar, words_en=ENGLISH, words_ar=ARABIC).status_code == 303
    assert keys(omar, "update") == [SLUG]
    assert public(app, "/en/updates").count("A sample of news") == 0

    assert publish(omar, "update").headers["Location"].endswith("/words/update")

    assert "A sample of news" in public(app, f"/en/updates/{SLUG}")
    assert "<strong>nothing</strong>" in public(app, f"/en/updates/{SLUG}")
    assert "خبر تجريبي" in public(app, f"/ar/updates/{SLUG}")
    assert rows(app, Draft) == []
    assert [line.facts["piece"] for line in rows(app, AuditEntry) if line.act == "words published"] == ["update"]


def test_the_forms_of_something_new_say_what_it_is(omar):
    assert "<h1>Add an update</h1>" in omar.read("words/update/new").text
    assert "<h1>Add an office</h1>" in omar.read("words/addressee/new").text
    assert "<h1>Add a paragraph</h1>" in omar.read("words/letter/new").text


def test_the_address_of_an_update_ends_with_a_whole_word(app, omar):
    write(omar, words_en="Handed over: The Secretary-General of the United Nations\n\nA sample.")

    assert keys(omar, "update") == ["handed-over-the-secretary-general-of-the-united"]


def test_the_preview_shows_the_whole_update_in_each_language_and_nobody_else_sees_it(app, omar):
    write(omar, words_en=ENGLISH, words_ar=ARABIC)

    assert "<strong>nothing</strong>" in omar.read("words/update/preview").text
    assert "لا يقول شيئًا" in omar.read("/ar/organize/words/update/preview").text
    assert app.test_client().get(f"/en/updates/{SLUG}").status_code == 404


def test_one_language_alone_can_be_published_and_whoever_publishes_is_told_what_is_missing(app, omar):
    assert write(omar, words_ar=ARABIC).status_code == 303
    assert "its page says so: English" in omar.read("words/update/publish").text

    assert publish(omar, "update").status_code == 303

    page = public(app, "/en/updates/update")
    assert "This update is not available in this language yet" in page
    assert '<h1 lang="ar" dir="rtl">خبر تجريبي</h1>' in page
    assert "missing" in omar.read("words/update").text


def test_a_language_that_was_missing_is_added_and_the_day_of_the_change_is_said(app, omar):
    write(omar, words_ar=ARABIC)
    publish(omar, "update")
    write(omar, "update", words_en=ENGLISH)
    publish(omar, "update")

    assert "This update is not available in this language yet" not in public(app, "/en/updates/update")
    assert len([row for row in rows(app, PublishedText) if row.kind == "update"]) == 2


def test_two_updates_with_the_same_first_line_have_addresses_of_their_own(app, omar):
    write(omar, words_en=ENGLISH)
    publish(omar, "update")
    write(omar, words_en="A sample of news\n\nOther words.")
    publish(omar, "update")

    assert keys(omar, "update") == [f"{SLUG}-2", SLUG]
    assert "Other words." in public(app, f"/en/updates/{SLUG}-2")


def test_an_update_with_nothing_in_it_or_a_first_line_that_is_no_headline_is_refused(app, omar):
    for words in ("", "## A heading\n\nWords.", "**Loud**", "x" * 101, "A [link](/en/)", "News\n\n# Big", "News\n\n<b>x</b>"):
        answer = write(omar, words_en=words)
        assert answer.status_code == 422, words
        assert parse(answer.text) is not None
    assert rows(app, Draft) == []


def test_an_update_without_words_is_taken_down_and_can_be_put_back(app, omar):
    write(omar, words_en=ENGLISH)
    publish(omar, "update")
    assert "ask the person who sends the news to stop and to delete every list" in omar.read(f"words/update/{SLUG}").text
    write(omar, SLUG, words_en="", words_ar="")
    publish(omar, "update")
    assert "There are no updates yet." in public(app, "/en/updates")
    assert app.test_client().get(f"/en/updates/{SLUG}").status_code == 404
    assert keys(omar, "update") == []

    first = next(row.id for row in rows(app, PublishedText) if row.kind == "update")
    assert omar.send("words/update", deed="again", row=str(first)).status_code == 303
    publish(omar, "update")

    assert "A sample of news" in public(app, f"/en/updates/{SLUG}")


def test_a_draft_that_was_never_public_is_gone_once_nothing_is_in_it(app, omar):
    write(omar, words_en=ENGLISH)
    write(omar, SLUG, words_en="")

    assert rows(app, Draft) == []
    assert keys(omar, "update") == []


def test_after_the_testimony_was_withdrawn_an_update_is_shown_again_once_it_was_looked_at_and_published(
    app, omar, monkeypatch, settings
):
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    announce(app, SLUG)
    withdraw(app)
    assert app.test_client().get(f"/en/updates/{SLUG}").status_code == 410

    assert write(omar, SLUG).status_code == 303
    publish(omar, "update")

    assert "A sample of news" in public(app, f"/en/updates/{SLUG}")


def test_somebody_elses_newer_words_are_not_overwritten(omar, nour):
    write(omar, words_en=ENGLISH)
    before = fields_of(nour.read(f"words/update/{SLUG}"))
    write(omar, SLUG, words_en=f"{ENGLISH} More.")

    assert nour.send(f"words/update/{SLUG}", **before | {"words_en": "Other news"}).status_code == 409


def test_the_pages_of_the_desk_show_an_update_by_its_headline_in_the_language_that_there_is(app, omar):
    announce(app, SLUG, {"ar": ARABIC})

    page = parse(omar.read("words/update").text)

    assert [one for one in page.iter("h2") if "".join(one.itertext()) == "خبر تجريبي"]
    assert "The first line is the headline" in omar.read(f"words/update/{SLUG}").text
    assert "خبر تجريبي" in omar.read("words/update/earlier").text
