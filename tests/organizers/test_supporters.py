"""Organisations and known people who support the campaign: shown when two agree, taken down or deleted by one."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign.config import TRANSLATIONS
from campaign.database import now
from campaign.handover.numbers import supporter_sentences
from campaign.organizers import audit
from campaign.organizers.models import AuditEntry, Request
from campaign.petition import deletion, plan
from campaign.petition.models import Publication
from campaign.petition.supporters import Supporter
from tests.content.files import Files
from tests.people import parse, rows

ENTRY = {
    "kind": "organisation",
    "name_en": "Sample Society",
    "name_ar": "جمعية تجريبية",
    "description_en": "A sample that nobody has founded",
    "description_ar": "",
    "web": "https://example.org/",
    "consent": "A sample: nobody has consented",
}


def enter(organizer, **fields):
    """Enters a sample."""
    return organizer.send("supporters/new", **ENTRY | fields)


def digest(app):
    """What the newest entry is recognized by."""
    return rows(app, Supporter)[-1].digest(app.extensions["campaign"].keys.desk)


def ask(organizer, app, number=1):
    """Asks for it to be shown as it is."""
    return organizer.send(f"supporters/{number}", deed="show", seen=digest(app))


def show(app, omar, nour, **fields):
    """Two show a sample."""
    enter(omar, **fields)
    ask(omar, app)
    return agree(app, nour)


def agree(app, organizer):
    """Agrees to the newest request."""
    return organizer.send("requests", request=str(rows(app, Request)[-1].id), deed="agree")


def page(app, language="en"):
    """The page of the letter as it is public now."""
    app.extensions["campaign"].snapshots.refresh()
    return app.test_client().get(f"/{language}/petition").text


def known(app):
    """What the public numbers say of supporters."""
    app.extensions["campaign"].snapshots.refresh()
    return app.test_client().get("/api/v1/petition.json").json["supporters"]


def test_a_supporter_is_shown_in_each_language_once_two_agree(app, omar, nour):
    assert enter(omar).status_code == 303
    assert "Sample Society" not in page(app)

    assert ask(omar, app).status_code == 303
    assert "Sample Society" not in page(app)
    assert omar.send("requests", request="1", deed="agree").status_code == 409  # not by whoever asked

    assert agree(app, nour).status_code == 303

    assert "Organisations: 1" in page(app)
    assert "Sample Society" in page(app)
    assert "جمعية تجريبية" in page(app, "ar")
    assert known(app) == [
        {
            "kind": "organisation",
            "names": {"en": "Sample Society", "ar": "جمعية تجريبية"},
            "descriptions": {"en": "A sample that nobody has founded"},
            "web": "https://example.org/",
        }
    ]


@pytest.mark.parametrize("field", ["name_en", "web"])
def test_a_name_or_address_that_says_the_hidden_author_is_not_shown_and_the_desk_says_so(app, omar, nour, field):
    [*_, family] = Files(TRANSLATIONS).left_out("en", "none")
    typed = {"name_en": f"{family} Society", "web": f"https://www.{family.upper()}.example/"}
    show(app, omar, nour, **{field: typed[field]})
    assert typed[field].removeprefix("https://").rstrip("/") in page(app)

    omar.send("emergency/author", deed="hide")

    assert known(app) == []
    assert "جمعية تجريبية" not in page(app, "ar")
    assert "Readers do not see it now" in omar.read("supporters/1").text
    assert "not shown now" in omar.read("supporters").text


@pytest.mark.parametrize(("days", "is_said"), [(0, False), (1, True)])
def test_a_description_from_before_the_withdrawal_is_said_again_once_the_entry_is_shown_anew(app, omar, nour, days, is_said):
    show(app, omar, nour)
    with app.extensions["campaign"].database.writing() as session:
        withdrawn_on = now().date() - timedelta(days=days)
        session.execute(sa.update(Publication).values(testimony_withdrawn_on=withdrawn_on, closed_on=withdrawn_on))

    assert "Sample Society" in page(app)
    assert ("A sample that nobody has founded" in page(app)) == is_said
    assert [bool(one["descriptions"]) for one in known(app)] == [is_said]
    assert ("The few words about it are not shown" in omar.read("supporters/1").text) != is_said


def test_a_supporter_whose_only_language_was_taken_off_the_site_is_named_at_the_desk_alone(app, omar):
    sample = {"kind": "person", "descriptions": {}, "web": "", "consent": "A sample", "shown_on": now().date()}
    with app.extensions["campaign"].database.writing() as session:
        session.add(Supporter(names={"xx": "Sample Person"}, **sample))

    text = omar.read("supporters/1").text

    assert ": <bdi>Sample Person</bdi>" in text
    assert "there is no name in a language of this site" in text
    assert known(app) == []


def test_supporters_are_in_no_number_of_signatures(app, omar, nour):
    show(app, omar, nour)

    assert app.test_client().get("/api/v1/petition.json").json["confirmed"] == 0


def test_a_package_for_an_office_says_how_many_support_it_and_no_name(app, omar, nour):
    show(app, omar, nour)
    app.extensions["campaign"].snapshots.refresh()

    with app.test_request_context("/en/"):
        said = supporter_sentences("en")

    assert said == ["1 organisation supports it in public, and is not in this number."]


def test_a_copy_of_the_site_has_them_with_their_link(app, omar, nour):
    show(app, omar, nour)
    app.extensions["campaign"].snapshots.refresh()

    archive = zipfile.ZipFile(io.BytesIO(app.test_client().get("/en/copy.zip").data))
    [letter] = [archive.read(name).decode() for name in archive.namelist() if name.endswith("en/petition.html")]

    assert "Sample Society" in letter
    assert 'href="https://example.org/"' in letter


def test_a_name_that_is_missing_in_a_language_is_marked_as_in_the_other(app, omar, nour):
    show(app, omar, nour, kind="person", name_en="", name_ar="شخص تجريبي", description_en="")

    tree = parse(page(app))
    [name] = [one for one in tree.iter("bdi") if one.text == "شخص تجريبي"]
    assert (name.get("lang"), name.get("dir")) == ("ar", "rtl")
    assert "in this language: \u2068العربية\u2069" in page(app)
    assert "Known people: 1" in page(app)


def test_one_alone_takes_a_supporter_down_at_once_and_two_show_it_again(app, omar, nour):
    show(app, omar, nour)

    assert nour.send("supporters/1", deed="hide").status_code == 303

    assert "Sample Society" not in page(app)
    assert known(app) == []
    ask(omar, app)
    assert "Sample Society" not in page(app)
    agree(app, nour)
    assert "Sample Society" in page(app)


def test_a_deleted_supporter_is_nowhere(app, omar, nour):
    show(app, omar, nour)

    assert omar.send("supporters/1", deed="delete").status_code == 303

    assert rows(app, Supporter) == []
    assert "Sample" not in page(app) + omar.read("audit").text + omar.read("supporters").text
    assert omar.send("supporters/1", deed="delete").status_code == 303  # twice is the same as once


def test_nobody_agrees_to_another_entry_than_was_asked_for(app, omar, nour):
    enter(omar)
    ask(omar, app)
    omar.send("supporters/1", **ENTRY | {"name_en": "Another Sample"}, seen=digest(app))

    assert agree(app, nour).status_code == 409

    assert "Sample" not in page(app)


def test_a_request_ends_with_a_change_of_the_entry_and_with_the_entry(app, omar, nour):
    enter(omar)
    ask(omar, app)
    omar.send("supporters/1", **ENTRY | {"name_en": "Another Sample"}, seen=digest(app))

    assert "waiting for a second organizer" not in omar.read("supporters").text
    assert "Nothing is waiting." in nour.read("requests").text

    ask(omar, app)
    assert "waiting for a second organizer" in omar.read("supporters").text
    nour.send("supporters/1", deed="delete")

    assert "Nothing is waiting." in nour.read("requests").text


def test_what_a_request_keeps_of_a_deleted_entry_tests_no_guess(app, omar, nour):
    show(app, omar, nour)
    [entry] = rows(app, Supporter)
    omar.send("supporters/1", deed="delete")

    [asked] = rows(app, Request)

    said = [entry.kind, entry.names, entry.descriptions, entry.web, entry.consent]
    assert asked.facts["digest"] != hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]
    assert asked.facts["digest"] != entry.digest(b"another key")


def test_what_is_shown_is_changed_only_after_it_was_taken_down(app, omar, nour):
    show(app, omar, nour)

    assert omar.send("supporters/1", **ENTRY | {"name_en": "Another Sample"}, seen=digest(app)).status_code == 409

    assert [one.names["en"] for one in rows(app, Supporter)] == ["Sample Society"]


def test_of_two_who_change_an_entry_the_second_keeps_what_they_typed(app, omar, nour):
    enter(omar)
    seen = digest(app)
    nour.send("supporters/1", **ENTRY | {"name_en": "Changed by Nour"}, seen=seen)

    answer = omar.send("supporters/1", **ENTRY | {"name_en": "Changed by Omar"}, seen=seen)

    assert answer.status_code == 409
    assert "Changed by Omar" in answer.text
    assert [one.names["en"] for one in rows(app, Supporter)] == ["Changed by Nour"]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("kind", "x"),
        ("consent", ""),
        ("consent", "mail of layla@example.org"),
        ("consent", "x" * 201),
        ("name_en", "x" * 101),
        ("name_en", "Sample\u202e"),
        ("description_ar", "x" * 161),
        ("web", "http://example.org"),
        ("web", "javascript:alert(1)"),
        ("web", "https://example.org/" + "x" * 300),
        ("web", "https://example.org/\u202egro"),
        ("web", "https://example.org/\u200b"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(app, omar, language, field, typed):
    omar.language = language

    answer = enter(omar, **{field: typed})

    assert answer.status_code == 422
    assert rows(app, Supporter) == []
    errors = [one for one in parse(answer.text).iter("p") if one.get("class") == "error"]
    assert len(errors) == 1
    assert "جمعية تجريبية" in answer.text


def test_a_name_is_needed_in_one_language(app, omar):
    assert enter(omar, name_en=" ", name_ar="").status_code == 422
    assert rows(app, Supporter) == []


def test_the_audit_has_every_step_by_its_number_alone(app, omar, nour):
    show(app, omar, nour)
    nour.send("supporters/1", deed="hide")
    nour.send("supporters/1", deed="hide")
    omar.send("supporters/1", deed="delete")

    lines = [line for line in rows(app, AuditEntry) if "supporter" in line.act]
    steps = ["supporter entered", "supporter shown", "supporter hidden", "supporter deleted"]
    assert [(line.act, line.facts) for line in lines] == [(step, {"supporter": 1}) for step in steps]
    with app.extensions["campaign"].database.reading() as session:
        assert audit.verify_chain(session) == []


def test_all_that_was_entered_can_be_taken_as_a_table(app, omar):
    enter(omar, name_en="=1+1")

    [row] = csv.DictReader(io.StringIO(omar.send("supporters/supporters.csv").text.lstrip("\ufeff")))

    assert row["name_en"] == "'=1+1"
    assert (row["kind"], row["name_ar"], row["consent"]) == ("organisation", "جمعية تجريبية", ENTRY["consent"])
    assert [line.by for line in rows(app, AuditEntry) if line.act == "supporters taken"] == [omar.email]
    assert omar.read("supporters/supporters.csv").location.endswith("/organize/supporters")
    assert omar.read("supporters/supporters.csv").data.find(b"Sample") < 0


def test_the_list_and_the_table_ask_for_passphrase_and_code_first(app, omar):
    enter(omar)

    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert "/organize/again?" in omar.read("supporters").location
        assert omar.send("supporters/supporters.csv").status_code == 403

    assert [line for line in rows(app, AuditEntry) if line.act == "supporters taken"] == []


def test_only_organizers_see_them(app, hadi):
    for path in ("supporters", "supporters/new", "supporters/1", "supporters/supporters.csv"):
        assert hadi.read(path).status_code == 403


def test_the_day_of_deletion_deletes_them_and_shows_nobody_after_it(app, omar, nour):
    show(app, omar, nour)
    database, today = app.extensions["campaign"].database, now().date()
    with database.writing() as session:
        session.add(plan.Plan(number=1, set_on=today, set_by=plan.COMMAND, closes_on=today, delete_on=today))

    deletion.delete_due(database, today)
    assert deletion.finish(database, today)

    assert rows(app, Supporter) == []
    assert known(app) == []
    answer = enter(omar)
    assert answer.status_code == 409
    assert "nobody can be entered any more" in answer.text
    assert "Sample Society" in answer.text  # what was typed stays
    assert rows(app, Supporter) == []
