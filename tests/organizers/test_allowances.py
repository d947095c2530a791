"""What needs two is not done by one in slices: beyond a day's few, a second organizer agrees."""

from datetime import timedelta

import pytest
import time_machine

from campaign.database import now
from campaign.organizers import allowances
from campaign.organizers.actions import Action
from campaign.organizers.models import AuditEntry, Request
from campaign.petition.models import Signature
from tests.organizers.stored import propose, removed, store
from tests.people import rows

REMOVED, OPENED, LOOKED_UP, *_ = allowances.ALONE_PER_DAY.values()


@pytest.fixture
def few(monkeypatch):
    """A day's few are two of each, so that a test need not do many."""
    for action in allowances.ALONE_PER_DAY:
        monkeypatch.setitem(allowances.ALONE_PER_DAY, action, 2)


def count(app, act):
    """How many lines of the audit are of one kind."""
    return sum(line.act == act for line in rows(app, AuditEntry))


def remove(who, app, record):
    """Removes one signature."""
    number = propose(app, [record])
    assert who.send(f"removals/{number}", deed="remove", reason="abuse").status_code == 303
    return number


def sealed_page(app):
    """The page that opens what is sealed of the first signature."""
    return f"signatures/{rows(app, Signature)[0].id.hex()}/sealed"


def agree(who, app):
    """Agrees to what was asked for last."""
    who.prove()
    return who.send("requests", request=str(rows(app, Request)[-1].id), deed="agree").status_code


def test_a_day_allows_a_handful_of_removals_and_a_score_of_openings():
    assert (REMOVED, OPENED, LOOKED_UP) == (5, 20, 10)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("name", ["hadi", "nour"])
def test_one_more_removal_than_the_few_waits_for_a_second_organizer(app, request, omar, name):
    who, records = request.getfixturevalue(name), store(app, "Rami", "Adel", "Huda")

    for record in records:
        number = remove(who, app, record)

    assert len(removed(app.extensions["campaign"].database)) == 2
    assert "This is waiting for a second organizer." in who.read(f"removals/{number}").text
    assert agree(omar, app) == 303
    assert len(removed(app.extensions["campaign"].database)) == 3


@pytest.mark.usefixtures("few")
def test_one_more_opening_than_the_few_shows_nothing_until_a_second_organizer_agrees(app, layla, omar, nour):
    omar.prove()
    path = sealed_page(app)
    for _ in range(2):
        assert "layla@example.org" in omar.send(path).text

    refused = omar.send(path)
    assert (refused.status_code, "layla@example.org" in refused.text) == (409, False)
    assert "today’s limit for doing this alone" in refused.text
    for _ in range(2):  # asking twice is the same as once
        assert omar.send("requests/more", what="sealed shown").status_code == 303
    assert len(rows(app, Request)) == 1
    assert "You have asked for more. A second organizer has to agree." in omar.read(path).text

    assert agree(nour, app) == 303
    assert "layla@example.org" in omar.send(path).text
    assert count(app, "sealed shown") == 3
    assert "layla@example.org" in (nour.send(path).text)  # each has their own


@pytest.mark.usefixtures("few")
def test_one_more_look_up_than_the_few_finds_nothing_until_the_next_day(app, layla, omar, nour):
    omar.prove()
    for _ in range(2):
        assert "A signature, confirmed on" in omar.send("address", email="layla@example.org").text

    refused = omar.send("address", email="layla@example.org")

    assert (refused.status_code, "A signature, confirmed on" in refused.text) == (409, False)
    assert count(app, "address looked for") == 2
    with time_machine.travel(now() + timedelta(days=1)):
        assert omar.enter().status_code == 303
        assert "A signature, confirmed on" in omar.send("address", email="layla@example.org").text


@pytest.mark.usefixtures("few")
def test_what_was_allowed_for_a_day_cannot_be_agreed_to_on_the_next(app, omar, nour):
    assert omar.send("requests/more", what="sealed shown").status_code == 303

    with time_machine.travel(now() + timedelta(days=1)):
        assert nour.enter().status_code == 303
        assert agree(nour, app) == 409


@pytest.mark.usefixtures("few")
def test_the_only_organizer_who_turned_the_rule_off_is_not_counted(app, layla, omar):
    omar.prove()
    assert omar.send("accounts", four_eyes="off").status_code == 303

    for _ in range(4):
        assert omar.send(sealed_page(app)).status_code == 200
    assert count(app, Action.SEALED_SHOWN.value) == 4


def test_a_moderator_does_not_put_back_what_two_have_removed(app, omar, nour, hadi):
    number = propose(app, store(app, "Rami", "Adel"))
    omar.send(f"removals/{number}", deed="remove", reason="abuse")
    assert agree(nour, app) == 303

    assert hadi.send(f"removals/{number}", deed="undo").status_code == 403
    assert "Undo the removal" in omar.read(f"removals/{number}").text
    assert "Undo the removal" not in hadi.read(f"removals/{number}").text
    assert omar.send(f"removals/{number}", deed="undo").status_code == 303
    assert removed(app.extensions["campaign"].database) == []
