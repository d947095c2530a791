"""The overview: what it says is so as of the last counting, and how large the campaign is plays no part in how quick it is."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.organizers import overview
from campaign.outbox import outage
from campaign.outbox.mail_providers import add_counts
from campaign.outbox.queue import OVERDUE_AFTER, OutboxMessage
from campaign.outbox.smtp_answers import RelayTrouble
from campaign.petition.models import DayCount
from tests.people import parse, publish


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def numbers(organizer):
    """The page's numbers by their names."""
    page = parse(organizer.read().text)
    words = [" ".join("".join(one.itertext()).split()) for dl in page.iter("dl") for one in dl.iter() if one.tag in {"dt", "dd"}]
    return dict(zip(words[::2], words[1::2], strict=True))


def test_an_organizer_sees_how_many_signed_today_and_in_all_and_what_became_of_others(app, omar, visitor, layla, sami, database):
    publish(app)

    assert numbers(omar) == {
        "Confirmed today": "1",
        "Confirmed in all": "1",
        "Next goal": "100",
        "Waiting to be confirmed": "1",
        "Held for review": "0",
        "Withdrawn": "0",
        "Removed": "0",
        "Waiting to be sent": "0",
        "Overdue": "0",
        "Refused by a mail server": "0",
    }
    visitor.press(layla, act="withdraw")
    publish(app)
    assert (numbers(omar)["Confirmed in all"], numbers(omar)["Withdrawn"]) == ("0", "1")


def test_letters_that_wait_are_overdue_or_were_refused_are_counted(omar, visitor, database):
    for name in ("layla", "sami", "nour"):
        visitor.sign(email=f"{name}@example.org")
    with database.writing() as session:
        one, other, *_ = session.scalars(sa.select(OutboxMessage))
        one.due_at = now() - 2 * OVERDUE_AFTER
        other.due_at, other.failed_at = None, now()

    found = numbers(omar)
    assert (found["Waiting to be sent"], found["Overdue"], found["Refused by a mail server"]) == ("2", "1", "1")


@pytest.mark.parametrize("trouble", outage.ADVICE)
def test_an_outage_of_the_mail_server_is_said_at_the_desk_in_both_languages(omar, database, trouble):
    assert "taken no e-mail since" not in omar.read().text
    with database.writing() as session:
        outage.begin(session, RelayTrouble("", trouble, "554 5.7.1"), now())

    english, arabic = omar.read().text, omar.read("/ar/organize/").text

    assert "The mail server has taken no e-mail since" in english
    assert "لم يقبل خادم البريد أي رسالة منذ" in arabic
    assert str(outage.ADVICE[trouble]) in english
    assert str(outage.ADVICE[trouble]) not in arabic
    assert all('<bdi dir="ltr">(554 5.7.1)</bdi>' in page for page in (english, arabic))


def test_a_moderator_sees_the_numbers_and_no_switch(hadi):
    page = hadi.read().text

    assert "Confirmed today" in page
    assert "/organize/switch/" not in page


def test_days_without_a_signature_stand_among_the_thirty(database, app):
    today = now().date()
    with database.writing() as session:
        for back in (0, 3, 40):
            session.add(DayCount(day=today - timedelta(days=back), country="", language="en", number=7))
    with database.reading() as session:
        days = overview.signatures_by_day(session, today)

    assert len(days) == 30
    assert [number for _, number in days[-4:]] == [7, 0, 0, 7]
    assert days[-1][0] == today


def test_a_provider_that_swallows_our_mail_shows_and_small_numbers_do_not(omar, database):
    with database.writing() as session:
        add_counts(session, now().date(), "gmail.com", sent=400, confirmed=300)
        add_counts(session, now().date(), "outlook.com", sent=200, confirmed=20, refused=50)
        add_counts(session, now().date(), "gmx.net", sent=19, confirmed=1)
        add_counts(session, now().date() - timedelta(days=8), "yahoo.com", sent=500, confirmed=400)

    page = " ".join("".join(parse(omar.read().text).itertext()).split())

    assert "gmail.com 400 75% 0%" in page
    assert "outlook.com 200 10% 20%" in page
    assert "Of the letters to \u2068outlook.com\u2069, far fewer are confirmed than elsewhere." in page
    assert page.count("far fewer") == 1
    assert "gmx.net" not in page
    assert "yahoo.com" not in page


def test_the_overview_reads_counts_and_never_the_signatures_themselves(omar, layla, database):
    asked = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    omar.read()

    assert any("day_count" in statement for statement in asked)
    assert [statement for statement in asked if re.search(r"\b(FROM|JOIN) signature\b", statement)] == []


def test_countries_are_named_and_those_who_named_none_stand_apart(app, omar, layla, sami, visitor, database):
    visitor.press(sami)
    publish(app)

    page = " ".join("".join(parse(omar.read().text).itertext()).split())

    assert "None given 1" in page
    assert "Syria 1" in page
    assert "English 2" in page


def test_the_overview_says_when_it_was_counted(app, omar):
    assert "Not counted yet." in omar.read().text
    publish(app)
    assert "Counted at" in omar.read().text
