"""The mail of one worker: what it says while the database is away, and what makes it careful."""

import logging
import threading

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.petition.models import Publication
from campaign.server import mailer
from tests.servers import on_sqlite


@pytest.fixture
def mail(app):
    """The mail of one worker."""
    with mailer.Mailer(app, threading.Event(), print) as made:
        yield made


@on_sqlite
def test_a_database_that_is_away_is_one_line_of_the_log_and_one_when_it_is_back(mail, monkeypatch, caplog):
    caplog.set_level(logging.INFO, "campaign")
    rounds = [True, False, False, False, True, True, False, True]

    def deliver_due():
        works = rounds.pop(0)
        if not rounds:
            mail.stop.set()
        if not works:
            raise sa.exc.OperationalError("SELECT", {}, Exception("layla@example.org"))

    monkeypatch.setattr(mailer, "TICK", 0)
    monkeypatch.setattr(mail, "deliver_due", deliver_due)

    mail.run()

    away, back = (
        "The mail cannot use the database (OperationalError) and tries again until it can.",
        "The mail uses the database again.",
    )
    assert caplog.messages == [away, back, away, back]


@on_sqlite
def test_organizers_who_stop_the_mail_make_nobody_careful_with_the_server(app, mail, visitor, mailbox, monkeypatch):
    for name in ("layla", "sami", "nour"):
        visitor.sign(email=f"{name}@example.org")
    take = mailbox.handle_DATA

    async def stop_after_the_first(*data):
        with app.extensions["campaign"].database.writing() as session:
            session.get_one(Publication, 1).mail_stopped_on = now().date()
        return await take(*data)

    monkeypatch.setattr(mailbox, "handle_DATA", stop_after_the_first)

    mail.deliver_due()

    assert len(mailbox.letters) == 1
    assert (mail.is_held, mail.careful_until) == (True, 0.0)
