"""Yours: the signer's own page, where everything but the name and the address can be changed."""

from urllib.parse import unquote

import pytest

from campaign.petition.models import Signature, Tally
from tests.people import parse, rows
from tests.servers import on_sqlite


def test_the_page_shows_what_is_held_and_neither_the_name_nor_the_address(visitor, reader, layla):
    page = visitor.read(layla).text
    arabic = reader.read(layla.replace("/en/", "/ar/")).text

    for words in ("Layla", "Syria", "English"):
        assert words in page
    for secret in ("Haddad", "layla@example.org", "example.org"):
        assert secret not in page + arabic
    assert "سوريا" in arabic


def test_no_choice_of_a_signer_is_louder_than_the_other_choices(visitor, layla):
    buttons = [one.get("class") for one in parse(visitor.read(layla).text).iter("button") if one.get("name") == "act"]

    assert len(buttons) == 5  # show, hide, language, news, withdraw
    assert set(buttons) == {"button quiet"}


def test_what_a_signer_changes_is_changed_and_nothing_else(app, visitor, layla):
    def held():
        signature = rows(app, Signature)[0]
        return {name: getattr(signature, name) for name in ("shown_as", "language", "news")}

    untouched = rows(app, Signature)[0]
    for fields, change in (
        ({"act": "show", "shown_as": "  L.   from Aleppo "}, {"shown_as": "L. from Aleppo"}),
        ({"act": "language", "language": "ar"}, {"language": "ar"}),
        ({"act": "news", "news": "y"}, {"news": True}),
        ({"act": "hide"}, {"shown_as": None}),
        ({"act": "news"}, {"news": False}),
        ({"act": "show", "shown_as": ""}, {"shown_as": None}),
        ({"act": "language", "language": "xx"}, {"language": "en"}),
    ):
        before = held()
        for _ in range(2):  # pressing twice is pressing once
            answer = visitor.press(layla, **fields)
            assert (answer.status_code, answer.location) == (303, f"{layla}?changed={fields['act']}")
        assert held() == before | change

    now = rows(app, Signature)[0]
    for name in ("id", "tag", "token_hash", "sealed", "country", "text_sha256", "confirmed_on"):
        assert getattr(now, name) == getattr(untouched, name)


@on_sqlite
def test_the_page_says_what_was_done_and_thanks_whoever_just_confirmed(visitor, reader, layla):
    assert "<h1>Thank you. Your signature has been added.</h1>" in visitor.read(f"{layla}?changed=confirm").text
    assert "The change has been saved." in visitor.read(f"{layla}?changed=hide").text
    assert "The change has been saved." not in visitor.read(layla).text
    assert "شكرًا" in reader.read(layla.replace("/en/", "/ar/") + "?changed=confirm").text


@on_sqlite
def test_words_that_cannot_be_shown_are_refused_and_kept_in_the_field(app, visitor, layla):
    answer = visitor.press(layla, act="show", shown_as="www.example.com")

    page = parse(answer.text)
    assert answer.status_code == 422
    assert "".join(page.find("head/title").itertext()).startswith("Error: ")
    assert 'value="www.example.com"' in answer.text
    assert answer.text.count("The name cannot contain a link.") == 2
    assert rows(app, Signature)[0].shown_as == "Layla"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@on_sqlite
def test_a_button_that_is_not_on_the_page_does_nothing(app, visitor, layla, sami):
    assert visitor.press(layla, act="delete everything").status_code == 400
    assert visitor.press(sami, act="show", shown_as="before it is confirmed").status_code == 200

    assert [signature.shown_as for signature in rows(app, Signature)] == ["Layla"]


@on_sqlite
def test_the_buttons_on_the_page_do_what_they_say(app, visitor, layla):
    """Each form is sent as a browser sends it."""
    forms = list(parse(visitor.read(layla).text).iter("form"))
    pressed = []
    for form in forms:
        assert (form.get("method"), form.get("action")) == ("post", None)
        fields = {field.get("name"): field.get("value", "") for field in form.iter("input")}
        for choice in form.iter("select"):
            fields[choice.get("name")] = next(
                one.get("value") for one in choice.iter("option") if one.get("selected") is not None
            )
        for button in form.iter("button"):
            answer = visitor.client.post(layla, data=fields | {button.get("name"): button.get("value")})
            assert answer.status_code == 303
            pressed.append(button.get("value"))

    assert pressed == ["show", "hide", "language", "news", "withdraw"]
    assert rows(app, Signature) == []
    assert [tally.number for tally in rows(app, Tally)] == [1]


@on_sqlite
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_is_passed_on_is_the_first_page_in_the_readers_language_and_nothing_of_the_signer(app, visitor, layla, language):
    link = layla.replace("/en/", f"/{language}/")

    page = parse(visitor.read(link).text)

    links = [a for ul in page.iter("ul") if ul.get("class") == "share" for a in ul.iter("a")]
    hosts = [a.get("href").split("/")[2] for a in links if "://" in a.get("href")]
    assert hosts[:3] == ["wa.me", "www.facebook.com", "t.me"]
    assert links[-1].get("href").startswith("mailto:?subject=")
    token = layla.rpartition("/")[2]
    for a in links:
        address = unquote(a.get("href"))
        assert f"http://localhost:8000/{language}/" in address
        assert token not in address
        assert "utm" not in address
        assert set(a.get("rel").split()) >= {"noopener", "noreferrer"} or address.startswith("mailto:")
    assert (
        next(field.get("value") for field in page.iter("input") if field.get("id") == "address")
        == f"http://localhost:8000/{language}/"
    )
