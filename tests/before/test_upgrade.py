"""A data folder of an earlier version opens after the upgrade: links, mailboxes, the audit, exports, logins.

The clock is a minute after the folder was made, so nothing in it is over yet. README.md says who is in it.
"""

import csv
import json
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pyotp
import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask

from campaign import create_app, instance
from campaign.cli.main import main
from campaign.cli.server import adopt_desk
from campaign.config import Settings
from campaign.organizers import audit, key_change
from campaign.organizers.export_worker import run_jobs
from campaign.petition import key_rotation
from campaign.petition.models import Submission
from campaign.state import AppState
from tests.organizers.stored import removed
from tests.people import PostOffice, Visitor, hidden_fields, link_in, publish, rows, standing

HERE = Path(__file__).parent
ADDED = {"version", "sealed_for"}  # columns of exports that came since


@dataclass
class Before:
    """One restored campaign, served by the code of today."""

    app: Flask
    settings: Settings
    place: Path
    recorded: dict[str, Any]

    def link(self, who: str) -> str:
        """Return the link in the e-mail that somebody got before the upgrade."""
        return str(self.recorded["links"][who])

    def organizer(self, name: str, *, logged_in: bool = True) -> Visitor:
        """Return the browser of an organizer with the cookies of before the upgrade, or an empty one."""
        browser = Visitor(self.app.test_client())
        for cookie, value in self.recorded["organizers"][f"{name}@example.org"]["cookies"].items() if logged_in else ():
            browser.client.set_cookie(cookie, value)
        return browser

    def send(self, browser: Visitor, path: str, **fields: str) -> Any:
        """Send a form of the desk with its token."""
        token = hidden_fields(browser.read("/en/organize/account").text)["csrf_token"]
        return browser.client.post(path, data={"csrf_token": token} | fields)


def restore_postgresql(url: str, place: Path) -> None:
    """Run the recorded statements in an empty PostgreSQL database."""
    with psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:", 1), autocommit=True) as connection:
        connection.execute((place / "database.sql").read_bytes())


def restore_sqlite(data: Path, place: Path) -> None:
    """Run the recorded statements in a new SQLite file."""
    connection = sqlite3.connect(data / "campaign.db")
    connection.executescript((place / "database.sql").read_text("utf-8"))
    connection.close()


@pytest.fixture
def before(tmp_path, database_url, mailbox, compiled_templates):
    """A campaign of before the upgrade, restored and brought up to date."""
    place, data = HERE / ("postgresql" if database_url else "sqlite"), tmp_path / "instance"
    shutil.copytree(place / "data", data)
    for key in (data / "keys").iterdir():
        key.chmod(0o600)
    restore_postgresql(database_url, place) if database_url else restore_sqlite(data, place)
    recorded = json.loads((place / "recorded.json").read_text("utf-8"))
    settings = Settings(data=data, database_url=database_url, mail_url=mailbox.url, mail_from="campaign@example.org")
    with time_machine.travel(datetime.fromisoformat(recorded["moment"]) + timedelta(minutes=1)):
        instance.prepare(settings)
        instance.check(settings)
        adopt_desk(settings)
        app = create_app(settings)
        app.jinja_env.bytecode_cache = compiled_templates
        yield Before(app, settings, place, recorded)
        site: AppState = app.extensions["campaign"]
        site.database.close()


@pytest.fixture
def post_office(before, mailbox):
    """Sends what waits in the outbox."""
    return PostOffice(before.app, mailbox.letters)


@pytest.fixture
def visitor(before):
    """Somebody who reads English."""
    return Visitor(before.app.test_client())


def test_links_of_before_the_upgrade_still_work(before, visitor):
    assert "<bdi>Layla</bdi>" in visitor.read(before.link("layla")).text
    assert "removed" in visitor.read(before.link("rami")).text
    assert visitor.read(before.link("huda")).status_code == 404

    assert visitor.press(before.link("sami")).status_code == 303

    assert "<bdi>Sami</bdi>" in visitor.read(before.link("sami")).text
    assert {row.shown_as for row in standing(before.app)} >= {"Sami", "Layla", "يارا"}


def test_an_email_that_waited_in_the_outbox_is_sent_and_its_link_confirms(before, post_office, visitor):
    [letter] = post_office.deliver()

    assert letter["To"] == "ziad@example.org"
    visitor.press(link_in(letter))
    assert "زياد" in {row.shown_as for row in standing(before.app)}


def test_a_mailbox_that_signed_before_the_upgrade_is_recognised(before, post_office, visitor):
    post_office.deliver()
    count = len(standing(before.app))

    visitor.sign(name="Somebody", email="LAYLA+again@Example.org")

    [letter] = post_office.deliver()
    assert letter["Subject"] == "The signature is already confirmed"
    visitor.press(link_in(letter))
    assert len(standing(before.app)) == count


def test_the_audit_of_before_the_upgrade_holds_and_goes_on(before):
    site: AppState = before.app.extensions["campaign"]
    assert before.send(before.organizer("omar"), "/en/organize/leave").status_code == 303

    with site.database.reading() as session:
        lines = list(audit.read_entries(session))
        assert audit.verify_chain(session, before.settings.data) == []
        assert key_rotation.key_problems(session, site.keys) + key_change.missing_key_problems(session, site.keys) == []

    assert {"account set up", "removed", "export prepared", "asked", "agreed"} <= {line.act for line in lines}
    assert lines[-1].act == "logged out"


