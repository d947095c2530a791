"""Who may take signatures out: the one who asked, once a second organizer agrees, after passphrase and code."""

import contextlib
import re
import time
from datetime import timedelta
from threading import Thread

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.organizers import accounts, export_jobs, ledger
from campaign.organizers.auth import sessions
from campaign.organizers.export_store import NotAvailable
from campaign.organizers.models import Login, Request
from campaign.petition.published import TextKind, new_row
from tests.organizers.exporting import Exporting
from tests.servers import on_sqlite


@pytest.fixture
def guarded(app, omar, nour):
    """Omar takes signatures out where the rule of four eyes is on."""
    return Exporting(app, omar)


def wait_for_the_second(carrying):
    """The number of the request that waits."""
    with carrying.site.database.reading() as session:
        return str(session.scalar(sa.select(Request.id).where(Request.decided_at.is_(None))))


def forget_the_proof(carrying):
    """Omar gave passphrase and code too long ago."""
    with carrying.site.database.writing() as session:
        ledger.begin_change(session)
        session.execute(sa.update(Login).values(asked_at=now() - sessions.REAUTHENTICATION_PERIOD - timedelta(seconds=1)))


@pytest.mark.parametrize("document", ["csv", "xlsx", "jsonl"])
def test_addresses_go_out_when_a_second_organizer_agrees_and_not_before(layla, guarded, nour, document):
    guarded.ask(document)
    guarded.prepare()
    assert guarded.exports() == []
    assert "Waiting for a second organizer." in guarded.who.read("exports").text

    number = wait_for_the_second(guarded)
    assert guarded.who.send("requests", request=number, deed="agree").status_code == 409
    assert guarded.exports() == []
    assert nour.send("requests", request=number, deed="agree").status_code == 303
    assert nour.send("requests", request=number, deed="agree").status_code == 409
    guarded.prepare()

    assert len(guarded.exports()) == 1
    assert guarded.take().status_code == 200
    assert [line["by"] for line in guarded.audit("export asked for")] == ["omar@example.org"]


def test_whoever_agrees_reads_what_the_file_is_for_and_how_many_signatures_are_in_it(layla, guarded, nour):
    guarded.ask("csv", why="to print\n  badges", separator="semicolon")

    page = nour.read("requests").text

    assert "to print badges" in page
    assert "Semicolon" in page
    assert re.search(r"<dt>Signatures</dt><dd><bdi>1</bdi>", page)
    nour.send("requests", request=wait_for_the_second(guarded), deed="agree")
    guarded.prepare()
    assert guarded.take().get_data(as_text=True).splitlines()[0].startswith("\ufeffnumber;confirmed_on;")
    assert {line["why"] for line in guarded.audit("export taken")} == {"to print badges"}


@on_sqlite
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("why", ["", "  ", "x" * 201, "for l@example.org"])
def test_a_file_is_made_for_a_reason_that_is_short_and_names_nobody(guarded, language, why):
    guarded.who.language = language

    answer = guarded.ask("csv", why=why, country="SY")

    assert answer.status_code == 422
    assert 'id="why-error"' in answer.text
    assert re.search('value="SY"[^>]* selected', answer.text)
    assert guarded.ask("csv", separator="x").status_code == 422


@on_sqlite
@pytest.mark.parametrize("document", ["pdf", "sealed"])
def test_what_shows_nobodys_address_needs_no_second_organizer(layla, guarded, document):
    assert len(guarded.gets(document)) > 100


@on_sqlite
def test_names_for_one_office_wait_for_a_second_organizer_and_never_go_to_one_that_endangers(layla, guarded, nour):
    with guarded.site.database.writing() as session:
        names = {"names": {"en": "A Harmful Office"}, "is_endangering": True}
        session.add(new_row((TextKind.ADDRESSEE, "harmful"), names, now().date()))
        part = {"names": {"en": "A Harmful Part"}, "within": "harmful"}
        session.add(new_row((TextKind.ADDRESSEE, "part"), part, now().date()))
    guarded.site.snapshots.refresh()

    guarded.ask("pdf", handed_to="mayor")
    guarded.prepare()
    assert guarded.exports() == []
    assert "The names that are shown, for one office" in nour.read("requests").text
    nour.send("requests", request=wait_for_the_second(guarded), deed="agree")
    guarded.prepare()
    assert guarded.exports()[0].wanted["handed_to"] == "mayor"
    assert "A Harmful" not in guarded.who.read("exports").text
    for office in ("harmful", "part"):
        assert guarded.ask("pdf", handed_to=office).status_code == 422


