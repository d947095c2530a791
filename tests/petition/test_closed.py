"""A closed petition says so everywhere, thanks, says what comes next and asks for nothing; links that were sent still count."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from campaign.petition import plan
from campaign.petition.plan import Days
from tests.people import link_in, parse, publish, standing

NOON = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)
LAST = date(2026, 8, 20)
AFTER = datetime(2026, 8, 21, 0, 0, tzinfo=UTC)
PAGES = (
    "",
    "testimony",
    "testimony/beside/{other}",
    "petition",
    "sign",
    "about",
    "privacy",
    "signatures",
    "mirrors",
    "write",
    "embed",
)
ASKING = {"en": ("Sign the petition", "Read and sign", ">Sign<", "Next goal"), "ar": ("توقيع العريضة", ">التوقيع<", "الهدف")}


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


@pytest.fixture
def planned(app, clock):
    """The campaign has a plan."""
    with app.extensions["campaign"].database.writing() as session:
        days = Days(date(2026, 8, 5), LAST, date(2026, 9, 1), date(2026, 10, 1))
        plan.set_plan(session, days, by=plan.COMMAND, today=NOON.date())
    app.extensions["campaign"].snapshots.refresh()


def test_once_the_last_day_is_over_no_page_asks_for_a_signature(app, planned, clock, somebody, layla):
    clock.move_to(AFTER)
    publish(app)

    other = {"en": "ar", "ar": "en"}[somebody.language]
    for path in PAGES:
        page = somebody.read(f"/{somebody.language}/{path.format(other=other)}").text
        assert [words for words in ASKING[somebody.language] if words in page] == [], path
        assert 'name="email"' not in page, path
        hrefs = [link.get("href", "") for link in parse(page).iter("a") if not link.get("hreflang")]
        assert not [href for href in hrefs if href.split("?")[0].endswith(("/sign", "#sign", "/sheet.pdf"))], path


def test_the_form_gives_way_to_thanks_and_what_comes_next(app, planned, clock, somebody, layla):
    clock.move_to(AFTER)
    publish(app)

    said = {
        "en": (
            "Thank you to everyone who signed",
            "until 20 August 2026",
            "handed over on 1 September 2026",
            "deleted on 1 October 2026",
        ),
        "ar": ("شكرًا لجميع الموقّعين والموقّعات", "حتى 20 آب 2026", "في 1 أيلول 2026", "في 1 تشرين الأول 2026"),
    }[somebody.language]
    for path in ("", "sign"):
        page = somebody.read(f"/{somebody.language}/{path}").text
        assert [words for words in said if words not in page] == [], path


def test_a_link_that_was_sent_before_says_so_and_still_counts(app, planned, clock, somebody, post_office):
    clock.move_to(AFTER - timedelta(minutes=1))
    somebody.sign()
    link = link_in(post_office.deliver()[-1])
    clock.move_to(AFTER)
    publish(app)

    said = {"en": "The form was sent in time.", "ar": "أُرسل النموذج في الموعد."}[somebody.language]
    assert said in somebody.read(link).text
    somebody.press(link)

    assert len(standing(app)) == 1


def test_a_dead_link_does_not_send_back_to_a_form_that_is_not_there(app, planned, clock, somebody):
    clock.move_to(AFTER)
    publish(app)

    page = somebody.read(f"/{somebody.language}/confirm/{'a' * 26}")

    assert page.status_code == 404
    assert [words for words in ASKING[somebody.language] if words in page.text] == []


def test_days_of_the_plan_that_are_past_are_told_as_past(app, clock, somebody):
    with app.extensions["campaign"].database.writing() as session:
        days = Days(opens_on=date(2026, 8, 15), closes_on=date(2026, 9, 1), hand_over_on=date(2026, 9, 10))
        plan.set_plan(session, days, by=plan.COMMAND, today=NOON.date())
    clock.move_to(datetime(2026, 9, 11, 12, 0, tzinfo=UTC))
    publish(app)

    page = somebody.read(f"/{somebody.language}/petition").text

    said = {
        "en": ("Signing opened on 15 August 2026.", "The handover was planned for 10 September 2026."),
        "ar": ("بدأ جمع التوقيعات في 15 آب 2026.", "كان تسليم الرسالة مقرَّرًا في 10 أيلول 2026."),
    }[somebody.language]
    assert [sentence for sentence in said if sentence not in page] == []


def test_before_the_first_day_the_page_says_when_signing_begins(app, clock, somebody):
    with app.extensions["campaign"].database.writing() as session:
        plan.set_plan(session, Days(opens_on=date(2026, 8, 15)), by=plan.COMMAND, today=NOON.date())
    publish(app)

    said = {"en": "Signing opens on 15 August 2026.", "ar": "يبدأ جمع التوقيعات في 15 آب 2026."}[somebody.language]
    for path in ("", "sign", "petition"):
        page = somebody.read(f"/{somebody.language}/{path}").text
        assert said in page, path
        assert 'name="email"' not in page, path
