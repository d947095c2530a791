"""Removing at the desk: one at once, several with four eyes, seen before they go, and put back within a week."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.organizers import removals, signature_search
from campaign.organizers.models import AuditEntry
from campaign.petition.models import Removal
from tests.organizers.stored import everything, removed, store
from tests.people import publish, standing


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def tick(somebody, *ids):
    """Ticks signatures and presses the button; the address of what would go."""
    answer = somebody.client.post(
        somebody.url("signatures"), data={"csrf_token": somebody.token(), "ids": [record.hex() for record in ids]}
    )
    assert answer.status_code == 303, answer.text
    return answer.location


def acts(database):
    return [line["act"] for line in everything(database, AuditEntry)]


def test_a_moderator_removes_one_signature_with_a_reason_and_it_is_published(app, hadi, visitor, database):
    [record] = store(app, "Layla")
    page = tick(hadi, record)
    assert "1 signature would be removed." in hadi.read(page).text
    assert hadi.send(page, deed="remove").status_code == 422, "a reason is needed"
    assert hadi.send(page, deed="remove", reason="because").status_code == 422

    assert hadi.send(page, deed="remove", reason="duplicate").status_code == 303

    assert standing(app) == []
    assert "removed" in acts(database)
    publish(app)
    numbers = visitor.read("/api/v1/petition.json").json
    assert (numbers["confirmed"], numbers["removed"], numbers["removed_by_reason"]) == (0, 1, {"duplicate": 1})
    for path, words in (("/en/petition", "the same person had signed before: 1"), ("/ar/petition", "ما حُذف")):
        assert words in visitor.read(path).text


def test_nothing_is_said_of_removals_where_there_was_none(app, visitor):
    publish(app)

    assert "removed" not in visitor.read("/en/petition").text


def test_several_wait_for_a_second_organizer_and_what_was_seen_is_what_goes(app, omar, nour, database):
    ids = store(app, *["Layla"] * 60)
    wanted = omar.client.post(omar.url("signatures?name=lay"), data={"csrf_token": omar.token(), "which": "all"}).location
    page = omar.read(wanted).text
    assert "60 signatures would be removed." in page
    assert page.count('class="look"') == 50
    [later] = store(app, "Layla who came later")

    omar.send(wanted, deed="remove", reason="not_real")

    assert len(standing(app)) == 61, "it waits"
    assert "This is waiting for a second organizer." in omar.read(wanted).text
    request = re.search(r'name="request" value="(\d+)"', nour.read("requests").text)[1]
    assert nour.send("requests", request=request, deed="agree").status_code == 303
    assert [row.id for row in standing(app)] == [later]
    assert {row["id"] for row in removed(database)} == set(ids)


def test_nobody_agrees_alone_and_no_moderator_asks_for_several(app, omar, nour, hadi):
    ids = store(app, "Layla", "Sami")
    page = tick(hadi, *ids)
    assert hadi.send(page, deed="remove", reason="abuse").status_code == 403

    for _ in range(2):
        omar.send(page, deed="remove", reason="abuse")
    waiting = re.findall(r'name="request" value="(\d+)"', omar.read("requests").text)
    assert len(waiting) == 1, "asked twice, it waits once"
    omar.send("requests", request=waiting[0], deed="agree")

    assert len(standing(app)) == 2


def test_a_thousand_are_removed_together_and_put_back_within_the_week(app, omar, nour, visitor, database):
    store(app, *["Layla"] * 1000)
    page = omar.client.post(omar.url("signatures?state=shown"), data={"csrf_token": omar.token(), "which": "all"}).location
    omar.send(page, deed="remove", reason="not_real")
    request = re.search(r'name="request" value="(\d+)"', nour.read("requests").text)[1]
    nour.send("requests", request=request, deed="agree")
    assert "1,000 signatures were removed" in omar.read(page).text

    for _ in range(2):
        omar.send(page, deed="undo")

    assert len(standing(app)) == 1000
    assert "1,000 signatures were put back" in omar.read(page).text
    assert acts(database).count("restored") == 1
    publish(app)
    assert visitor.read("/api/v1/petition.json").json["removed_by_reason"] == {}


def test_after_the_week_the_page_says_that_it_is_over(app, omar, database):
    [record] = store(app, "Layla")
    page = tick(omar, record)
    omar.send(page, deed="remove", reason="asked")
    with database.writing() as session:
        session.execute(sa.update(Removal).values(done_at=now() - timedelta(days=7)))

    assert omar.send(page, deed="undo").status_code == 409
    removals.purge(database, now())

    assert "What was removed has been deleted for good." in omar.read(page).text
    assert "Undo the removal" not in omar.read(page).text


def test_nothing_ticked_leads_back_to_the_list(omar, app, database):
    store(app, "Layla")

    answer = omar.send("signatures", ids="x")

    assert "Nothing was selected" in omar.read(answer.location).text
    assert everything(database, Removal) == []


def test_a_whole_page_can_be_ticked(app, omar):
    ids = store(app, *["Layla"] * signature_search.PAGE_SIZE)

    assert f"{signature_search.PAGE_SIZE} signatures would be removed." in omar.read(tick(omar, *ids)).text
    assert omar.read("signatures?all=y").text.count(" checked ") == signature_search.PAGE_SIZE


def test_the_list_of_removals_leads_to_each(app, omar, hadi):
    [record] = store(app, "Layla")
    page = tick(omar, record)
    assert "not removed" in hadi.read("removals").text
    omar.send(page, deed="remove", reason="abuse")

    assert page in hadi.read("removals").text
    assert omar.read("removals/99999").status_code == 404
    assert omar.send("removals/99999", deed="undo").status_code == 404
    assert omar.send(page, deed="else").status_code == 400
