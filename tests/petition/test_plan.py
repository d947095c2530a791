"""The plan: its days fit together, each change stays to be read, and each signature keeps the day it was promised."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from campaign.database import now
from campaign.petition import plan
from campaign.petition.models import Signature, Submission
from campaign.petition.plan import Days, InvalidPlan
from tests.people import link_in, publish, rows

NOON = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)
TODAY = NOON.date()
SPRING, SUMMER = date(2027, 4, 1), date(2027, 8, 1)
CLOSES = date(2027, 3, 1)
WRONG = {
    "ends before it begins": Days(opens_on=CLOSES, closes_on=CLOSES - timedelta(days=1)),
    "deletes and never ends": Days(delete_on=SPRING),
    "deletes while links still work": Days(closes_on=CLOSES, delete_on=CLOSES + timedelta(days=7)),
    "deletes before it is handed over": Days(closes_on=CLOSES, hand_over_on=SPRING, delete_on=SPRING),
    "deletes today": Days(closes_on=TODAY - timedelta(days=30), delete_on=TODAY),
}


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


@pytest.fixture
def set_plan(app):
    """Sets the plan, and the pages know it."""

    def set_days(**days):
        with app.extensions["campaign"].database.writing() as session:
            changed = plan.set_plan(session, Days(**days), by=plan.COMMAND, today=now().date())
        app.extensions["campaign"].snapshots.refresh()
        return changed

    return set_days


def sign(visitor, post_office, who, **typed):
    """Somebody signs and confirms."""
    visitor.sign(email=f"{who}@example.org", **typed)
    visitor.press(link_in(post_office.deliver()[-1]))


@pytest.mark.parametrize("days", WRONG.values(), ids=WRONG)
def test_days_that_do_not_fit_together_are_refused(clock, app, set_plan, days):
    with pytest.raises(InvalidPlan):
        set_plan(**vars(days))

    assert rows(app, plan.Plan) == []


def test_a_day_that_was_published_is_moved_and_never_taken_away(clock, app, set_plan):
    set_plan(closes_on=CLOSES, delete_on=SPRING)

    with pytest.raises(InvalidPlan):
        set_plan(closes_on=CLOSES)
    assert set_plan(closes_on=CLOSES, delete_on=SUMMER)
    assert not set_plan(closes_on=CLOSES, delete_on=SUMMER), "the same again is no change"

    assert [row.delete_on for row in rows(app, plan.Plan)] == [SPRING, SUMMER]


def test_the_public_numbers_have_the_plan_and_every_change_with_its_day(clock, visitor, set_plan):
    set_plan(closes_on=CLOSES)
    clock.shift(timedelta(days=3))
    set_plan(closes_on=CLOSES, hand_over_on=date(2027, 3, 9), delete_on=SPRING)

    numbers = visitor.read("/api/v1/petition.json").json

    assert numbers["plan"] == {"opens_on": "", "closes_on": "2027-03-01", "hand_over_on": "2027-03-09", "delete_on": "2027-04-01"}
    assert [(change["set_on"], change["delete_on"]) for change in numbers["plan_changes"]] == [
        ("2026-08-13", "2027-04-01"),
        ("2026-08-10", ""),
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["The last day to sign is 1 March 2027.", "are deleted on 1 April 2027.", "Set on 10 August 2026"]),
        ("ar", ["آخر يوم للتوقيع هو 1 آذار 2027.", "في 1 نيسان 2027", "حُدِّدت في 10 آب 2026"]),
    ],
)
def test_the_page_of_the_letter_says_the_plan_and_its_changes(clock, visitor, set_plan, language, said):
    set_plan(closes_on=CLOSES)
    set_plan(closes_on=CLOSES, delete_on=SPRING)

    page = visitor.read(f"/{language}/petition").text

    assert [words for words in said if words not in page] == []


def test_each_signature_keeps_the_day_it_was_promised_when_a_later_one_is_set(clock, app, visitor, post_office, set_plan):
    set_plan(closes_on=CLOSES, delete_on=SPRING)
    sign(visitor, post_office, "layla")
    set_plan(closes_on=CLOSES, delete_on=SUMMER)
    sign(visitor, post_office, "sami")

    assert sorted(row.delete_on for row in rows(app, Signature)) == [SPRING, SUMMER]


def test_a_sooner_day_holds_for_everybody_also_for_those_who_wait_and_those_who_were_promised_none(
    clock, app, visitor, post_office, set_plan
):
    sign(visitor, post_office, "layla")
    set_plan(closes_on=CLOSES, delete_on=SUMMER)
    assert [row.delete_on for row in rows(app, Signature)] == [SUMMER]
    visitor.sign(email="sami@example.org")

    set_plan(closes_on=CLOSES, delete_on=SPRING)

    assert [row.delete_on for row in rows(app, Signature) + rows(app, Submission)] == [SPRING, SPRING]


def test_a_form_that_lay_open_while_a_later_day_was_set_keeps_the_day_it_has_shown(clock, app, visitor, set_plan):
    set_plan(closes_on=CLOSES, delete_on=SPRING)
    shown = visitor.form()
    set_plan(closes_on=CLOSES, delete_on=SUMMER)

    for who, fields in (("layla", shown), ("sami", visitor.form()), ("omar", shown | {"delete_on": "2026-08-11"})):
        assert visitor.client.post("/en/sign", data=fields | {"name": who, "email": f"{who}@example.org"}).status_code == 303

    assert sorted(row.delete_on for row in rows(app, Submission)) == [SPRING, SUMMER, SUMMER]


def test_collecting_never_goes_on_beyond_the_first_deletion_so_that_nobody_is_counted_twice(
    clock, app, visitor, post_office, set_plan
):
    set_plan(closes_on=CLOSES, delete_on=SPRING)
    sign(visitor, post_office, "layla")

    with pytest.raises(InvalidPlan):
        set_plan(closes_on=SPRING, delete_on=SUMMER)
    assert set_plan(closes_on=SPRING - plan.LINKS_LIVE, delete_on=SUMMER)


def test_signing_opens_and_closes_by_itself_at_midnight_in_utc(clock, app, visitor, set_plan):
    opens, closes = TODAY + timedelta(days=2), TODAY + timedelta(days=5)
    fields = visitor.form()
    set_plan(opens_on=opens, closes_on=closes)
    seen = []
    for day in range(7):
        clock.move_to(datetime.combine(TODAY + timedelta(days=day), datetime.min.time(), UTC))
        publish(app)
        is_there = 'name="email"' in visitor.read("/en/sign").text
        fields = visitor.form() if is_there else fields
        taken = visitor.client.post("/en/sign", data=fields | {"name": "Layla", "email": f"l{day}@example.org"}).status_code
        seen.append((is_there, 303 if taken == 303 else 0, visitor.read("/api/v1/petition.json").json["open"]))

    assert seen == [(False, 0, False)] * 2 + [(True, 303, True)] * 4 + [(False, 0, False)]
