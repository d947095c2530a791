"""The page of the plan: an organizer sets the days; a sooner day of deletion waits for a second one."""

from datetime import date, timedelta

import pytest

from campaign.database import now
from campaign.languages import LANGUAGES, day
from campaign.organizers import audit
from campaign.organizers.models import Request
from campaign.petition.models import Signature
from campaign.petition.plan import Plan
from tests.people import rows


def in_days(number):
    """A day that many days from now."""
    return str(now().date() + timedelta(days=number))


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def acts(database):
    """What the audit says of plans and agreements."""
    with database.reading() as session:
        assert audit.verify_chain(session) == []
        return [line.act for line in audit.read_entries(session) if line.act in ("plan changed", "asked", "agreed")]


def test_an_organizer_sets_the_days_and_everybody_reads_them(app, omar, nour, visitor, database):
    answer = omar.send("plan", opens_on="", closes_on=in_days(60), hand_over_on="", delete_on=in_days(90))
    assert answer.headers["Location"].endswith("/plan")

    [row] = rows(app, Plan)
    assert (row.set_by, str(row.closes_on), str(row.delete_on)) == ("1", in_days(60), in_days(90))
    assert acts(database) == ["plan changed"]
    app.extensions["campaign"].snapshots.refresh()
    assert visitor.read("/api/v1/petition.json").json["plan"]["closes_on"] == in_days(60)
    assert f'value="{in_days(60)}"' in omar.read("plan").text


def test_a_sooner_day_of_deletion_waits_for_a_second_organizer(app, layla, omar, nour, database):
    days = {"closes_on": in_days(60), "delete_on": in_days(90)}
    assert omar.send("plan", **days).headers["Location"].endswith("/requests")
    assert rows(app, Plan) == []
    assert "a second organizer has to agree within 7 days" in omar.read("requests").text
    assert omar.send("requests", request="1", deed="agree").status_code == 409

    assert day(date.fromisoformat(in_days(90)), LANGUAGES["en"]) in nour.read("requests").text
    assert nour.send("requests", request="1", deed="agree").status_code == 303

    assert str(rows(app, Signature)[0].delete_on) == in_days(90)
    assert acts(database) == ["asked", "agreed", "plan changed"]
    assert omar.send("plan", closes_on=in_days(60), delete_on=in_days(120)).headers["Location"].endswith("/plan")


def test_what_no_longer_fits_when_the_second_one_agrees_is_not_done(app, layla, omar, nour):
    omar.send("plan", closes_on=in_days(10), delete_on=in_days(20))
    [asked] = rows(app, Request)
    omar.send("plan", closes_on=in_days(10), delete_on=in_days(18))
    nour.send("requests", request="2", deed="agree")

    assert asked.facts["delete_on"] == in_days(20)
    assert nour.send("requests", request="1", deed="agree").status_code == 303, "later than what holds by now, and so harmless"
    assert str(rows(app, Signature)[0].delete_on) == in_days(18)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_days_that_do_not_fit_come_back_with_what_was_typed(app, omar, language):
    omar.language = language

    answer = omar.send("plan", closes_on="", delete_on=in_days(90))

    assert answer.status_code == 422
    assert f'value="{in_days(90)}"' in answer.text
    assert rows(app, Plan) == []
    assert omar.send("plan", closes_on="soon").status_code == 422


def test_a_moderator_neither_sees_nor_sets_it(app, omar, hadi):
    assert hadi.read("plan").status_code == 403
    assert hadi.send("plan", closes_on=in_days(60)).status_code == 403
    assert rows(app, Plan) == []


@pytest.mark.parametrize(
    ("language", "words"), [("en", "are deleted for good, as signers were promised"), ("ar", "كما وُعد الموقّعون")]
)
def test_the_overview_warns_weeks_before_the_day_of_deletion(app, layla, omar, language, words):
    omar.language = language
    omar.send("accounts", four_eyes="off")
    omar.send("plan", closes_on=in_days(5), delete_on=in_days(40))
    assert words not in omar.read("").text

    omar.send("plan", closes_on=in_days(5), delete_on=in_days(20))

    assert words in omar.read("").text
