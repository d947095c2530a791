"""Four eyes: what is hard to undo is done when a second organizer agrees, once; never by one alone."""

import threading
from datetime import timedelta

import pytest
import time_machine

from campaign.database import now
from campaign.organizers import accounts, four_eyes
from campaign.organizers.actions import Action
from campaign.organizers.models import AuditEntry, ExportJob, Request
from campaign.organizers.views.requests import approval_handlers
from tests.people import parse, rows

FACTS = {"format": "csv", "reader": "en"}


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def ask(app, database):
    """Asks for an export with addresses, as its page would."""
    handlers = approval_handlers(app.extensions["campaign"].keys)

    def ask(organizer):
        with database.writing() as session:
            account = accounts.get_account(session, organizer.email)
            return four_eyes.request_approval(session, account, Action.EXPORT_WITH_ADDRESSES, FACTS, handlers).id

    return ask


def done(app):
    """For whom it was done, each time."""
    return [export.account.email for export in rows(app, ExportJob)]


def answer(organizer, number, deed="agree"):
    """Presses a button under a request."""
    return organizer.send("requests", request=str(number), deed=deed).status_code


def acts(app):
    """The acts in the audit."""
    return [line.act for line in rows(app, AuditEntry)]


def test_what_one_organizer_asks_for_is_done_when_another_agrees(app, omar, nour, ask):
    number = ask(omar)
    assert done(app) == []

    assert answer(nour, number) == 303

    assert done(app) == ["omar@example.org"]
    assert acts(app)[-2:] == ["agreed", "export asked for"]
    assert rows(app, Request)[0].is_done


def test_whoever_asked_cannot_agree_and_can_take_it_back(app, omar, nour, ask):
    number = ask(omar)

    assert answer(omar, number) == 409
    assert answer(omar, number, "decline") == 303
    assert answer(nour, number) == 409
    assert done(app) == []
    assert "declined" in acts(app)


def test_a_moderator_is_no_second_organizer(app, omar, hadi, ask):
    assert answer(hadi, ask(omar)) == 403
    assert done(app) == []


def test_the_rule_itself_lets_no_moderator_decide(app, database, omar, hadi, ask):
    number, handlers = ask(omar), approval_handlers(app.extensions["campaign"].keys)

    with pytest.raises(four_eyes.NotDecidable), database.writing() as session:
        four_eyes.approve(session, number, accounts.get_account(session, hadi.email), handlers)
    with pytest.raises(four_eyes.NotDecidable), database.writing() as session:
        four_eyes.decline(session, number, accounts.get_account(session, hadi.email))

    assert done(app) == []
    assert rows(app, Request)[0].decided_at is None


def test_the_second_organizer_sees_what_would_happen_who_asked_and_until_when(omar, nour, ask):
    number = ask(omar)
    page = parse(nour.read("requests").text)
    told = " ".join(" ".join(page.itertext()).split())

    assert "An export with names and addresses" in told
    assert "Requested by omar@example.org" in told
    assert [button.get("value") for button in page.iter("button") if button.get("name") == "deed"] == ["agree", "decline"]
    assert str(number) in {field.get("value") for field in page.iter("input")}
    own = [button.get("value") for button in parse(omar.read("requests").text).iter("button") if button.get("name") == "deed"]
    assert own == ["decline"]


def test_after_seven_days_nobody_can_agree(app, omar, nour, ask):
    number = ask(omar)

    with time_machine.travel(now() + timedelta(days=7, seconds=1)):
        nour.client.delete_cookie("desk")
        nour.enter()
        assert answer(nour, number) == 409
        assert "Nothing is waiting." in nour.read("requests").text
    assert done(app) == []


def test_of_ten_that_agree_at_once_one_does_it(database, omar, nour, ask):
    number, burnt, refused = ask(omar), [], []
    handlers = {Action.EXPORT_WITH_ADDRESSES: lambda _session, facts, by: burnt.append((facts, by))}

    def agree():
        try:
            with database.writing() as session:
                four_eyes.approve(session, number, accounts.get_account(session, nour.email), handlers)
        except four_eyes.NotDecidable:
            refused.append(number)

    threads = [threading.Thread(target=agree) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (burnt, len(refused)) == ([(FACTS, "omar@example.org")], 9)


def test_what_goes_wrong_while_it_is_done_leaves_nothing_done(app, database, omar, nour, ask):
    number = ask(omar)
    handlers = {Action.EXPORT_WITH_ADDRESSES: lambda *_: 1 / 0}

    with pytest.raises(ZeroDivisionError), database.writing() as session:
        four_eyes.approve(session, number, accounts.get_account(session, nour.email), handlers)

    assert rows(app, Request)[0].decided_at is None
    assert "agreed" not in acts(app)


def test_the_only_organizer_turns_the_rule_off_with_a_line_in_the_audit(app, omar, hadi, ask):
    assert omar.send("accounts", four_eyes="off").status_code == 303
    ask(omar)

    assert done(app) == ["omar@example.org"]
    assert acts(app)[-2:] == ["four eyes off", "export asked for"]
    assert omar.send("accounts", four_eyes="on").status_code == 303
    ask(omar)
    assert len(done(app)) == 1


def test_where_there_are_two_organizers_neither_turns_the_rule_off(app, omar, nour, hadi, ask):
    assert omar.send("accounts", four_eyes="off").status_code == 400
    assert hadi.send("accounts", four_eyes="off").status_code == 403
    assert 'value="off"' not in omar.read("accounts").text
    ask(omar)
    assert done(app) == []


def test_with_a_second_organizer_the_rule_is_on_again(app, omar, new_account, ask):
    omar.send("accounts", four_eyes="off")
    new_account("nour@example.org")

    ask(omar)

    assert done(app) == []
    assert acts(app).index("four eyes off") < acts(app).index("four eyes on")


def test_what_nobody_could_agree_to_cannot_be_asked_for(app, database, omar):
    with pytest.raises(KeyError), database.writing() as session:
        four_eyes.request_approval(session, accounts.get_account(session, omar.email), Action.EXPORT_WITH_ADDRESSES, FACTS, {})

    assert rows(app, Request) == []


def test_a_request_of_somebody_who_was_removed_is_over(app, database, omar, nour, ask):
    number = ask(omar)
    with database.writing() as session:
        accounts.remove(session, omar.email, now())

    assert answer(nour, number) == 409
    assert done(app) == []
