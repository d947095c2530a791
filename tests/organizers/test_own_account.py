"""One's own account: set up on the telephone that has the app, moved to another one, invited with a date; the last visit."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import time_machine
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.database import now
from campaign.organizers import accounts, audit
from campaign.organizers.actions import Action
from tests.people import hidden_fields, parse
from tests.servers import on_sqlite

pytestmark = on_sqlite


def shown_secret(page):
    """The secret that a page shows: to be typed, and in the link for the app on this telephone; both are the same."""
    tree = parse(page)
    typed = next("".join(one.itertext()).replace(" ", "") for one in tree.iter("code") if one.get("class") == "secret")
    link = next(one.get("href") for one in tree.iter("a") if (one.get("href") or "").startswith("otpauth:"))
    assert parse_qs(urlsplit(link).query)["secret"] == [typed]
    return typed


def test_an_account_moves_to_another_telephone_once_its_first_code_is_right(app, omar):
    page = omar.read("account/authenticator").text
    new, box = shown_secret(page), hidden_fields(page, "")["box"]
    field = next(one for one in parse(page).iter("input") if one.get("name") == "code")
    assert field.get("inputmode") == "numeric"

    wrong = omar.send("account/authenticator", box=box, code="000000")
    assert (wrong.status_code, shown_secret(wrong.text)) == (422, new)
    assert omar.send("account/authenticator", box=box, code=pyotp.TOTP(new).now()).status_code == 303

    assert omar.enter().status_code == 422
    with time_machine.travel(now() + timedelta(minutes=1)):
        assert omar.enter(code=pyotp.TOTP(new).now()).status_code == 303
    with app.extensions["campaign"].database.reading() as session:
        assert Action.AUTHENTICATOR_CHANGED in [line.act for line in audit.read_entries(session)]


def test_a_secret_that_was_made_for_somebody_else_or_made_up_is_not_taken(omar, nour):
    page = nour.read("account/authenticator").text
    secret, box = shown_secret(page), hidden_fields(page, "")["box"]

    for one in (box, "00", "x"):
        answer = omar.send("account/authenticator", box=one, code=pyotp.TOTP(secret).now())
        assert answer.status_code == 422
        assert shown_secret(answer.text) != secret
    assert omar.enter().status_code == 303


def test_the_visit_before_this_one_is_shown(omar):
    assert "Previous visit" not in omar.read("account").text
    omar.enter()
    assert "Previous visit" in omar.read("account").text


def test_an_invitation_says_for_whom_and_until_when(app, settings, visitor, monkeypatch):
    for name in ("data", "database_url", "mail_url", "mail_from"):
        monkeypatch.setenv(f"CAMPAIGN_{name.upper()}", str(getattr(settings, name)))

    said = CliRunner().invoke(main, ["organizers", "add", "nour@example.org"])

    until = now() + accounts.SETUP_LINK_LIFETIME
    assert f"A link for nour@example.org, which works once, until {until:%Y-%m-%d}" in said.stderr
    page = visitor.read(urlsplit(said.stdout.strip()).path).text
    assert "This link is for the address below. It works once, until" in page
