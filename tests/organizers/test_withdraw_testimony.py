"""One organizer withdraws the testimony at the desk, for good, as the command does; every organizer is told."""

import threading

import pytest

from campaign.organizers import emergency
from campaign.organizers.models import Account, AuditEntry
from campaign.petition.models import Publication
from campaign.server import worker
from tests.content.withdrawing import PAIRS, own_addresses
from tests.people import rows
from tests.servers import on_sqlite

PAGE = "emergency/testimony"


def acts(app):
    """What the audit says of the testimony."""
    return [line.by for line in rows(app, AuditEntry) if line.act == "testimony withdrawn"]


def test_it_is_gone_everywhere_for_good_and_every_organizer_is_told_without_a_word_of_it(
    app, settings, omar, nour, hadi, mailbox
):
    client = app.test_client()
    assert client.get("/ar/testimony.pdf").status_code == 200
    assert "no button and no command brings it back" in omar.read(PAGE).text
    assert "ask the person who sends the news to stop and to delete every list" in omar.read(PAGE).text

    assert omar.send(PAGE, sure="y").status_code == 303

    for code, other in PAIRS:
        for path in own_addresses(code, other):
            assert client.get(path).status_code == 410, path
    assert [*(settings.data / "prints").glob("*.p*")] == []
    [row] = rows(app, Publication)
    assert row.closed_on == row.testimony_withdrawn_on
    assert acts(app) == ["omar@example.org"]
    worker.deliver_due(app, threading.Event(), print)
    assert sorted(to for [to] in mailbox.recipients) == ["nour@example.org", "omar@example.org"]
    assert {letter["Subject"] for letter in mailbox.letters} == {"Something was changed at once"}
    assert "testimony" not in "".join(letter.get_content() for letter in mailbox.letters)
    assert "The testimony was withdrawn on" in hadi.read().text


@on_sqlite
def test_without_the_tick_nothing_is_withdrawn(app, omar):
    answer = omar.send(PAGE)

    assert (answer.status_code, "Tick the box to confirm that you know this." in answer.text) == (422, True)
    assert acts(app) == []
    assert app.test_client().get("/en/testimony").status_code == 200


@on_sqlite
def test_twice_is_once_and_says_so(app, omar, nour):
    omar.send(PAGE, sure="y")

    assert nour.send(PAGE, sure="y").status_code == 409
    assert acts(app) == ["omar@example.org"]
    assert "Nothing can bring it back." in omar.read(PAGE).text
    assert PAGE not in omar.read("emergency").text


@on_sqlite
def test_a_moderator_and_who_was_locked_meanwhile_withdraw_nothing(app, omar, nour, hadi):
    assert hadi.read(PAGE).status_code == hadi.send(PAGE, sure="y").status_code == 403
    mine = next(account for account in rows(app, Account) if account.email == omar.email)
    nour.send(f"accounts/{mine.id}/lock", deed="lock")

    with pytest.raises(emergency.NothingToDo), app.extensions["campaign"].database.writing() as session:
        emergency.withdraw_at_desk(session, by=mine, today=mine.ready_at.date())

    assert acts(app) == []
