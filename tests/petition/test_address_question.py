"""An address with a slip of the finger in it: asked about once, before anything is stored or sent, with everything kept."""

import pytest

from tests.people import hidden_fields, link_in, parse
from tests.petition.strangers import NOTHING, Page, Stranger, path_of, stored

SLIPS = {
    "layla@gmial.com": "layla@gmail.com",
    "layla@hotmai.com": "layla@hotmail.com",
    "layla@yaho.com": "layla@yahoo.com",
    "layla@outlook.co": "layla@outlook.com",
}
NO_ADDRESSES = {
    "nour@gmail,com": "nour@gmail.com",
    "nour@gmail،com": "nour@gmail.com",
    "nour@example;org": "nour@example.org",
    "nour@gmailcom": "nour@gmail.com",
    "nour@gmail": "nour@gmail.com",
    "Nour@hotmail": "Nour@hotmail.com",
}
PLAIN = [
    "layla@gmail.com",
    "layla@proton.me",
    "layla@example.org",
    "layla@mail.com",
    "layla@gmx.com",
    "layla@aleppo.sy",
    "a@gmail.com,",
]
TYPED = {"name": "Layla  O'Neil", "shown_as": " Layla", "country": "SY"}


@pytest.fixture
def stranger(somebody):
    """Somebody who types in a hurry, once in each language."""
    return Stranger(somebody.client, somebody.language)


def buttons(answer):
    """The addresses on the buttons that answer the question."""
    return [one.get("value") for one in parse(answer.text).iter("button") if one.get("name") == "answer"]


def again(stranger, asked, **typed):
    """Send the form from the page that came back."""
    return stranger.send(stranger.fill(hidden_fields(asked.text, "/sign") | TYPED | typed))


def recipients(post_office, mailbox):
    """Where the e-mails went."""
    post_office.deliver()
    return mailbox.recipients


@pytest.mark.parametrize(("typed", "meant"), [*SLIPS.items(), *NO_ADDRESSES.items()])
def test_a_slip_is_asked_about_before_anything_is_stored(app, stranger, post_office, mailbox, typed, meant):
    for is_short in (False, True):
        rest = {"name": TYPED["name"]} if is_short else TYPED
        asked = stranger.send(stranger.fill({**rest, "email": typed}, is_short=is_short))

        page = Page(asked, stranger.language)
        assert asked.status_code == 422
        assert meant in page.complaints[0][1]
        assert buttons(asked) == ([meant, typed] if typed in SLIPS else [meant])
        assert {name: page.value(name) for name in rest} == rest
        assert page.value("email") == typed
        assert page.value("consent") == stranger.blank()["consent"]
        assert stored(app) == NOTHING

    assert path_of(again(stranger, asked, email=typed, answer=meant)).endswith("/sign/sent")
    assert recipients(post_office, mailbox) == [[meant]]


@pytest.mark.parametrize("typed", SLIPS)
def test_what_was_typed_is_taken_when_its_owner_keeps_it(stranger, post_office, mailbox, typed):
    asked = stranger.send(stranger.fill({"email": typed}))

    assert again(stranger, asked, email=typed, answer=typed).status_code == 303
    assert recipients(post_office, mailbox) == [[typed]]


def test_the_same_address_sent_again_without_a_button_is_not_asked_about_twice(stranger):
    asked = stranger.send(stranger.fill({"email": "layla@gmial.com"}))

    assert again(stranger, asked, email="layla@gmial.com").status_code == 303


def test_an_address_that_was_mended_by_hand_counts_more_than_the_button(stranger, post_office, mailbox):
    asked = stranger.send(stranger.fill({"email": "layla@gmial.com"}))

    assert again(stranger, asked, email="layla@example.org", answer="layla@gmail.com").status_code == 303
    assert recipients(post_office, mailbox) == [["layla@example.org"]]


def test_no_address_is_refused_when_its_owner_keeps_it(app, stranger):
    asked = stranger.send(stranger.fill({"email": "nour@gmail,com"}))

    kept = again(stranger, asked, email="nour@gmail,com")

    assert kept.status_code == 422
    assert buttons(kept) == []
    assert stored(app) == NOTHING


def test_an_answer_is_kept_while_something_else_is_wrong(stranger, post_office, mailbox):
    asked = stranger.send(stranger.fill({"email": "layla@gmial.com"}))
    wrong = again(stranger, asked, email="layla@gmial.com", answer="layla@gmail.com", consent="")

    page = Page(wrong, stranger.language)
    assert [field for field, _ in page.complaints] == ["consent"]
    assert page.value("email") == "layla@gmail.com"
    assert again(stranger, wrong, email="layla@gmail.com").status_code == 303
    assert recipients(post_office, mailbox) == [["layla@gmail.com"]]


def test_an_address_without_a_slip_is_not_asked_about(stranger):
    for typed in PLAIN:
        assert stranger.send(stranger.fill({"email": typed})).status_code == 303, typed


def test_a_link_of_a_mended_address_confirms(stranger, post_office):
    asked = stranger.send(stranger.fill({"email": "nour@gmail,com"}))
    again(stranger, asked, email="nour@gmail,com", answer="nour@gmail.com")

    assert stranger.press(link_in(post_office.deliver()[-1])).status_code == 303
