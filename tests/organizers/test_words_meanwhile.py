"""Two who change the same words: what one has taken out or changed is told to the other, and nothing that was typed is lost."""

from campaign.database import now
from campaign.petition import drafts
from campaign.petition.published import PublishedText, TextKind, new_row
from tests.organizers.test_words import OLD, change, deliver_before, fields_of, keys
from tests.people import parse, rows
from tests.servers import on_sqlite

TAKEN_OUT = "Someone has removed or changed this since you opened it."


def again(organizer, page):
    """Sends the form of a page as it is."""
    form = next(one for one in parse(page.text).iter("form") if one.get("class") == "wide")
    return organizer.send(form.get("action"), **fields_of(page))


@on_sqlite
def test_a_paragraph_that_a_colleague_took_out_is_kept_as_typed_and_can_be_added_anew_in_its_place(omar, nour):
    mine = fields_of(omar.read("words/letter/p4")) | {"words_en": "His words.", "words_ar": "كلماته."}
    assert change(nour, "letter/p4", words_en="", words_ar="").status_code == 303

    told = omar.send("words/letter/p4", **mine)

    assert (told.status_code, TAKEN_OUT in told.text, fields_of(told)["words_en"]) == (409, True, "His words.")
    assert "His words." not in omar.read("words/letter").text
    assert again(omar, told).status_code == 303
    page = omar.read("words/letter").text
    assert page.index(OLD) < page.index("His words.") < page.index("Third, ")
    assert omar.read("words/letter/p4").status_code == 404
    assert omar.send("words/contact/new", **mine).status_code == 404


@on_sqlite
def test_saving_after_somebody_else_never_overwrites_another_delivery(app, omar, nour):
    deliver_before(app, "First", "Second")
    first = keys(omar, "deliveries")[0]
    mine = fields_of(omar.read(f"words/deliveries/{first}")) | {"words_en": "First, corrected"}
    change(nour, f"deliveries/{first}", day="", words_en="", words_ar="")

    told = omar.send(f"words/deliveries/{first}", **mine)

    assert (told.status_code, TAKEN_OUT in told.text, fields_of(told)["day"]) == (409, True, "2026-11-20")
    assert again(omar, told).status_code == 303
    page = omar.read("words/deliveries").text
    assert ("Second" in page, "First, corrected" in page, page.count("<li id=")) == (True, True, 2)
    assert "2026-11-20 (2), en" in omar.read("words/deliveries/publish").text


@on_sqlite
def test_a_delivery_that_is_sent_twice_is_saved_once_and_two_of_the_same_are_one(app, omar):
    deliver_before(app, "First", "Second")
    first, second = keys(omar, "deliveries")
    mine = fields_of(omar.read(f"words/deliveries/{first}")) | {"words_en": "First, corrected"}

    assert [omar.send(f"words/deliveries/{first}", **mine).status_code for _ in range(2)] == [303, 303]
    assert omar.read("words/deliveries").text.count("<li id=") == 2

    change(omar, f"deliveries/{second}", words_en="First, corrected", words_ar="First بالعربية")
    assert len(keys(omar, "deliveries")) == 1


@on_sqlite
def test_words_of_a_language_that_is_gone_are_shown_and_not_published_again(app, omar):
    database = app.extensions["campaign"].database
    with database.writing() as session:
        session.add(new_row((TextKind.TITLE, "fr"), "Un appel", now().date()))
        session.add(new_row((TextKind.TITLE, "fr"), "Un autre appel", now().date()))
    number = next(row.id for row in rows(app, PublishedText) if row.name == "fr")

    assert "Un appel" in omar.read("words/title/earlier").text
    assert f'value="{number}"' not in omar.read("words/title/earlier").text
    assert omar.send("words/title", deed="again", row=str(number)).status_code == 400


@on_sqlite
def test_a_letter_in_a_language_that_is_gone_is_not_made_the_draft(app, omar):
    database = app.extensions["campaign"].database
    letter = next(row for row in rows(app, PublishedText) if (row.kind, row.name) == ("letter", "ar"))
    with database.writing() as session:
        session.add(PublishedText(kind="letter", name="fr", day=now().date(), words=letter.words, sha256=letter.sha256))
    number = next(row.id for row in rows(app, PublishedText) if row.name == "fr")

    with database.writing() as session:
        assert drafts.take_back(session, drafts.read_drafted(session), number, by="1", today=now().date()) is None
    assert omar.read("words/letter/earlier").status_code == 200
    assert omar.send("words/letter", deed="again", row=str(number)).status_code == 400
