"""Nobody is lost at the desk: what goes wrong is said in one sentence, leads on, and loses nothing that was filled in."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign.config import TEMPLATES
from campaign.database import now
from campaign.organizers import form_labels, ledger
from campaign.organizers.auth.kept_form import NEVER_KEPT
from campaign.organizers.models import Login
from campaign.petition.plan import current_days
from tests.organizers.conftest import PASSPHRASE
from tests.people import parse
from tests.servers import on_sqlite

pytestmark = on_sqlite
LEFT = "You are no longer logged in"


@pytest.fixture
def closes_on(app):
    """The last day of collecting."""

    def read():
        with app.extensions["campaign"].database.reading() as session:
            return current_days(session).closes_on

    return read


def end_session(app):
    """Every session is over, as after twelve hours."""
    with app.extensions["campaign"].database.writing() as session:
        ledger.begin_change(session)
        session.execute(sa.delete(Login))


def make_stale(app):
    """Passphrase and code were given an hour ago."""
    with app.extensions["campaign"].database.writing() as session:
        ledger.begin_change(session)
        session.execute(sa.update(Login).values(asked_at=now() - timedelta(hours=1)))


def form(answer, act):
    """The form of a page that is sent to an address, and what it holds."""
    found = next(one for one in parse(answer.text).find(".//main").iter("form") if act in (one.get("action") or ""))
    return found.get("action"), {field.get("name"): field.get("value", "") for field in found.iter("input") if field.get("name")}


def test_a_form_that_was_sent_after_the_session_ended_is_there_again_after_the_login(app, omar, closes_on):
    day, token = (now() + timedelta(days=40)).date(), omar.token()
    end_session(app)

    answer = omar.post("plan", csrf_token=token, closes_on=day.isoformat(), delete_on="")
    assert answer.status_code == 400
    assert LEFT in answer.text
    assert "What you entered is kept" in answer.text
    address, fields = form(answer, "/enter")
    wrong = omar.client.post(address, data=fields | {"email": omar.email, "passphrase": "wrong", "code": "1"})
    address, fields = form(wrong, "/enter")
    confirm = omar.client.post(address, data=fields | {"email": omar.email, "passphrase": PASSPHRASE, "code": omar.code()})

    assert "Still to be confirmed" in confirm.text
    assert closes_on() is None
    address, fields = form(confirm, "/plan")
    assert fields["closes_on"] == day.isoformat()
    assert omar.client.post(address, data=fields).status_code == 303
    assert closes_on() == day


def test_what_somebody_else_filled_in_or_another_site_made_up_is_not_kept(app, omar, nour, closes_on):
    for token in (nour.token(), ""):
        end_session(app)
        answer = omar.post("plan", csrf_token=token, closes_on="2030-01-01")
        address, fields = form(answer, "/enter")
        after = omar.client.post(address, data=fields | {"email": omar.email, "passphrase": PASSPHRASE, "code": omar.code()})
        assert (after.status_code, after.location) == (303, "/en/organize/plan")
        nour.enter()
    assert closes_on() is None


def test_passphrase_and_code_on_the_way_to_an_act_lead_to_the_act(app, omar, closes_on):
    make_stale(app)
    answer = omar.send("plan", closes_on="2030-01-01")
    assert (answer.status_code, "Confirm that it is you" in answer.text) == (403, True)

    address, fields = form(answer, "/again")
    confirm = omar.client.post(address, data=fields | {"passphrase": PASSPHRASE, "code": omar.code()})

    assert "nothing has been done yet" in confirm.text
    address, fields = form(confirm, "/plan")
    assert omar.client.post(address, data=fields).status_code == 303
    assert closes_on().isoformat() == "2030-01-01"


def test_a_form_of_a_second_tab_from_before_the_last_login_is_to_be_confirmed(omar, closes_on):
    token = omar.token()
    omar.send("leave")
    omar.enter()

    answer = omar.post("plan", csrf_token=token, closes_on="2030-01-01")

    assert (answer.status_code, closes_on()) == (400, None)
    assert form(answer, "/plan")[1]["closes_on"] == "2030-01-01"


def test_a_passphrase_is_never_kept(app, omar):
    token = omar.token()
    end_session(app)

    answer = omar.post("account/passphrase", csrf_token=token, new="olives ripen in december", again="olives ripen in december")

    assert LEFT in answer.text
    assert 'name="kept"' not in answer.text


def test_a_session_that_ended_by_itself_says_so_and_one_that_was_left_does_not(omar):
    with time_machine.travel(now() + timedelta(minutes=31)):
        answer = omar.read("review")
        assert LEFT in omar.read(answer.location).text
    omar.enter()
    omar.send("leave")
    assert LEFT not in omar.read("enter").text


def test_refused_cookies_are_named(app, omar):
    token = omar.token()
    stranger = app.test_client(use_cookies=False)

    answer = stranger.post("/en/organize/enter", data={"csrf_token": token, "email": omar.email})

    assert answer.status_code == 400
    assert "Your browser sent no cookie." in answer.text


def test_errors_at_the_desk_are_pages_of_the_desk_that_lead_on(omar, hadi):
    for somebody, path, status, sentence in (
        (omar, "removals/999", 404, "There is nothing here: the number"),
        (omar, "nowhere", 404, "There is nothing here: the number"),
        (hadi, "exports", 403, "Only organizers can do this; moderators cannot."),
    ):
        answer = somebody.read(path)
        assert (answer.status_code, sentence in answer.text) == (status, True), path
        assert parse(answer.text).find(".//main//a").get("href") == "/en/organize/", path
        assert "This site sets no cookies" not in answer.text


def test_saved_is_said_once_and_not_again_on_reload(omar):
    answer = omar.send("switch/mail", turn="on")

    assert "?" not in answer.location
    assert "The change has been saved." in omar.read(answer.location).text
    assert "The change has been saved." not in omar.read(answer.location).text


def test_what_is_kept_is_kept_on_when_the_session_ends_before_the_answer(app, omar, closes_on):
    make_stale(app)
    address, fields = form(omar.send("plan", closes_on="2030-01-01"), "/again")
    end_session(app)

    answer = omar.client.post(address, data=fields | {"passphrase": PASSPHRASE, "code": omar.code()})
    assert (answer.status_code, LEFT in answer.text) == (400, True)
    address, fields = form(answer, "/enter")
    confirm = omar.client.post(address, data=fields | {"email": omar.email, "passphrase": PASSPHRASE, "code": omar.code()})

    address, fields = form(confirm, "/plan")
    assert (fields["closes_on"], closes_on()) == ("2030-01-01", None)


def test_the_page_says_what_is_to_be_confirmed(app, omar):
    for path, fields, page, button in (
        ("plan", {"closes_on": "2030-01-01"}, "The plan", "Publish this plan"),
        ("accounts", {"four_eyes": "off"}, "Accounts", "I am the only organizer: turn the rule off"),
        ("account/recovery-codes", {}, "New recovery codes", "Make new recovery codes"),
        ("switch/names", {"turn": "on"}, "In an emergency", "Hide all names now"),
        ("words/goal/goal", {"words_all": "5"}, "The goal", "Save the draft"),
        ("review", {"deed": "accept", "words": "0" * 32}, "Review", "Show the selected names"),
        ("account", {"login": "7"}, "Your account", "End this session"),
        ("account", {}, "Your account", "End all other sessions"),
        ("key", {"public": "x"}, "The key of the signatures", "Request this key"),
    ):
        token = omar.token()
        end_session(app)
        address, kept = form(omar.post(path, csrf_token=token, **fields), "/enter")
        confirm = omar.client.post(address, data=kept | {"email": omar.email, "passphrase": PASSPHRASE, "code": omar.code()})
        told = " ".join("".join(parse(confirm.text).itertext()).split())
        assert f"It is from the page “\u2068{page}\u2069”, and its button is “\u2068{button}\u2069”." in told, path


def test_every_form_that_is_kept_has_a_name_and_its_buttons_are_those_of_the_pages(app):
    posts = {
        rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods and rule.endpoint.startswith("organizers.")
    }
    with_passphrase = {f"organizers.{name}" for name in ("enter", "again", "set_up", "passphrase")}
    assert {f"organizers.{name}" for name in form_labels.FORMS} == posts - with_passphrase - NEVER_KEPT
    pages = "".join(file.read_text("utf-8") for file in (TEMPLATES / "organizers").glob("*.html"))
    with app.test_request_context("/en/organize/"):
        buttons = [
            form_labels.KEY_AT_ONCE,
            *form_labels.SWITCH_BUTTONS.values(),
            *(one for _, found in form_labels.FORMS.values() for one in found.values()),
        ]
        assert [str(one) for one in buttons if f'_("{one}")' not in pages] == []


def test_where_the_rule_of_two_is_off_the_button_of_a_key_is_the_one_that_does_it_at_once(app, omar):
    omar.send("accounts", four_eyes="off")
    make_stale(app)
    address, fields = form(omar.send("key", public="x"), "/again")

    confirm = omar.client.post(address, data=fields | {"passphrase": PASSPHRASE, "code": omar.code()})

    assert "Seal to this key from now on" in confirm.text


@pytest.mark.parametrize(
    "path", ["requests", "words/letter/publish", "accounts/1/lock", "emergency/testimony", "emergency/author"]
)
def test_what_is_to_be_seen_first_leads_back_to_its_page_which_says_that_nothing_was_done(app, omar, path):
    make_stale(app)

    answer = omar.send(path, request="1", deed="agree", seen="x")

    assert (answer.status_code, 'name="kept"' in answer.text) == (403, False)
    address, fields = form(answer, "/again")
    after = omar.client.post(address, data=fields | {"passphrase": PASSPHRASE, "code": omar.code()})
    assert (after.status_code, after.location) == (303, f"/en/organize/{path}")
    assert "Nothing has been done yet. Look at this once more" in omar.client.get(after.location, follow_redirects=True).text
