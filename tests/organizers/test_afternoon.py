"""Where somebody who had not seen the desk hesitated, and what helps there now (docs/desk-afternoon.md)."""

import re

import pyotp
import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.outbox.queue import OutboxMessage
from campaign.petition import published
from campaign.petition.models import NameReview, Signature
from tests.organizers.stored import store
from tests.organizers.test_forms import routes
from tests.organizers.test_own_account import shown_secret
from tests.organizers.test_words import change, publish
from tests.people import hidden_fields, parse, rows
from tests.servers import on_sqlite

pytestmark = on_sqlite
SUMMARIES = {"en": "Erase all of this …", "ar": "حذف كل هذا …"}


@pytest.mark.parametrize("language", SUMMARIES)
def test_to_erase_what_an_address_has_is_a_tap_away_from_looking_for_it(omar, layla, language):
    omar.language = language

    tree = parse(omar.send("address", email="layla@example.org").text)

    [fold] = tree.iter("details")
    assert fold.find("summary").text == SUMMARIES[language]
    assert [button.get("value") for button in fold.iter("button")] == ["erase"]


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        ("The newest has not been sent yet: it was requested on", {"sent_at": None}),
        ("The newest was sent on", {}),
        ("The newest was refused by a mail server on", {"sent_at": None, "failed_at": now(), "answer": "552 5.2.2"}),
        ("The mailbox is full.", {"sent_at": None, "failed_at": now(), "answer": "552 5.2.2"}),
        ("The newest could not be sent, and was given up on", {"sent_at": None, "failed_at": now()}),
    ],
)
def test_who_got_no_e_mail_is_told_what_became_of_it_and_where_it_is_requested_again(app, omar, sami, said, fate):
    with app.extensions["campaign"].database.writing() as session:
        session.execute(sa.update(OutboxMessage).values({"posted_at": now()} | fate))

    page = omar.send("address", email="sami@example.org").text

    assert said in page
    assert fate.get("answer", "") in page
    assert ("refused" in page, "None" in page) == ("answer" in fate, False)
    assert 'href="/en/link"' in page


def test_what_was_agreed_to_or_declined_is_named(omar, nour):
    for decision, said in (("agree", "Done: An export with names and addresses."), ("decline", "nothing was done: An export")):
        omar.send("exports", document="csv", why="for the archive", state="standing", separator="comma")
        number = re.search(r'name="request" value="(\d+)"', nour.read("requests").text)[1]
        nour.send("requests", request=number, deed=decision)
        assert said in nour.read("requests").text


def test_the_page_of_the_key_says_how_the_private_one_leaves_the_server(omar):
    page = omar.read("key").text
    assert "campaign keys eject --for NAME --out /dev/shm/NAME.key" in page  # as docs/organizers.md, "The private key"
    assert "Only then delete it on the server and restart the site." in page


def test_the_missing_contact_is_a_link_to_where_it_is_written(app, omar, hadi):
    site = app.extensions["campaign"]
    with site.database.writing() as session:
        session.add(published.new_row((published.TextKind.CONTACT, ""), "", now().date()))
    site.snapshots.refresh()

    assert omar.url("words/contact/contact") in omar.read("emergency").text
    said = hadi.read().text
    assert "has not said who is responsible" in said
    assert "words/contact" not in said, "a moderator changes no words"


def test_one_s_own_account_is_found_by_name_from_each_page_and_from_the_accounts(omar):
    assert ">Your account</a>" in omar.read("plan").text
    assert "Your account: passphrase, phone, sessions" in omar.read("accounts").text


def test_a_refused_name_is_found_from_the_review_and_comes_back(app, omar, layla):
    record = rows(app, Signature)[0].id.hex()
    omar.send(f"signatures/{record}")
    omar.send("review", words=record, deed="refuse", sure="y")
    link = re.search(r'href="/en/organize/(signatures\?state=refused)"', omar.read("review").text)[1]
    assert record in omar.read(link).text

    omar.send(f"signatures/{record}", deed="undo")

    assert [review.refused_on for review in rows(app, NameReview)] == [None]


