"""The campaign's own words are changed by publishing, and never by a restart."""

import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner

from campaign import instance
from campaign.cli import languages
from campaign.cli.main import main
from campaign.cli.server import print_greeting
from campaign.database import now
from campaign.petition.published import PublishedText, TextKind
from campaign.petition.publishing import CannotPublish, publish_first_values
from tests.content.conftest import publish_files
from tests.people import Visitor, hidden_fields, parse
from tests.servers import on_sqlite

TITLE, OTHER_TITLE = 'ar = "نداء من فيلورا"', 'ar = "نداء آخر"'
OFFICE = """
[[addressees]]
key = "human-rights-council"
name.en = "The Human Rights Council"
name.ar = "مجلس حقوق الإنسان"
"""
PART = """
[[addressees]]
key = "first-head-of-state"
within = "neighbours"
name.en = "A head of state"
"""


def campaign(*words, answer=""):
    """Runs a command."""
    return CliRunner().invoke(main, words, input=answer)


def change_a_word(files):
    files.change("en/petition.md", "First, open the library.", "First, unlock the library.")


def published_rows(settings):
    database = instance.open_database(settings)
    with database.reading() as session:
        return list(session.scalars(sa.select(PublishedText).order_by(PublishedText.id)))


def test_the_first_start_publishes_the_files_and_later_ones_nothing(start_site, files, settings):
    start_site()
    before = published_rows(settings)
    change_a_word(files)
    files.change("campaign.toml", TITLE, OTHER_TITLE)

    app = start_site()

    after = published_rows(settings)
    assert [(row.kind, row.name) for row in before] == [(row.kind, row.name) for row in after]
    assert {(row.kind, row.name) for row in before} >= {("letter", "en"), ("letter", "ar"), ("contact", ""), ("title", "ar")}
    page = app.test_client().get("/en/petition").text
    assert "First, open the library." in page
    assert "unlock the library" not in page


def test_a_restart_after_a_change_of_files_and_settings_says_so_and_shows_what_is_published(
    start_site, files, settings, monkeypatch, capsys
):
    start_site()
    change_a_word(files)
    changed = settings.model_copy(update={"contact": "Somebody else"})
    monkeypatch.setenv("CAMPAIGN_CONTACT", changed.contact)

    print_greeting(changed)
    checked = campaign("check")

    for said in (capsys.readouterr().err, checked.output):
        assert "differ from what is published (the letter en, the letter ar, the contact)" in said
        assert "`campaign publish` shows the difference" in said
    assert settings.contact in start_site().test_client().get("/en/privacy").text


def test_publishing_shows_the_difference_asks_and_then_changes_every_page(start_site, files):
    app = start_site()
    client = app.test_client()
    before = client.get("/api/v1/petition.json").json["text_sha256"]
    change_a_word(files)

    refused = campaign("publish", answer="n\n")
    app.extensions["campaign"].snapshots.refresh()
    assert (refused.exit_code, client.get("/api/v1/petition.json").json["text_sha256"]) == (1, before)
    assert "-First, open the library." in refused.output
    assert "+First, unlock the library." in refused.output
    assert "+(stale) أولًا، افتحوا المكتبة." in refused.output

    agreed = campaign("publish", answer="y\n")
    app.extensions["campaign"].snapshots.refresh()

    after = client.get("/api/v1/petition.json").json["text_sha256"]
    assert agreed.exit_code == 0, agreed.output
    assert (after["en"] != before["en"], after["ar"]) == (True, before["ar"])
    assert "First, unlock the library." in client.get("/en/petition").text
    assert hidden_fields(client.get("/en/sign").text, "/en/sign")["consent"] == after["en"]
    assert "The files and settings are the same as what is published." in campaign("publish").output


@on_sqlite
def test_publishing_without_a_question_is_for_programs(start_site, files):
    start_site()
    change_a_word(files)

    assert campaign("publish", "--yes").exit_code == 0


def test_a_form_that_was_open_meanwhile_is_asked_again_and_signs_the_new_text(start_site, files):
    app = start_site()
    visitor = Visitor(app.test_client())
    old = visitor.form("/en/sign")
    change_a_word(files)
    campaign("publish", "--yes")
    app.extensions["campaign"].snapshots.refresh()

    answer = visitor.client.post("/en/sign", data=old | {"name": "Layla", "email": "layla@example.org"})

    assert answer.status_code == 422
    assert "The text has changed since you opened the page." in answer.text


def test_adding_an_office_changes_no_hash_and_is_shown_with_its_day(start_site, files):
    app = start_site()
    client = app.test_client()
    before = client.get("/api/v1/petition.json").json["text_sha256"]
    files.add("campaign.toml", OFFICE)

    with time_machine.travel("2027-05-03 12:00Z"):
        assert campaign("publish", "--yes").exit_code == 0
    app.extensions["campaign"].snapshots.refresh()

    assert client.get("/api/v1/petition.json").json["text_sha256"] == before
    for code, words in (("en", "added on 3 May 2027"), ("ar", "أُضيف في 3 أيار 2027")):
        offices = [
            "".join(item.itertext())
            for item in parse(client.get(f"/{code}/petition").text).iterfind(".//section[@class='envelope']/ul/li")
        ]
        assert [words in office for office in offices] == [False, False, False, True], offices


