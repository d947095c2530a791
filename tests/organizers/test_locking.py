"""An account is locked at once by one organizer, one a day; everybody is told, the rule of two stays, and unlocking needs two."""

import threading

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.database import now
from campaign.organizers import accounts, four_eyes, ledger, locking
from campaign.organizers.models import Account
from campaign.server import worker
from tests.servers import on_sqlite


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def number(database):
    """The number of an account."""

    def read(somebody):
        with database.reading() as session:
            return accounts.get_account(session, somebody.email).id

    return read


def test_a_locked_account_is_out_at_once_and_everybody_is_told_without_a_name(app, omar, nour, hadi, number, mailbox):
    nour.send("exports", document="csv", state="standing", separator="comma", why="for the hand-over")
    assert "Every organizer is told by e-mail." in omar.read(f"accounts/{number(nour)}/lock").text

    assert omar.send(f"accounts/{number(nour)}/lock", deed="lock").status_code == 303

    assert nour.read("signatures").status_code == 303
    assert nour.enter().status_code == 422
    assert "Nothing is waiting." in omar.read("requests").text  # what the account has asked for is over
    assert "Locked since" in omar.read("accounts").text
    worker.deliver_due(app, threading.Event(), print)
    assert sorted(to for [to] in mailbox.recipients) == ["nour@example.org", "omar@example.org"]
    assert {letter["Subject"] for letter in mailbox.letters} == {"An account was locked"}
    assert "nour" not in "".join(letter.get_content() for letter in mailbox.letters)


def test_one_person_locks_one_a_day_never_their_own_and_a_moderator_none(omar, nour, hadi, number, database):
    assert omar.send(f"accounts/{number(omar)}/lock", deed="lock").status_code == 409
    assert hadi.send(f"accounts/{number(omar)}/lock", deed="lock").status_code == 403
    assert omar.send(f"accounts/{number(hadi)}/lock", deed="lock").status_code == 303
    assert omar.send(f"accounts/{number(nour)}/lock", deed="lock").status_code == 409

    with database.reading() as session:
        locked = session.scalars(sa.select(Account.email).where(Account.locked_at.is_not(None))).all()
    assert locked == [hadi.email]


def test_the_rule_of_two_stays_on_and_two_unlock(app, omar, nour, new_account, number, database):
    omar.send(f"accounts/{number(nour)}/lock", deed="lock")
    with database.reading() as session:
        assert four_eyes.is_enabled(session)
    assert omar.send("accounts", four_eyes="off").status_code == 400

    omar.send(f"accounts/{number(nour)}/lock", deed="unlock")
    assert nour.enter().status_code == 422
    third = new_account("ziad@example.org")
    third.enter()
    with database.reading() as session:
        [asked] = four_eyes.pending(session)
    assert third.send("requests", request=str(asked.id), deed="agree").status_code == 303

    assert nour.enter().status_code == 303


def test_who_writes_to_the_database_alone_unlocks_nobody(omar, nour, number, database):
    omar.send(f"accounts/{number(nour)}/lock", deed="lock")
    with database.writing() as session:
        session.execute(sa.update(Account).values(locked_at=None))

    assert nour.enter().status_code == 422
    with database.reading() as session:
        assert any(f"account:{number(nour)}" in problem for problem in ledger.find_problems(session))


@on_sqlite
def test_who_was_locked_meanwhile_locks_nobody(omar, nour, hadi, number, database):
    with database.reading() as session:
        mine = accounts.get_account(session, omar.email)
    nour.send(f"accounts/{number(omar)}/lock", deed="lock")

    with pytest.raises(locking.NotLockable), database.writing() as session:
        locking.lock(session, number(hadi), by=mine, at=now())


@on_sqlite
def test_the_command_line_says_that_an_account_is_locked(settings, omar, nour, number, monkeypatch):
    omar.send(f"accounts/{number(nour)}/lock", deed="lock")
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    monkeypatch.setenv("CAMPAIGN_MAIL_URL", settings.mail_url)
    monkeypatch.setenv("CAMPAIGN_MAIL_FROM", settings.mail_from)

    listed = CliRunner().invoke(main, ["organizers", "list"]).output.splitlines()
    told = CliRunner().invoke(main, ["organizers", "reset", nour.email]).output
    other = CliRunner().invoke(main, ["organizers", "reset", omar.email]).output

    assert listed == ["nour@example.org\torganizer\tset up, locked", "omar@example.org\torganizer\tset up"]
    sentence = "The account is locked: the link works once two organizers have unlocked it at the desk."
    assert (sentence in told, sentence in other) == (True, False)


@on_sqlite
def test_where_the_rule_of_two_is_off_unlocking_asks_nobody(omar, hadi, number, database):
    omar.send(f"accounts/{number(hadi)}/lock", deed="lock")
    assert "Ask a second organizer to unlock it" in omar.read(f"accounts/{number(hadi)}/lock").text
    omar.send("accounts", four_eyes="off")

    page = omar.read(f"accounts/{number(hadi)}/lock").text

    assert ("Unlock this account now" in page, "econd organizer has to" in page) == (True, False)
    omar.send(f"accounts/{number(hadi)}/lock", deed="unlock")
    assert hadi.enter().status_code == 303
