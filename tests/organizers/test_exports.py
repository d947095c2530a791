"""Exports at the desk: asked for, prepared by the worker, taken once by the organizer who asked."""

import hashlib
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from pypdf import PdfReader

from campaign.cli.main import main
from campaign.crypto.keys import eject
from campaign.database import now
from campaign.exports.sealed import count_sealed
from campaign.instance import key_folder
from campaign.languages import LANGUAGES, day
from campaign.organizers.models import ExportJob
from campaign.petition.models import Signature
from campaign.petition.published import TextKind, new_row
from tests.people import pass_a_day, rows
from tests.servers import on_sqlite


def test_an_organizer_asks_for_a_file_and_takes_it_when_it_is_prepared(layla, carrying):
    assert carrying.ask().headers["Location"] == "/en/organize/exports"
    assert "Waiting to be prepared." in carrying.who.read("exports").text

    carrying.prepare()
    page, file = carrying.who.read("exports").text, carrying.take()

    assert "1 signature." in page
    assert json.loads(file.data)["email"] == "layla@example.org"
    assert file.headers["Content-Disposition"] == f'attachment; filename="signatures-{now().date()}.jsonl"'
    assert file.headers["Cache-Control"] == "no-store"
    assert int(file.headers["Content-Length"]) == len(file.data)
    assert hashlib.sha256(file.data).hexdigest() in page


@on_sqlite
def test_each_format_is_what_it_says_it_is(layla, carrying, tmp_path):
    sealed = tmp_path / "signatures.sealed"
    sealed.write_bytes(carrying.gets("sealed"))
    pass_a_day(carrying.app)

    assert carrying.gets("csv").decode("utf-8-sig").splitlines()[1].startswith("1,")
    assert load_workbook(io.BytesIO(carrying.gets("xlsx"))).worksheets[0]["C2"].value == "Layla Haddad"
    assert "Layla" in PdfReader(io.BytesIO(carrying.gets("pdf"))).pages[2].extract_text()
    assert count_sealed(sealed) == 1


@on_sqlite
def test_the_command_on_the_page_opens_the_sealed_file_where_the_key_is(layla, carrying, tmp_path, monkeypatch):
    carrying.ask("sealed")
    carrying.prepare()
    command = re.search(r"campaign (open-export [^<]+)</code>", carrying.who.read("exports").text)[1].split()
    taken = carrying.take()
    monkeypatch.chdir(tmp_path)
    Path(command[1]).write_bytes(taken.data)
    eject(key_folder(carrying.site.settings), tmp_path / "FILE")

    done = CliRunner().invoke(main, command)

    assert done.exit_code == 0, done.stderr
    assert load_workbook("signatures.xlsx").worksheets[0]["D2"].value == "layla@example.org"
    assert taken.headers["Content-Disposition"].endswith(f'"{command[1]}"')


def test_asking_twice_for_the_same_is_the_same_as_once(layla, carrying):
    for _ in range(2):
        carrying.ask("sealed", country="SY")
    carrying.ask("sealed")

    assert len(carrying.exports()) == 2
    carrying.prepare()
    carrying.ask("sealed")
    assert len(carrying.exports()) == 3


def test_a_second_download_is_refused_with_a_sentence_and_nothing_of_the_file_is_left(layla, carrying):
    carrying.gets()

    again = carrying.take()

    assert again.status_code == 409
    assert f"This file was downloaded already, on {day(now().date(), LANGUAGES['en'])}." in again.text
    assert carrying.files() == []
    assert carrying.exports()[0].key_box is None


@on_sqlite
@pytest.mark.parametrize(
    ("format_", "words"),
    [
        ("csv", "It contains names and addresses. Keep it on an encrypted disk"),
        ("pdf", "Request a new book for each use"),
        ("sealed", "Take it to the machine that has the private key, open it there, and delete it here."),
    ],
)
def test_after_a_download_the_desk_says_when_it_was_taken_and_what_to_do_with_it(layla, carrying, format_, words):
    carrying.ask(format_)
    carrying.prepare()
    before = carrying.who.read("exports").text
    file = carrying.take().data

    after = carrying.who.read("exports").text

    assert "See what to do with it" in before
    assert words not in before
    today = day(now().date(), LANGUAGES["en"])
    assert f"Downloaded on {today}. A file can be downloaded once; it is no longer on the server." in after
    assert words in after
    assert hashlib.sha256(file).hexdigest() in after
    assert ("campaign open-export" in after.partition("A new export")[0]) == (format_ == "sealed")


@on_sqlite
def test_what_is_nobodys_or_somebody_elses_cannot_be_taken(layla, carrying):
    answer = carrying.who.send("exports/take", export="0" * 32)

    assert (answer.status_code, "the file is not there, or it is not yours" in answer.text) == (409, True)


def test_of_two_downloads_at_the_same_moment_one_gets_the_file(app, layla, carrying):
    carrying.ask()
    carrying.prepare()
    fields = {"csrf_token": carrying.who.token(), "export": carrying.exports()[0].id.hex()}
    cookie, start, answers = carrying.who.client.get_cookie("desk"), Barrier(8), []

    def download():
        client = app.test_client()
        client.set_cookie("desk", cookie.value)
        start.wait()
        answers.append(client.post("/en/organize/exports/take", data=fields).status_code)

    browsers = [Thread(target=download) for _ in range(8)]
    for browser in browsers:
        browser.start()
    for browser in browsers:
        browser.join()

    assert sorted(answers) == [200, *[409] * 7]
    assert len(carrying.audit("export taken")) == 1