@on_sqlite
def test_names_for_an_office_that_became_endangering_meanwhile_are_refused_in_a_sentence(layla, guarded, nour):
    guarded.ask("pdf", handed_to="mayor")
    nour.send("requests", request=wait_for_the_second(guarded), deed="agree")
    with guarded.site.database.writing() as session:
        names = {"names": {"en": "An Office"}, "is_endangering": True}
        session.add(new_row((TextKind.ADDRESSEE, "mayor"), names, now().date()))
    guarded.site.snapshots.refresh()
    guarded.prepare()

    page = guarded.who.read("exports").text
    assert "This office is now marked as dangerous to write to, so it gets no names." in page
    assert "All names are hidden" not in page


@on_sqlite
def test_asking_a_second_organizer_twice_for_the_same_asks_once(layla, guarded, nour):
    for _ in range(2):
        guarded.ask("csv")

    assert nour.read("requests").text.count('value="agree"') == 1


@on_sqlite
def test_what_was_declined_is_never_prepared(layla, guarded, nour):
    guarded.ask("csv")

    nour.send("requests", request=wait_for_the_second(guarded), deed="decline")
    guarded.prepare()

    assert guarded.exports() == []


def test_nobody_but_who_asked_can_take_it(layla, carrying, nour):
    carrying.ask("sealed")
    carrying.prepare()
    of_nour = Exporting(carrying.app, nour)

    assert of_nour.take().status_code == 409
    assert carrying.exports()[0].id.hex() not in nour.read("exports").text
    assert carrying.take().status_code == 200


@on_sqlite
def test_before_taking_it_passphrase_and_code_are_asked_for_again(layla, carrying):
    carrying.ask()
    carrying.prepare()
    forget_the_proof(carrying)

    assert "Enter passphrase and code to download" in carrying.who.read("exports").text
    answer = carrying.take()
    assert (answer.status_code, "Confirm that it is you" in answer.text) == (403, True)
    assert len(carrying.files()) == 1
    assert carrying.who.read("exports/take").headers["Location"] == "/en/organize/exports"
    carrying.who.prove()
    assert carrying.take().status_code == 200


@on_sqlite
@pytest.mark.parametrize("document", ["csv", "pdf", "sealed"])
def test_a_moderator_exports_nothing_not_even_what_is_shown(layla, carrying, hadi, document):
    carrying.ask("sealed")
    carrying.prepare()
    of_hadi = Exporting(carrying.app, hadi)

    assert hadi.read("exports").status_code == 403
    assert of_hadi.ask(document).status_code == 403
    assert of_hadi.take().status_code == 403
    assert len(carrying.exports()) == 1


def test_with_its_account_an_export_goes_too(layla, carrying):
    carrying.ask("sealed")
    carrying.prepare()

    with carrying.site.database.writing() as session:
        accounts.remove(session, "omar@example.org", now())
    carrying.later(timedelta(0))

    assert (carrying.exports(), carrying.files()) == ([], [])


@on_sqlite
@pytest.mark.parametrize("export", ["", "xyz", "00" * 16, "ab"])
def test_what_is_no_export_cannot_be_taken(carrying, export):
    assert carrying.who.send("exports/take", export=export).status_code in (400, 409)


def test_who_looked_while_somebody_else_was_taking_it_gets_nothing(layla, carrying):
    carrying.ask()
    carrying.prepare()
    export, site, late = carrying.exports()[0], carrying.site, []

    def take(session):
        return export_jobs.claim_download(session, site.keys.desk, export.id, export.account, now())

    def take_late():
        with contextlib.suppress(NotAvailable), site.database.writing() as session:
            late.append(take(session))

    with site.database.writing() as session:
        first = take(session)
        other = Thread(target=take_late)
        other.start()
        time.sleep(0.5)  # it has looked by now, and waits for this one
    other.join()

    assert (first[0].id, late) == (export.id, [])
