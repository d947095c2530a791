"""A person is erased by address at the desk: shown first what is found; beyond a day's few a second organizer agrees."""

import pytest

from campaign.organizers import allowances
from campaign.organizers.actions import Action
from campaign.organizers.models import AuditEntry
from campaign.outbox.queue import OutboxMessage
from campaign.petition.models import Signature, Submission, Tally
from tests.people import rows
from tests.servers import on_sqlite

LAYLA = "layla@example.org"


def erased(app):
    """What the audit says of it."""
    return [line.facts for line in rows(app, AuditEntry) if line.act == "erased"]


def test_what_is_found_is_shown_first_then_all_of_it_goes_and_nothing_of_others(app, omar, visitor, layla, sami):
    visitor.sign(email="layla+again@example.org")
    page = omar.send("address", email="Layla@example.org").text
    assert ("A signature, confirmed on" in page, "1 e-mail is waiting for its link" in page, "for good" in page) == (
        True,
        True,
        True,
    )
    assert len(rows(app, Signature)) == 1

    answer = omar.send("address", email=LAYLA, deed="erase")

    assert "Erased: 2 things. One of them was a signature, so the published count will change." in omar.read(answer.location).text
    assert rows(app, Signature) == []
    assert len(rows(app, Submission)) == len(rows(app, OutboxMessage)) == 1
    assert [tally.number for tally in rows(app, Tally)] == [1]
    assert erased(app) == [{"number": 2}]
    assert LAYLA not in str([line.facts for line in rows(app, AuditEntry)])
    assert visitor.read(sami).status_code == 200


@on_sqlite
def test_where_there_is_nothing_it_says_so_and_erases_nothing_and_that_was_asked_is_in_the_audit(app, omar, layla):
    assert "Nothing is stored for this address." in omar.send("address", email="nobody@example.org", deed="erase").text
    assert omar.send("address", email="layla", deed="erase").status_code == 422
    assert (len(rows(app, Signature)), erased(app)) == (1, [{"number": 0}])


@on_sqlite
def test_nobody_finds_out_by_erasing_alone_who_has_not_signed_of_more_people_than_they_may_erase(
    app, omar, nour, layla, monkeypatch
):
    monkeypatch.setitem(allowances.ALONE_PER_DAY, Action.ERASED, 2)
    monkeypatch.setitem(allowances.ALONE_PER_DAY, Action.ADDRESS_LOOKED_FOR, 0)
    for number in range(2):
        assert omar.send("address", email=f"nobody-{number}@example.org", deed="erase").status_code == 200

    absent, present = (omar.send("address", email=email, deed="erase") for email in ("nobody@example.org", LAYLA))

    assert absent.status_code == present.status_code == 409
    assert "There is nothing" not in absent.text
    assert (len(rows(app, Signature)), erased(app)) == (1, [{"number": 0}] * 2)


@on_sqlite
def test_beyond_a_day_s_few_a_second_organizer_agrees(app, omar, nour, layla, visitor, monkeypatch):
    monkeypatch.setitem(allowances.ALONE_PER_DAY, Action.ERASED, 1)
    visitor.sign(email="other@example.org")
    omar.send("address", email="other@example.org", deed="erase")

    assert "today’s limit for doing this alone" in omar.send("address", email=LAYLA).text
    assert omar.send("address", email=LAYLA, deed="erase").status_code == 409
    assert len(rows(app, Signature)) == 1

    omar.send("requests/more", what="erased")
    assert "You have asked for more. A second organizer has to agree." in omar.send("address", email=LAYLA, deed="erase").text
    nour.send("requests", request="1", deed="agree")
    assert omar.send("address", email=LAYLA, deed="erase").status_code == 303
    assert rows(app, Signature) == []


@pytest.mark.parametrize("deed", ["erase", ""])
@on_sqlite
def test_a_moderator_erases_nobody(app, hadi, layla, deed):
    assert hadi.send("address", email=LAYLA, deed=deed).status_code == 403
    assert len(rows(app, Signature)) == 1