def test_after_an_hour_the_file_and_its_key_are_gone(layla, carrying):
    carrying.ask()
    carrying.prepare()
    assert len(carrying.files()) == 1

    carrying.later(timedelta(minutes=61))

    assert carrying.files() == []
    assert carrying.exports()[0].key_box is None
    assert "Its hour is over, and the file has been deleted." in carrying.who.read("exports").text
    assert "The hour for this file is over" in carrying.take().text


@on_sqlite
def test_after_an_hour_no_file_can_be_taken_while_the_worker_is_down_either(layla, carrying):
    carrying.ask()
    carrying.prepare()
    with carrying.site.database.writing() as session:
        session.get_one(ExportJob, carrying.exports()[0].id).prepared_at = now() - timedelta(minutes=61)

    assert carrying.take().status_code == 409

    assert carrying.exports()[0].key_box is not None  # nobody has tidied up: the rule itself refused
    assert carrying.audit("export taken") == []


@on_sqlite
def test_within_the_hour_it_stays_and_after_a_day_its_line_is_gone_too(layla, carrying):
    carrying.ask()
    carrying.prepare()

    carrying.later(timedelta(minutes=50))
    assert len(carrying.files()) == 1
    carrying.later(timedelta(days=1))

    assert (carrying.exports(), carrying.files()) == ([], [])


def test_the_audit_says_who_took_what_how_much_and_which_file(layla, carrying):
    file = carrying.gets("csv", country="SY", since="2026-01-01")

    asked, prepared, taken = (carrying.audit(f"export {act}")[0] for act in ("asked for", "prepared", "taken"))

    which = {"by": "omar@example.org", "format": "csv", "country": "SY", "since": "2026-01-01", "why": "for the hand-over"}
    assert asked == which
    assert prepared == taken == which | {"rows": 1, "sha256": hashlib.sha256(file).hexdigest()}


def test_only_those_that_are_wanted_are_in_the_file(visitor, post_office, layla, carrying):
    signature = rows(carrying.app, Signature)[0]
    day = signature.confirmed_on.isoformat()

    for fields, number in [({}, 1), ({"country": "SY"}, 1), ({"country": "DE"}, 0), ({"signed_in": "en"}, 1)]:
        assert len(carrying.gets(**fields).splitlines()) == number, fields
    for fields, number in [({"signed_in": "ar"}, 0), ({"since": day, "until": day}, 1), ({"until": "2020-01-01"}, 0)]:
        assert len(carrying.gets(**fields).splitlines()) == number, fields
    visitor.press(layla, act="show", shown_as="")
    assert carrying.gets(state="shown") == b""


@on_sqlite
@pytest.mark.parametrize("filled", [("pdf", {}), ("pdf", {"handed_to": "mayor"}), ("csv", {"state": "shown"})])
def test_no_file_has_a_shown_name_before_the_page_of_names_has_it(layla, carrying, filled):
    document, fields = filled
    for number in (0, 1):
        carrying.ask(document, **fields)
        carrying.prepare()
        assert carrying.exports()[0].done == number
        pass_a_day(carrying.app)


@on_sqlite
def test_the_book_for_an_addressee_that_was_added_waits_for_those_who_saw_it_named(layla, carrying):
    with carrying.site.database.writing() as session:
        session.add(new_row((TextKind.ADDRESSEE, "later"), {"names": {"en": "A Later Office"}}, now().date() + timedelta(days=1)))
    carrying.site.snapshots.refresh()
    pass_a_day(carrying.app)

    for office, number in (("mayor", 1), ("later", 0)):
        carrying.ask("pdf", handed_to=office)
        carrying.prepare()
        assert carrying.exports()[0].done == number, office
        assert carrying.exports()[0].wanted["handed_to"] == office
    assert "A Later Office" in carrying.who.read("exports").text
    assert [said["handed_to"] for said in carrying.audit("export prepared")] == ["mayor", "later"]


@on_sqlite
@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("document", "docx", "Choose one of the formats."),
        ("document", "", "Choose one of the formats."),
        ("since", "22.11.2026", "Write a day as year, month and day"),
        ("until", "2026-02-30", "Write a day as year, month and day"),
        ("until", "2026-01-01", "The last day is before the first one."),
        ("country", "XX", "Choose a country from the list."),
        ("signed_in", "fr", "Choose a language from the list."),
        ("state", "removed", "Choose which signatures."),
        ("handed_to", "nobody", "Choose an addressee from the list."),
        ("handed_to", "mayor", "Only the book of names can be handed over: choose it as the format."),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_is_kept(carrying, field, typed, says):
    answer = carrying.ask(**{"document": "csv", "since": "2026-03-03", field: typed})

    assert answer.status_code == 422
    assert says in answer.text
    assert field == "since" or 'value="2026-03-03"' in answer.text
    assert carrying.exports() == []


@on_sqlite
def test_looking_at_exports_changes_nothing(layla, carrying):
    carrying.ask()
    carrying.prepare()
    before = carrying.files(), len(carrying.audit("export taken"))

    for path in ("exports", "exports/take", f"exports/take?export={carrying.exports()[0].id.hex()}", "exports"):
        carrying.who.read(path)

    assert (carrying.files(), len(carrying.audit("export taken"))) == before
    assert carrying.take().status_code == 200