def test_opening_a_named_group_into_its_offices_adds_none(start_site, files):
    app = start_site()
    files.add("campaign.toml", PART)

    with time_machine.travel("2027-05-03 12:00Z"):
        assert campaign("publish", "--yes").exit_code == 0
    app.extensions["campaign"].snapshots.refresh()

    page = app.test_client().get("/en/petition").text
    words = app.extensions["campaign"].words
    assert "A head of state" in page
    assert "added on" not in page
    assert [one.day for one in words.addressees] == [now().date()] * 4
    assert not any(one.is_added for one in words.addressees)


def test_an_addressee_cannot_be_taken_back(start_site, files, settings):
    start_site()
    files.change("campaign.toml", 'key = "mayor"', 'key = "another-office"')

    with pytest.raises(CannotPublish, match="mayor is missing in the files: addressees are only added"):
        publish_files(settings)
    assert campaign("publish", "--yes").exit_code == 1


@on_sqlite
def test_a_contact_that_was_never_set_is_taken_from_the_settings_at_a_start(settings, monkeypatch, tmp_path):
    fresh = settings.model_copy(update={"data": tmp_path / "fresh", "contact": ""})
    instance.prepare(fresh)
    assert not [row for row in published_rows(fresh) if row.kind in {"contact", "goal"}]
    monkeypatch.setenv("CAMPAIGN_DATA", str(fresh.data))
    assert "CAMPAIGN_CONTACT is not set" in campaign("check").output

    instance.prepare(fresh.model_copy(update={"contact": "Nour", "goal": 700}))

    assert {row.kind: row.value for row in published_rows(fresh) if row.kind in {"contact", "goal"}} == {
        "contact": "Nour",
        "goal": 700,
    }
    assert {row.day for row in published_rows(fresh)} == {now().date()}


def test_the_title_of_the_campaign_changes_by_publishing_alone(start_site, files):
    start_site()
    files.change("campaign.toml", 'en = "A call from Velora"', 'en = "A call for Velora"')
    app = start_site()
    before = app.test_client().get("/en/about").text

    campaign("publish", "--yes")
    app.extensions["campaign"].snapshots.refresh()

    after = app.test_client().get("/en/about").text
    assert ("A call from Velora" in before, "A call for Velora" in before) == (True, False)
    assert ("A call from Velora" in after, "A call for Velora" in after) == (False, True)
    assert "A call for Velora" in app.test_client().get("/").text


@on_sqlite
def test_the_state_of_the_languages_is_that_of_the_letter_that_readers_see(start_site, files, monkeypatch):
    monkeypatch.setattr(languages, "TRANSLATIONS", files.folder)
    start_site()
    assert campaign("languages", "status").exit_code == 0
    change_a_word(files)
    waiting = campaign("languages", "status")
    campaign("publish", "--yes")

    published = campaign("languages", "status")

    assert "differ from what is published" in waiting.output
    assert "The letter that is published, ar, p3: stale." not in waiting.output
    assert (published.exit_code, "differ from what" in published.output) == (1, False)
    assert "The letter that is published, ar, p3: stale." in published.output


@on_sqlite
def test_a_delivery_in_one_language_or_on_a_day_ahead_is_named(start_site, files, monkeypatch):
    monkeypatch.setattr(languages, "TRANSLATIONS", files.folder)
    start_site()
    files.change("en/petition.md", "deliveries: []", "deliveries:\n- day: 2036-03-01\n  name: By post")

    status = campaign("languages", "status").output
    campaign("publish", "--yes")
    published = campaign("languages", "status").output
    checked = campaign("check").output

    assert "ar/petition.md, deliveries: the delivery of 2036-03-01 is missing, which the source has." in status
    for said in (published, checked):
        assert "The delivery of 2036-03-01 is not published in ar." in said
        assert "A delivery is published for 2036-03-01, a day in the future." in said


@on_sqlite
def test_words_of_the_wrong_type_are_published_neither_by_the_command_nor_at_the_first_start(open_site, files, settings):
    app = open_site()
    before = len(published_rows(settings))
    files.change("en/petition.md", "title: A letter to the council of Velora", "title: 2026")

    refused = campaign("publish", "--yes")

    assert (refused.exit_code, "the letter en: This must be text" in refused.output) == (1, True), refused.output
    with (
        pytest.raises(CannotPublish, match="the goal: Write the goal as a number"),
        app.extensions["campaign"].database.writing() as session,
    ):
        publish_first_values(session, {(TextKind.GOAL, ""): "5000"}, now().date())
    assert len(published_rows(settings)) == before
