"""While organizers have stopped the mail no letter leaves; all of them wait, and the machines that ask are told."""

from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.database import now
from campaign.petition.models import Publication
from tests.people import link_in


@pytest.fixture
def stop(app):
    """Stops the mail, or resumes it."""

    def turn(on):
        with app.extensions["campaign"].database.writing() as session:
            session.get_one(Publication, 1).mail_stopped_on = now().date() if on else None

    return turn


def test_letters_wait_while_the_mail_is_stopped_and_none_is_lost(visitor, send, mailbox, stop, outbox):
    stop(True)
    for name in ("layla", "sami", "nour"):
        visitor.sign(email=f"{name}@example.org")

    send()
    assert (len(mailbox.letters), len(outbox())) == (0, 3)
    assert not any(letter.lease_until for letter in outbox())
    stop(False)
    send()

    assert len(mailbox.letters) == 3


def test_a_stop_holds_for_the_very_next_letter(app, visitor, send, mailbox, stop, monkeypatch):
    for name in ("layla", "sami", "nour"):
        visitor.sign(email=f"{name}@example.org")
    take = mailbox.handle_DATA

    async def stop_after_the_first(*data):
        stop(True)
        return await take(*data)

    monkeypatch.setattr(mailbox, "handle_DATA", stop_after_the_first)

    send()

    assert len(mailbox.letters) == 1
    monkeypatch.setattr(mailbox, "handle_DATA", take)
    stop(False)
    send()
    assert len(mailbox.letters) == 3


def test_a_link_is_valid_for_three_days_from_when_it_was_sent_however_long_the_mail_was_stopped(visitor, send, mailbox, stop):
    stop(True)
    visitor.sign()
    posted = now()
    with time_machine.travel(posted + timedelta(days=3, hours=23)):
        stop(False)
        send()

    with time_machine.travel(posted + timedelta(days=6, hours=22)):
        assert visitor.press(link_in(mailbox.letters[0])).status_code == 303


def test_whoever_asks_whether_the_site_is_ready_hears_that_the_mail_is_stopped(visitor, stop):
    assert visitor.read("/readyz").json["mail"] == "sent"
    stop(True)
    visitor.sign()

    with time_machine.travel(now() + timedelta(hours=2)):
        answer = visitor.read("/readyz")

    assert (answer.status_code, answer.json["mail"], answer.json["outbox"]) == (200, "stopped", True)


def test_the_command_that_shows_the_state_says_so_too(settings, monkeypatch, stop):
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    monkeypatch.setenv("CAMPAIGN_DATABASE_URL", settings.database_url)
    stop(True)

    said = CliRunner().invoke(main, ["status"]).output

    assert "mail: stopped" in said
