"""Guessing is slowed, and never locks the owner out."""

from datetime import timedelta
from types import SimpleNamespace

import pyotp
import pytest

from campaign.database import now
from campaign.organizers import accounts
from campaign.organizers.auth import factors, login
from campaign.organizers.auth.login import Credentials
from campaign.organizers.models import LoginAttempts
from campaign.web.rate_limits import RateLimiter
from tests.organizers.conftest import PASSPHRASE
from tests.people import rows
from tests.servers import on_sqlite
from tests.tiers import rounds

GUESSES = rounds(1_000, 10_000)
MOST = 100  # a day


@pytest.fixture
def desk(app):
    """The foundations."""
    return app.extensions["campaign"]


@pytest.fixture
def looked_at(monkeypatch):
    """The guesses that are compared with somebody's passphrase; without Argon2, for there are many."""
    compared = []

    def is_right(typed, kept):
        if kept is not None:
            compared.append(typed)
        return kept is not None and typed == PASSPHRASE

    monkeypatch.setattr(factors, "verify_passphrase", is_right)
    return compared


def midnight():
    """The beginning of tomorrow."""
    return now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def guess(desk, moment, device=None, passphrase="wrong wrong wrong", code="000000", email="omar@example.org"):
    """One try to get in."""
    return login.log_in(desk.database, desk.keys.desk, email, Credentials(passphrase, code, device), moment)


@pytest.mark.slow
@on_sqlite
def test_of_many_guesses_in_a_day_100_at_most_are_looked_at_and_the_owner_still_gets_in(desk, omar, looked_at):
    for number in range(GUESSES):
        guess(desk, midnight() + number * timedelta(days=1) / GUESSES)
    guessed, late = len(looked_at), midnight() + timedelta(hours=23, minutes=59)
    right = {"passphrase": PASSPHRASE, "code": pyotp.TOTP(omar.secret).at(late)}

    assert 20 < guessed <= login.MAX_UNKNOWN_ATTEMPTS <= MOST
    assert guess(desk, late, **right) is None
    assert guess(desk, late, omar.client.get_cookie("desk-known").value, **right)


def test_all_budgets_of_an_account_together_are_no_more_than_100_a_day():
    assert login.MAX_UNKNOWN_ATTEMPTS + login.MAX_KNOWN_DEVICES * login.MAX_DEVICE_ATTEMPTS <= MOST


def test_strangers_use_their_budget_up_and_the_known_browser_has_its_own(desk, omar, looked_at):
    device, moment = omar.client.get_cookie("desk-known").value, midnight()

    for number in range(200):
        guess(desk, moment + number * timedelta(minutes=1))
    strangers = len(looked_at)
    for number in range(100):
        guess(desk, moment + number * timedelta(minutes=2), device)

    assert 0 < strangers <= login.MAX_UNKNOWN_ATTEMPTS
    assert len(looked_at) - strangers == login.MAX_DEVICE_ATTEMPTS


def test_each_wrong_guess_makes_the_next_one_wait_longer_up_to_a_quarter_of_an_hour():
    waits = [login.delay_after(wrong).total_seconds() for wrong in range(1, 15)]

    assert waits == [0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_right_guesses_are_not_counted(desk, omar, app):
    for _ in range(12):
        omar.client.delete_cookie("desk")
        assert omar.enter().status_code == 303

    assert {row.wrong for row in rows(app, LoginAttempts)} == {0}


def test_only_the_browsers_used_last_stay_known(desk, new_account):
    omar, devices = new_account("omar@example.org"), []
    for _ in range(login.MAX_KNOWN_DEVICES + 1):
        omar.client.delete_cookie("desk-known")
        omar.client.delete_cookie("desk")
        omar.enter()
        devices.append(omar.client.get_cookie("desk-known").value)

    with desk.database.reading() as session:
        assert [login.is_known_device(session, device) for device in devices] == [False] + [True] * login.MAX_KNOWN_DEVICES


def test_a_browser_of_somebody_else_is_a_stranger(desk, omar, nour):
    device = nour.client.get_cookie("desk-known").value
    with desk.database.reading() as session:
        omars = login.accounts.get_account(session, "omar@example.org")
        assert login.throttle_key(session, omars, device, now()) == login.UNKNOWN_DEVICES


def test_guesses_are_counted_and_take_their_time_also_where_there_is_no_account(desk, omar, app, monkeypatch):
    compared = []
    monkeypatch.setattr(factors, "hasher", SimpleNamespace(hash=str, verify=lambda kept, _: compared.append(kept)))

    for email in ("nobody@example.org", "omar@example.org"):
        guess(desk, now(), email=email)

    assert len(compared) == 2
    assert login.NO_ACCOUNT in {row.account_id for row in rows(app, LoginAttempts)}


@on_sqlite
def test_a_network_that_sends_too_much_waits_and_the_known_browser_does_not(omar, new_account, monkeypatch):
    monkeypatch.setattr(RateLimiter, "login_wait", lambda *_: 60)
    omar.client.delete_cookie("desk")

    answer = new_account("nour@example.org").enter()

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert omar.enter().status_code == 303


def test_a_new_link_for_the_owner_forgets_what_strangers_guessed(desk, omar):
    for number in range(20):
        guess(desk, midnight() + number * timedelta(hours=1))
    with desk.database.writing() as session:
        accounts.reset(session, "omar@example.org", now())

    with desk.database.reading() as session:
        assert login.failed_today(session, accounts.get_account(session, "omar@example.org"), midnight()) == 0
