"""Signing: what is asked, what is stored of it, and what comes back."""

from datetime import date

import sqlalchemy as sa

from campaign import create_app, instance
from campaign.crypto import sealing
from campaign.crypto.keys import eject, load_keys
from campaign.petition import signing
from campaign.petition.models import Signature, Submission
from tests.people import Visitor, link_in, parse, rows
from tests.servers import on_sqlite

OWN = {"Location", "Content-Length"}  # headers in which the address is, encrypted, and its length
TYPED = {"name": "ليلى Haddad", "email": "Layla.H@Example.org", "shown_as": "ليلى", "country": "TR"}


def test_a_form_that_is_filled_in_is_stored_and_leads_to_one_more_step(app, somebody):
    answer = somebody.sign(**TYPED)

    assert (answer.status_code, answer.location.partition("?")[0]) == (303, f"/{somebody.language}/sign/sent")
    waiting = rows(app, Submission)[0]
    assert (waiting.language, waiting.country, waiting.news) == (somebody.language, "TR", False)
    assert waiting.text_sha256 == app.extensions["campaign"].texts[somebody.language].consent_hash
    assert rows(app, Signature) == []


def test_name_and_address_are_sealed_as_they_were_typed_before_they_are_stored(app, settings, somebody, post_office):
    somebody.sign(**TYPED)
    somebody.press(link_in(post_office.deliver()[0]))

    signature = rows(app, Signature)[0]
    keys = load_keys(instance.key_folder(settings))
    assert keys.private
    person = sealing.open_sealed(keys.private, signature.sealed)
    assert (person.name, person.email) == ("ليلى Haddad", "Layla.H@example.org")
    assert (person.record, person.text_sha256) == (signature.id, signature.text_sha256)


def test_of_a_signature_no_time_no_network_and_no_browser_is_kept(app, visitor, layla):
    kept = {column.name for column in sa.inspect(Signature).columns}

    assert kept == {
        "id", "tag", "token_hash", "sealed", "shown_as", "language", "country", "news", "text_sha256", "confirmed_on",
        "removal_id", "held_in", "address_tag", "shown_from", "delete_on", "sealed_for",
    }  # fmt: skip
    assert type(rows(app, Signature)[0].confirmed_on) is date


def test_signing_works_as_before_once_the_private_key_is_away(settings, tmp_path):
    eject(instance.key_folder(settings), tmp_path / "private.key")
    app = create_app(settings)

    assert Visitor(app.test_client()).sign().status_code == 303

    assert app.extensions["campaign"].keys.private is None
    assert len(rows(app, Submission)) == 1
    app.extensions["campaign"].database.close()


def test_the_short_form_on_the_first_page_signs_too(app, somebody, post_office):
    fields = somebody.form(f"/{somebody.language}/") | {"name": "Layla", "email": "layla@example.org"}

    answer = somebody.client.post(f"/{somebody.language}/sign", data=fields)

    assert answer.status_code == 303
    somebody.press(link_in(post_office.deliver()[0]))
    signature = rows(app, Signature)[0]
    assert (signature.shown_as, signature.country, signature.news) == (None, None, False)


def test_nothing_is_ticked_or_chosen_before_somebody_does(somebody):
    for path in (f"/{somebody.language}/", f"/{somebody.language}/sign"):
        form = next(form for form in parse(somebody.read(path).text).iter("form") if form.get("method") == "post")
        assert [field.get("name") for field in form.iter("input") if field.get("checked") is not None] == []
        assert [option for option in form.iter("option") if option.get("selected") is not None and option.get("value")] == []
        assert {field.get("value") for field in form.iter("input") if field.get("type") in ("text", "email")} <= {"", None}


@on_sqlite
def test_the_answer_is_the_same_to_the_byte_whoever_signed_before(app, visitor, layla, sami):
    def answers(email):
        sent = visitor.sign(email=email)
        page = visitor.read(sent.location)
        assert email in page.text
        headers = [{name: answer.headers.get(name) for name in {*answer.headers.keys()} - OWN} for answer in (sent, page)]
        return [sent.status_code, len(sent.location), len(sent.data), headers, page.status_code, page.text.replace(email, "")]

    assert answers("layla@example.org") == answers("sami@example.org") == answers("nobody@example.org")


@on_sqlite
def test_what_is_wrong_is_said_on_top_and_at_the_field_in_the_same_words(app, somebody):
    answer = somebody.sign(name="", email="layla@example", consent="", shown_as="https://example.org", country="Syria")

    page = parse(answer.text)
    ids = {element.get("id"): element for element in page.iter() if element.get("id")}
    assert answer.status_code == 422
    assert "".join(page.find("head/title").itertext()).startswith({"en": "Error: ", "ar": "خطأ: "}[somebody.language])
    summary = [("".join(link.itertext()), link.get("href").removeprefix("#")) for link in ids["errors"].iter("a")]
    assert [field for _, field in summary] == ["name", "email", "shown_as", "country", "consent"]
    for words, field in summary:
        assert "".join(ids[f"{field}-error"].itertext()) == words
        assert f"{field}-error" in ids[field].get("aria-describedby").split()
        assert ids[field].get("aria-invalid") == "true"
    assert rows(app, Submission) == []


@on_sqlite
def test_everything_typed_is_still_there_when_something_is_wrong(somebody):
    typed = {"name": 'ليلى "<Haddad>" & \'co', "email": "not an address", "shown_as": " L. ", "country": "SY"}

    page = parse(somebody.sign(**typed).text)

    fields = {field.get("name"): field for field in page.iter("input")}
    assert {name: fields[name].get("value") for name in ("name", "email", "shown_as")} == {
        name: typed[name] for name in ("name", "email", "shown_as")
    }
    assert fields["consent"].get("checked") is not None
    assert [option.get("value") for option in page.iter("option") if option.get("selected") is not None] == ["SY"]


@on_sqlite
def test_a_campaign_that_is_over_takes_no_signature_but_lets_those_in_that_were_on_their_way(app, somebody, post_office):
    somebody.sign()
    link = link_in(post_office.deliver()[0])
    fields = somebody.form() | {"name": "Sami", "email": "sami@example.org"}
    site = app.extensions["campaign"]
    with site.database.writing() as session:
        signing.close(session, date(2026, 8, 10))
    app.extensions["campaign"].snapshots.refresh()

    answer = somebody.client.post(f"/{somebody.language}/sign", data=fields)

    ended = {"en": "Signing has closed.", "ar": "انتهى جمع التوقيعات."}[somebody.language]
    assert answer.status_code == 403
    for page in (answer, *(somebody.read(f"/{somebody.language}/{path}") for path in ("", "sign", "petition", "testimony"))):
        assert ended in page.text
        assert 'name="email"' not in page.text
    assert len(rows(app, Submission)) == 1
    assert somebody.press(link).status_code == 303
    assert len(rows(app, Signature)) == 1

    with site.database.writing() as session:
        signing.close(session, None)
    app.extensions["campaign"].snapshots.refresh()
    assert somebody.client.post(f"/{somebody.language}/sign", data=fields).status_code == 303
