"""Yours: the signer's own page, where everything but the name and the address can be changed."""

import sqlalchemy as sa

from campaign.petition.models import Signature
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

    assert len(buttons) == 4  # show, hide, name, language; to withdraw asks once more
    assert set(buttons) == {"button quiet"}


def test_what_a_signer_changes_is_changed_and_nothing_else(app, visitor, layla):
    def held():
        signature = rows(app, Signature)[0]
        return {name: getattr(signature, name) for name in ("shown_as", "language", "news")}

    untouched = rows(app, Signature)[0]
    for fields, change in (
        ({"act": "show", "shown_as": "  L.   from Aleppo "}, {"shown_as": "L. from Aleppo"}),
        ({"act": "language", "language": "ar"}, {"language": "ar"}),
        ({"act": "hide"}, {"shown_as": None}),
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
def test_the_page_says_what_was_done_and_that_its_address_is_for_one_person(visitor, layla):
    assert "The change has been saved." in visitor.read(f"{layla}?changed=hide").text
    page = visitor.read(layla).text
    assert "The change has been saved." not in page
    assert "The address of this page is for you alone." in page


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
        assert form.get("action") == layla
        assert form.get("method") == "post"
        fields = {field.get("name"): field.get("value", "") for field in form.iter("input")}
        fields |= {name: typed for name, typed in (("name", "L. Haddad"), ("email", "layla@example.org")) if name in fields}
        for choice in form.iter("select"):
            fields[choice.get("name")] = next(
                one.get("value") for one in choice.iter("option") if one.get("selected") is not None
            )
        for button in form.iter("button"):
            answer = visitor.client.post(layla, data=fields | {button.get("name"): button.get("value")})
            assert answer.status_code == 303
            pressed.append(button.get("value"))

    assert pressed == ["show", "hide", "name", "language"]


def test_news_is_offered_to_nobody_and_an_agreement_of_before_can_be_taken_back(app, somebody, layla):
    link = layla.replace("/en/", f"/{somebody.language}/")
    offered = {"en": "Campaign news", "ar": "أخبار الحملة"}[somebody.language]
    for path in (link, f"/{somebody.language}/sign", f"/{somebody.language}/"):
        assert offered not in somebody.read(path).text, path
    somebody.press(link, act="news", news="y")
    assert not rows(app, Signature)[0].news  # from a page of before
    with app.extensions["campaign"].database.writing() as session:
        session.execute(sa.update(Signature).values(news=True))
    assert offered in somebody.read(link).text

    somebody.press(link, act="news")

    assert not rows(app, Signature)[0].news
