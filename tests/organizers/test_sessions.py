"""A session begins with a login, and ends with everything that should end it."""

from datetime import timedelta

import pytest
import time_machine

from campaign.database import now
from campaign.organizers import accounts
from campaign.organizers.auth.login import purge
from campaign.organizers.models import Login
from tests.organizers.conftest import PASSPHRASE
from tests.people import rows
from tests.servers import on_sqlite

OUT = 303  # to the way in


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def with_cookie(organizer, cookie):
    """The answer that an old cookie of the same browser gets."""
    organizer.client.set_cookie("desk", cookie)
    return organizer.read("account").status_code


def test_the_cookie_of_before_the_login_opens_nothing_after_it(new_account):
    omar = new_account("omar@example.org")
    omar.read("enter")
    before = omar.client.get_cookie("desk").value

    assert omar.enter().status_code == 303
    assert omar.client.get_cookie("desk").value != before
    assert with_cookie(omar, before) == OUT


def test_every_login_has_a_token_of_its_own_and_the_database_does_not_know_it(omar, app):
    first = omar.client.get_cookie("desk").value
    omar.client.delete_cookie("desk")
    omar.enter()

    assert omar.client.get_cookie("desk").value != first
    hashes = {login.token_hash for login in rows(app, Login)}
    with omar.client.session_transaction() as session:
        token = session["login"]
    assert len(hashes) == 2
    assert token.encode() not in hashes
    assert len(token) == 26  # 128 bits in base32


def test_a_new_passphrase_ends_every_session_and_the_browser_goes_on_under_a_new_one(omar):
    old = omar.client.get_cookie("desk").value

    answer = omar.send("account/passphrase", new="figs ripen in august", again="figs ripen in august")

    assert answer.location == "/en/organize/account"
    assert omar.read("account").status_code == 200
    assert with_cookie(omar, old) == OUT
    assert omar.enter().status_code == 422
    assert omar.enter(passphrase="figs ripen in august").status_code == 303


def test_a_reset_and_a_removal_end_every_session(omar, nour, database):
    with database.writing() as session:
        accounts.reset(session, "omar@example.org", now())
        accounts.remove(session, "nour@example.org", now())

    assert omar.read().status_code == nour.read().status_code == OUT
    assert omar.enter().status_code == 422


def test_an_organizer_ends_the_session_on_a_telephone_that_was_lost(omar, app):
    telephone = omar.client.get_cookie("desk").value
    omar.client.delete_cookie("desk")
    omar.enter()
    lost = min(rows(app, Login), key=lambda login: login.id)

    omar.send("account", login=str(lost.id))

    assert omar.read("account").status_code == 200
    assert with_cookie(omar, telephone) == OUT


def test_nobody_ends_the_session_of_somebody_else(omar, nour, app):
    ids = [login.id for login in rows(app, Login)]

    for number in ids:
        nour.send("account", login=str(number))

    assert omar.read().status_code == nour.read().status_code == 200


def test_who_is_away_for_half_an_hour_is_out_and_who_works_is_not(omar):
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(5):
            clock.shift(timedelta(minutes=29))
            assert omar.read().status_code == 200
        clock.shift(timedelta(minutes=30, seconds=1))
        assert omar.read().status_code == OUT


def test_after_twelve_hours_everybody_enters_anew(omar):
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(12 * 3 - 1):
            clock.shift(timedelta(minutes=20))
            assert omar.read().status_code == 200
        clock.shift(timedelta(minutes=20))
        assert omar.read().status_code == OUT


@on_sqlite
def test_logins_that_are_over_are_forgotten(omar, app, database):
    purge(database, now())
    assert len(rows(app, Login)) == 1

    purge(database, now() + timedelta(minutes=31))
    assert rows(app, Login) == []


def test_passphrase_and_code_are_asked_again_after_ten_minutes_and_lead_back(omar):
    with time_machine.travel(now(), tick=False) as clock:
        assert omar.read("account/passphrase").status_code == 200
        clock.shift(timedelta(minutes=10, seconds=1))
        asked = omar.read("account/passphrase")
        wrong = omar.send(asked.location, passphrase="wrong wrong wrong", code=omar.code())
        right = omar.send(asked.location, passphrase=PASSPHRASE, code=omar.code())

        assert asked.location == "/en/organize/again?next=%2Fen%2Forganize%2Faccount%2Fpassphrase"
        assert (wrong.status_code, right.location) == (422, "/en/organize/account/passphrase")
        assert omar.read("account/passphrase").status_code == 200


@on_sqlite
def test_what_was_sent_too_late_is_not_done_before_the_answer(omar):
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        answer = omar.send("account/passphrase", new="figs ripen in august", again="figs ripen in august")

        assert (answer.status_code, "Confirm that it is you" in answer.text) == (403, True)
        assert omar.enter(passphrase="figs ripen in august").status_code == 422
