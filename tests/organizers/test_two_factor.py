"""A code works once, whoever comes with it and however many at the same moment."""

import threading
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.organizers import accounts
from campaign.organizers.auth import factors, login
from campaign.organizers.models import Login, RecoveryCode
from tests.organizers.conftest import PASSPHRASE, Organizer
from tests.people import rows

AT_ONCE = 20


@pytest.fixture
def desk(app):
    """The foundations."""
    return app.extensions["campaign"]


@pytest.fixture
def recovery_code(app, desk, new_account):
    """Omar's first recovery code."""
    omar = new_account("omar@example.org")
    with desk.database.writing() as session:
        codes = factors.new_recovery_codes(session, accounts.get_account(session, omar.email))
    return omar, codes[0]


def enter_at_once(organizer, code):
    """The answers to as many browsers that come with one code at the same moment."""
    crowd = [Organizer(organizer.app, organizer.email, organizer.secret) for _ in range(AT_ONCE)]
    tokens, answers, gate = [one.token() for one in crowd], [], threading.Barrier(AT_ONCE)

    def enter(one, token):
        gate.wait()
        answers.append(one.post("enter", csrf_token=token, email=one.email, passphrase=PASSPHRASE, code=code).status_code)

    threads = [threading.Thread(target=enter, args=pair) for pair in zip(crowd, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def code_at(totp, moment, step):
    """The code that a telephone shows whose clock is off by some steps."""
    return totp.at(moment + step * timedelta(seconds=factors.STEP_SECONDS))


@pytest.fixture
def _without_limits(monkeypatch):
    """What is tested is the code, not how guessing is slowed."""
    monkeypatch.setattr(login, "FREE_ATTEMPTS", AT_ONCE + 1)


@pytest.mark.usefixtures("_without_limits")
def test_of_20_parallel_logins_with_one_code_one_succeeds(app, new_account):
    omar = new_account("omar@example.org")

    answers = enter_at_once(omar, omar.code())

    assert answers == [303] + [422] * (AT_ONCE - 1)
    assert len(rows(app, Login)) == 1


@pytest.mark.usefixtures("_without_limits")
def test_of_20_parallel_logins_with_one_recovery_code_one_succeeds(app, recovery_code):
    omar, code = recovery_code

    assert enter_at_once(omar, code) == [303] + [422] * (AT_ONCE - 1)
    assert len(rows(app, RecoveryCode)) == factors.RECOVERY_CODES - 1


def test_a_code_that_was_used_works_no_more_nor_does_an_older_one(desk, new_account):
    omar = new_account("omar@example.org")
    totp, moment = pyotp.TOTP(omar.secret), now()
    older, newer = (code_at(totp, moment, step) for step in (-1, 1))
    omar.code()

    with desk.database.writing() as session:
        account = accounts.get_account(session, omar.email)
        tried = [
            factors.use_code(session, desk.keys.desk, account, code, moment) for code in (newer, newer, totp.at(moment), older)
        ]

    assert tried == [True, False, False, False]


def test_a_telephone_whose_clock_is_off_by_a_step_gets_in_and_by_two_does_not(desk, new_account):
    omar, moment = new_account("omar@example.org"), now()
    totp, found = pyotp.TOTP(omar.secret), {}

    for step in (-2, -1, 0, 1, 2):
        omar.code()
        with desk.database.writing() as session:
            account = accounts.get_account(session, omar.email)
            found[step] = factors.use_code(session, desk.keys.desk, account, code_at(totp, moment, step), moment)

    assert found == {-2: False, -1: True, 0: True, 1: True, 2: False}


def test_a_recovery_code_stands_for_a_lost_telephone_in_capitals_too_and_once(recovery_code):
    omar, code = recovery_code

    assert omar.enter(code=f" {code.upper()} ").status_code == 303
    omar.client.delete_cookie("desk")
    assert omar.enter(code=code).status_code == 422


def test_neither_the_secret_nor_a_recovery_code_can_be_read_in_the_database(desk, recovery_code):
    omar, code = recovery_code
    with desk.database.reading() as session:
        stored = repr(
            [*session.execute(sa.text("SELECT * FROM account")), *session.execute(sa.text("SELECT * FROM recovery_code"))]
        )

    for secret in (omar.secret, code, code.replace("-", ""), PASSPHRASE):
        assert secret not in stored
    assert "$argon2id$" in stored
