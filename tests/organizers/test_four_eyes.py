"""Four eyes: what is hard to undo is done when a second organizer agrees, once; never by one alone."""

import threading
from datetime import timedelta

import pytest
import time_machine

from campaign.database import now
from campaign.organizers import accounts, audit, four_eyes
from campaign.organizers.models import AuditLine, Request
from tests.people import parse, rows

ACT = "burn the letters"


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["site"].database


@pytest.fixture
def burnt(monkeypatch):
    """What was done."""
    done = []

    def burn(session, facts, by):
        done.append((facts["number"], by))
        audit.note(session, by, ACT, number=facts["number"])

    monkeypatch.setattr(four_eyes, "ACTS", dict(four_eyes.ACTS))
    four_eyes.register(ACT, burn)
    return done


@pytest.fixture
def ask(database, burnt):
    """Asks for the act, as a view would."""

    def ask(organizer):
        with database.writing() as session:
            return four_eyes.ask(session, accounts.get(session, organizer.email), ACT, {"number": 7}).id

    return ask


def answer(organizer, number, deed="agree"):
    """Presses a button under a request."""
    return organizer.send("requests", request=str(number), deed=deed).status_code


def acts(app):
    """The acts in the audit."""
    return [line.act for line in rows(app, AuditLine)]


def test_what_one_organizer_asks_for_is_done_when_another_agrees(app, omar, nour, ask, burnt):
    number = ask(omar)
    assert burnt == []

    assert answer(nour, number) == 303

    assert burnt == [(7, "omar@example.org")]
    assert acts(app)[-2:] == ["agreed", ACT]
    assert rows(app, Request)[0].is_done


def test_whoever_asked_cannot_agree_and_can_take_it_back(app, omar, nour, ask, burnt):
    number = ask(omar)

    assert answer(omar, number) == 409
    assert answer(omar, number, "decline") == 303
    assert answer(nour, number) == 409
    assert burnt == []
    assert "declined" in acts(app)


def test_a_moderator_is_no_second_organizer(omar, hadi, ask, burnt):
    assert answer(hadi, ask(omar)) == 403
    assert burnt == []


def test_the_second_organizer_sees_what_would_happen_who_asked_and_until_when(omar, nour, ask):
    number = ask(omar)
    page = parse(nour.read("requests").text)
    told = " ".join(" ".join(page.itertext()).split())

    assert ACT in told
    assert "Asked for by omar@example.org" in told
    assert [button.get("value") for button in page.iter("button") if button.get("name") == "deed"] == ["agree", "decline"]
    assert str(number) in {field.get("value") for field in page.iter("input")}
    own = [button.get("value") for button in parse(omar.read("requests").text).iter("button") if button.get("name") == "deed"]
    assert own == ["decline"]


def test_after_seven_days_nobody_can_agree(omar, nour, ask, burnt):
    number = ask(omar)

    with time_machine.travel(now() + timedelta(days=7, seconds=1)):
        nour.client.delete_cookie("desk")
        nour.enter()
        assert answer(nour, number) == 409
        assert "Nothing waits." in nour.read("requests").text
    assert burnt == []


def test_of_ten_that_agree_at_once_one_does_it(database, omar, nour, ask, burnt):
    number, refused = ask(omar), []

    def agree():
        try:
            with database.writing() as session:
                four_eyes.agree(session, number, accounts.get(session, nour.email))
        except four_eyes.NotPossible:
            refused.append(number)

    threads = [threading.Thread(target=agree) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(burnt), len(refused)) == (1, 9)


def test_what_goes_wrong_while_it_is_done_leaves_nothing_done(app, database, omar, nour, ask, monkeypatch):
    number = ask(omar)
    monkeypatch.setitem(four_eyes.ACTS, ACT, lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError), database.writing() as session:
        four_eyes.agree(session, number, accounts.get(session, nour.email))

    assert rows(app, Request)[0].decided_at is None
    assert "agreed" not in acts(app)


def test_the_only_organizer_turns_the_rule_off_with_a_line_in_the_audit(app, omar, hadi, ask, burnt):
    assert omar.send("accounts", four_eyes="off").status_code == 303
    ask(omar)

    assert burnt == [(7, "omar@example.org")]
    assert acts(app)[-2:] == ["four eyes off", ACT]
    assert omar.send("accounts", four_eyes="on").status_code == 303
    ask(omar)
    assert len(burnt) == 1


def test_where_there_are_two_organizers_neither_turns_the_rule_off(omar, nour, hadi, ask, burnt):
    assert omar.send("accounts", four_eyes="off").status_code == 400
    assert hadi.send("accounts", four_eyes="off").status_code == 403
    assert 'value="off"' not in omar.read("accounts").text
    ask(omar)
    assert burnt == []


def test_with_a_second_organizer_the_rule_is_on_again(app, omar, new_account, ask, burnt):
    omar.send("accounts", four_eyes="off")
    new_account("nour@example.org")

    ask(omar)

    assert burnt == []
    assert acts(app).index("four eyes off") < acts(app).index("four eyes on")


def test_a_request_of_somebody_who_was_removed_is_over(database, omar, nour, ask, burnt):
    number = ask(omar)
    with database.writing() as session:
        accounts.remove(session, omar.email, now())

    assert answer(nour, number) == 409
    assert burnt == []
