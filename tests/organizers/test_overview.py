"""The overview: what it says is so as of the last counting, and how large the campaign is plays no part in how quick it is."""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.organizers import overview
from campaign.outbox import outage
from campaign.outbox.mail_providers import add_counts
from campaign.outbox.queue import OVERDUE_AFTER, OutboxMessage
from campaign.outbox.smtp_answers import RelayTrouble
from campaign.petition import published
from campaign.petition.models import DayCount, RecentConfirmation, Signature
from tests.people import link_in, parse, publish, rows
from tests.servers import on_sqlite


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def numbers(organizer):
    """The page's numbers by their names."""
    page = parse(organizer.read().text)
    words = [" ".join("".join(one.itertext()).split()) for dl in page.iter("dl") for one in dl.iter() if one.tag in {"dt", "dd"}]
    return dict(zip(words[::2], words[1::2], strict=True))


def words_of(organizer):
    """The page's words."""
    return " ".join("".join(parse(organizer.read().text).itertext()).split())


def test_an_organizer_sees_how_many_signed_today_and_in_all_and_what_became_of_others(app, omar, visitor, layla, sami, database):
    publish(app)
    found = numbers(omar)
    versions = {name: found.pop(name) for name in list(found) if name.startswith("Version 1 of ")}

    assert sorted(versions.values()) == ["0", "1"]  # of the Arabic letter, of the English one
    assert found == {
        "Confirmed today": "1",
        "Confirmed in total": "1",
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
    assert (numbers(omar)["Confirmed in total"], numbers(omar)["Withdrawn"]) == ("0", "1")


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
    assert "accepted no e-mail since" not in omar.read().text
    with database.writing() as session:
        outage.begin(session, RelayTrouble("", trouble, "554 5.7.1"), now() - outage.BUSY_FOR)

    english, arabic = omar.read().text, omar.read("/ar/organize/").text

    assert "The mail server has accepted no e-mail since" in english
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
    yesterday = now().date() - timedelta(days=1)
    with database.writing() as session:
        add_counts(session, yesterday, "gmail.com", sent=400, confirmed=300)
        add_counts(session, yesterday, "outlook.com", sent=200, confirmed=20, refused=50)
        add_counts(session, yesterday, "gmx.net", sent=19, confirmed=1)
        add_counts(session, now().date() - timedelta(days=8), "yahoo.com", sent=500, confirmed=400)

    page = " ".join("".join(parse(omar.read().text).itertext()).split())

    assert "gmail.com 400 75% 0%" in page
    assert "outlook.com 200 10% 20%" in page
    assert "Of the e-mails to \u2068outlook.com\u2069, far fewer are confirmed than elsewhere." in page
    assert page.count("far fewer") == 1
    assert "gmx.net" not in page
    assert "yahoo.com" not in page


def test_a_share_is_of_whole_days_so_that_the_first_hours_show_none(omar, database):
    today = now().date()
    with database.writing() as session:
        add_counts(session, today, "gmail.com", sent=29, refused=1)
        add_counts(session, today, "outlook.com", sent=100, confirmed=90)
    assert "gmail.com 29 not yet 3%" in words_of(omar)
    assert "far fewer" not in omar.read().text

    with database.writing() as session:
        add_counts(session, today - timedelta(days=1), "gmail.com", sent=40, confirmed=30)
    assert "gmail.com 69 75% 1%" in words_of(omar)


def test_a_day_of_which_an_hour_is_not_counted_yet_is_no_whole_day(omar, layla, database):
    yesterday = now().date() - timedelta(days=1)
    with database.writing() as session:
        add_counts(session, yesterday, "gmail.com", sent=40, confirmed=30)
    assert "75%" in omar.read().text

    with database.writing() as session:
        session.scalars(sa.select(RecentConfirmation)).one().hour -= timedelta(days=1)
    assert "75%" not in omar.read().text
    assert "not yet" in omar.read().text


def test_the_overview_reads_counts_and_never_the_signatures_themselves(omar, layla, database):
    asked = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    omar.read()

    assert any("day_count" in statement for statement in asked)
    reading = [statement for statement in asked if re.search(r"\b(FROM|JOIN) signature\b", statement)]
    assert [statement for statement in reading if not re.search(r"\bJOIN (review|wave)\b", statement)] == []  # the few that wait


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


def test_the_desk_tells_the_versions_of_the_letter_apart(app, omar, hadi, layla, sami, visitor, database):
    with database.writing() as session:
        letter = deepcopy(published.read_words(session, {}).current[published.TextKind.LETTER, "en"])
        letter["paragraphs"][0]["words"] = "To all councils of the town,"
        session.add(published.new_row((published.TextKind.LETTER, "en"), letter, now().date()))
    app.extensions["campaign"].snapshots.refresh()
    visitor.sign(email="nour@example.org")
    publish(app)
    [signature] = rows(app, Signature)

    for somebody in (omar, hadi):
        told = {name.replace("\u2068", "").replace("\u2069", ""): number for name, number in numbers(somebody).items()}
        english = [number for name, number in sorted(told.items()) if name.startswith("Version ") and "English" in name]
        assert english == ["1", "0"]
        page = somebody.read(f"signatures/{signature.id.hex()}").text
        assert "Version 1 of" in page
        assert "The letter has changed since." in page


@on_sqlite
def test_the_desk_says_that_nobody_answers_for_the_campaign_and_whether_that_keeps_people_from_signing(
    app, omar, settings, monkeypatch, visitor, post_office
):
    site = app.extensions["campaign"]
    missing = "The campaign has not said who is responsible for it. Publish a contact, or set CAMPAIGN_CONTACT."
    closed = "Nobody can sign yet: the campaign has not said who is responsible for it."
    assert missing not in omar.read().text
    with site.database.writing() as session:
        session.add(published.new_row((published.TextKind.CONTACT, ""), "", now().date()))
    site.snapshots.refresh()
    assert missing in omar.read().text

    monkeypatch.setattr(type(settings), "is_loopback", False)
    assert closed in omar.read().text
    monkeypatch.undo()
    visitor.sign()
    visitor.press(link_in(post_office.deliver()[-1]))
    publish(app)
    monkeypatch.setattr(type(settings), "is_loopback", False)
    assert missing in omar.read().text
    assert closed not in omar.read().text