def test_before_a_removal_it_says_that_it_can_be_undone_and_there_is_a_way_back(app, omar):
    store(app, "Layla")
    path = omar.send("signatures", ids=rows(app, Signature)[0].id.hex()).location.partition("/organize/")[2]

    page = omar.read(path).text

    assert "What was removed can be put back for 7 days." in page
    assert f'<a class="button quiet" href="{omar.url("signatures")}">Leave it as it is</a>' in page


@pytest.mark.parametrize("path", ["plan", "deliveries/new/planned", "deliveries/new/handed-over", "offices/{}"])
def test_days_are_chosen_in_the_field_that_a_browser_has_for_them(app, omar, path):
    page = omar.read(path.format(app.extensions["campaign"].words.addressees[0].key)).text

    assert 'type="date"' in page
    assert "For example 2026" not in page


def test_the_way_to_a_page_is_marked_on_the_pages_below_it_too(omar):
    assert 'href="/en/organize/words" aria-current="true"' in omar.read("words/letter/p5").text
    assert 'aria-current="page">Words' in omar.read("words").text
    assert omar.read("words").text.count("aria-current=") == 1


def test_each_page_of_the_desk_has_one_place_in_the_navigation(app, omar):
    own = ("/account", "/again", "/enter", "/set-up")  # they are about the person, and nothing in the navigation leads to them
    for _, path in routes(app, "GET"):
        page = omar.read(path)
        if page.mimetype == "text/html" and 'class="ways"' in page.text and not path.partition("/organize")[2].startswith(own):
            [nav] = [nav for nav in parse(page.text).iter("nav") if nav.get("class") == "ways"]
            assert len([link for link in nav.iter("a") if link.get("aria-current")]) == 1, path


def test_after_moving_to_a_new_phone_the_page_says_which_entry_counts(omar):
    page = omar.read("account/authenticator").text
    new, box = shown_secret(page), hidden_fields(page, "")["box"]

    assert "This is not the code of the new entry." in omar.send("account/authenticator", box=box, code=omar.code()).text
    omar.send("account/authenticator", box=box, code=pyotp.TOTP(new).now())

    assert "Delete the earlier entry from the app." in omar.read("account").text


def test_a_handover_says_of_each_field_what_is_missing_in_it(omar):
    page = omar.send("deliveries/new/handed-over").text

    assert all(f">{said}</a>" in page for said in ("Choose the office.", "Choose the day.", "Choose how it was handed over."))
    assert "<h1>Record a handover</h1>" in page


@pytest.mark.parametrize("is_public", [True, False])
@pytest.mark.parametrize("words", [{"words_en": "The human rights Council"}, {"words_ar": "مجلس حقوق الإنسان"}])
def test_an_office_is_not_named_twice(app, omar, words, is_public):
    both = {"words_en": "The Human Rights Council", "words_ar": "مجلس حقوق الإنسان"}
    change(omar, "addressee/new", **both)
    if is_public:
        publish(omar, "addressee")

    answer = change(omar, "addressee/new", **{"words_en": "Another", "words_ar": "أخرى"} | words)

    assert answer.status_code == 422
    assert "An office of this name is already on the list." in answer.text


@pytest.mark.parametrize(("language", "name"), [("en", "The Human Rights Council"), ("ar", "مجلس حقوق الإنسان")])
def test_every_published_version_says_of_which_office_it_is(omar, language, name):
    change(omar, "addressee/new", words_en="The Human Rights Council", words_ar="مجلس حقوق الإنسان")
    publish(omar, "addressee")

    found = parse(omar.read(f"/{language}/organize/words/addressee/earlier").text)

    assert next(found.iter("summary")).find("bdi").text == name


def test_before_an_office_is_public_it_says_that_it_stays_and_in_which_language_it_has_no_name(omar):
    stays = "never take it out again"
    assert stays in omar.read("words/addressee/new").text
    change(omar, "addressee/new", words_en="The Human Rights Council")

    page = omar.read("words/addressee/publish").text

    assert stays in page
    assert "so its pages show the name in \u2068English\u2069: \u2068العربية\u2069" in page
    publish(omar, "addressee")
    change(omar, "addressee/the-human-rights-council", words_ar="مجلس حقوق الإنسان")
    assert stays not in omar.read("words/addressee/publish").text
