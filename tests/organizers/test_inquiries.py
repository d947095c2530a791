"""What people ask of the campaign: noted without who asked, due within thirty days, closed with what was done."""

from datetime import timedelta

import pytest

from campaign.database import now
from campaign.organizers import audit
from campaign.petition import deletion, plan
from campaign.petition.inquiries import Inquiry
from tests.organizers.test_waiting import numbers, tasks
from tests.people import parse, rows
from tests.servers import on_sqlite


def in_days(number):
    """A day that many days from now."""
    return str(now().date() + timedelta(days=number))


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def note(organizer, **fields):
    """Notes what somebody asked today."""
    return organizer.send("inquiries", **{"kind": "access", "came_on": in_days(0), "due_on": "", "note": ""} | fields)


def acts(database):
    """What the audit says of questions, with all its facts as text."""
    with database.reading() as session:
        assert audit.verify_chain(session) == []
        return [(line.act, str(line.facts)) for line in audit.read_entries(session) if line.act.startswith("inquiry")]


def test_what_somebody_asked_is_noted_with_its_days_and_closed_with_what_was_done(app, omar, database):
    assert note(omar, came_on=in_days(-3), note="the third of Friday").status_code == 303
    [noted] = rows(app, Inquiry)
    assert (str(noted.due_on), noted.note, noted.is_open) == (in_days(25), "the third of Friday", True)
    assert "the third of Friday" in omar.read("inquiries").text

    assert omar.send("inquiries/1", deed="close", outcome="told").status_code == 303

    [closed] = rows(app, Inquiry)
    assert (closed.outcome, closed.closed_on, closed.note) == ("told", now().date(), "")
    assert "third of Friday" not in omar.read("inquiries").text + omar.read("inquiries/1").text + str(acts(database))
    assert [act for act, _ in acts(database)] == ["inquiry noted", "inquiry closed"]
    assert "A question was closed." in omar.read("audit").text


def test_what_was_closed_stays_as_it_was_closed(app, omar, database):
    note(omar)
    omar.send("inquiries/1", deed="close", outcome="told")

    omar.send("inquiries/1", deed="close", outcome="deleted")
    omar.send("inquiries/1", deed="save", due_on=in_days(50), note="once more")

    assert [(one.outcome, one.note) for one in rows(app, Inquiry)] == [("told", "")]
    assert len(acts(database)) == 2


def test_the_last_day_and_the_note_can_be_changed(app, omar, database):
    note(omar)

    assert omar.send("inquiries/1", deed="save", due_on=in_days(60), note="waits for a translation").status_code == 303

    assert [(str(one.due_on), one.note) for one in rows(app, Inquiry)] == [(in_days(60), "waits for a translation")]
    assert [act for act, _ in acts(database)] == ["inquiry noted", "inquiry changed"]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("kind", "x"),
        ("came_on", ""),
        ("came_on", "2999-01-01"),
        ("due_on", "2020-01-01"),
        ("note", "l@example.org"),
        ("note", "x" * 201),
    ],
)
def test_what_is_wrong_comes_back_with_a_sentence_and_all_that_was_typed(app, omar, language, field, typed):
    omar.language = language

    answer = note(omar, **{"note": "kept", "came_on": "2026-01-02"} | {field: typed})

    assert answer.status_code == 422
    assert parse(answer.text).find(f".//*[@id='{field}-error']") is not None
    assert ('value="kept"' in answer.text, 'value="2026-01-02"' in answer.text) == (field != "note", field != "came_on")
    assert rows(app, Inquiry) == []


def test_an_outcome_has_to_be_chosen_and_what_is_not_there_is_not_found(app, omar):
    note(omar)

    assert omar.send("inquiries/1", deed="close").status_code == 422
    assert omar.send("inquiries/1", deed="save", due_on="soon", note="kept").status_code == 422
    assert omar.send("inquiries/1", deed="burn").status_code == 400
    assert omar.send("inquiries/2", deed="close", outcome="told").status_code == 404
    assert rows(app, Inquiry)[0].is_open


def test_what_is_to_be_answered_within_a_week_waits_on_the_first_page_and_in_the_navigation(omar, hadi):
    note(omar, due_on=in_days(8))
    assert "inquiries" not in numbers(omar)
    note(omar, due_on=in_days(7))
    note(omar, came_on=in_days(-40))

    assert numbers(omar)["inquiries"] == "2"
    [said] = [sentence for sentence, address in tasks(omar) if address.endswith("/inquiries")]
    assert said.startswith("2 questions must be answered, the first by")
    assert "It was due by" in omar.read("inquiries").text
    assert "inquiries" not in numbers(hadi)


def test_a_moderator_neither_sees_nor_notes_them(app, omar, hadi):
    assert hadi.read("inquiries").status_code == 403
    assert note(hadi).status_code == 403
    assert rows(app, Inquiry) == []


@on_sqlite
def test_older_ones_are_on_a_page_of_their_own(omar, database):
    with database.writing() as session:
        today = now().date()
        closed = {"kind": "other", "came_on": today, "due_on": today, "note": "", "outcome": "told", "closed_on": today}
        session.add_all(Inquiry(**closed) for _ in range(51))

    assert "before=2" in omar.read("inquiries").text
    assert "before=" not in omar.read("inquiries?before=2").text


def test_at_the_end_of_the_plan_they_are_deleted(app, omar, database):
    note(omar, note="the third of Friday")
    today = now().date()
    with database.writing() as session:
        session.add(plan.Plan(number=1, set_on=today, set_by=plan.COMMAND, closes_on=today, delete_on=today))

    assert deletion.finish(database, today)

    assert rows(app, Inquiry) == []