def read_export(file: Path, document: str) -> list[dict[str, Any]]:
    """Return the rows of an export by the names of its columns, in their order."""
    lines = file.read_text("utf-8-sig").splitlines()
    return list(csv.DictReader(lines)) if document == "csv" else [json.loads(line) for line in lines]


@pytest.mark.parametrize("document", ["csv", "jsonl"])
def test_exports_say_the_same_in_every_column_of_before(before, document, tmp_path, monkeypatch):
    monkeypatch.setenv("CAMPAIGN_DATA", str(before.settings.data))
    monkeypatch.setenv("CAMPAIGN_DATABASE_URL", before.settings.database_url)
    recorded, private = before.place / f"signatures.{document}", before.settings.data / "keys" / "seal.private"
    commands = {
        "now": ["export"],
        "opened": ["open-export", str(before.place / "signatures.sealed"), "--key", str(private)],
    }

    for name, command in commands.items():
        done = CliRunner().invoke(main, [*command, "--format", document, "--out", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        rows_now, rows_before = read_export(tmp_path / name, document), read_export(recorded, document)
        assert {column for row in rows_now for column in row} - {column for row in rows_before for column in row} == ADDED, name
        assert [[one for one in row.items() if one[0] not in ADDED] for row in rows_now] == [
            [*row.items()] for row in rows_before
        ]

    assert "Layla Haddad" in recorded.read_text("utf-8")


def test_a_prepared_export_is_taken_in_the_login_of_before_the_upgrade(before):
    omar = before.organizer("omar")
    identifier = omar.read("/en/organize/exports").text.partition('name="export" value="')[2][:32]

    taken = before.send(omar, "/en/organize/exports/take", export=identifier)

    assert taken.status_code == 200
    assert taken.data == (before.place / "signatures.csv").read_bytes()


def test_an_export_that_waited_for_the_worker_is_prepared(before):
    with before.app.app_context():
        run_jobs(before.app.extensions["campaign"], print)

    page = before.organizer("omar").read("/en/organize/exports").text
    assert page.count('name="export"') == 2
    assert "Waiting to be prepared." not in page


def test_what_waited_for_a_second_organizer_is_done_once_agreed(before):
    nour, agreed = before.organizer("nour"), 0
    page = nour.read("/en/organize/requests").text

    for part in page.split('name="request" value="')[1:]:
        answer = before.send(nour, "/en/organize/requests", request=part.partition('"')[0], deed="agree")
        agreed += answer.status_code == 303

    assert agreed == 2
    assert {row.shown_as for row in standing(before.app)} == {"Layla", "يارا", None}
    site: AppState = before.app.extensions["campaign"]
    assert {row["shown_as"] for row in removed(site.database)} == {
        "Rami A.",
        "Adel",
        "Name, with a comma",
    }


def test_what_was_removed_and_withdrawn_stays_so_and_a_removal_is_undone(before, visitor):
    publish(before.app)
    numbers = visitor.read("/api/v1/petition.json").json
    assert (numbers["confirmed"], numbers["withdrawn"], numbers["removed"]) == (5, 1, 1)

    assert before.send(before.organizer("omar"), "/en/organize/removals/1", deed="undo").status_code == 303

    assert "Rami A." in {row.shown_as for row in standing(before.app)}
    assert len(rows(before.app, Submission)) == 2


def test_an_organizer_logs_in_anew_with_either_second_factor(before):
    for kind in ("totp", "recovery_code"):
        browser, account = before.organizer("nour", logged_in=False), before.recorded["organizers"]["nour@example.org"]
        code = account["recovery_code"] if kind == "recovery_code" else pyotp.TOTP(account["secret"]).now()
        token = hidden_fields(browser.read("/en/organize/enter").text)["csrf_token"]
        fields = {"email": "nour@example.org", "passphrase": before.recorded["passphrase"], "code": code}

        entered = browser.client.post("/en/organize/enter", data={"csrf_token": token} | fields)

        assert entered.status_code == 303, kind


def test_a_link_to_set_an_account_up_still_works(before, visitor):
    assert "Choose a passphrase" in visitor.read(before.recorded["set_up"]).text


def test_the_words_of_before_are_published_once_and_signatures_of_other_texts_are_said_to_be(before, visitor):
    site: AppState = before.app.extensions["campaign"]
    first = {(row.kind, row.name) for row in site.words.rows}
    publish(before.app)

    numbers = visitor.read("/api/v1/petition.json").json

    assert first >= {("letter", "en"), ("letter", "ar"), ("title", "en"), ("addressee", "council")}
    known = {one["sha256"]: one["confirmed"] for one in numbers["versions"]}
    kept = [row.text_sha256 for row in standing(before.app) if row.held_in is None]
    assert known == {sha256: kept.count(sha256) for sha256 in known}
    assert numbers["text_not_kept"] == len([sha256 for sha256 in kept if sha256 not in known])
    assert sum(known.values()) + numbers["text_not_kept"] == numbers["confirmed"] == len(kept)
