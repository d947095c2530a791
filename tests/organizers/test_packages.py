"""The package for an office, at the desk: without names at once, with names once a second organizer agrees, and recorded."""

import hashlib
import io
import re
import zipfile
from datetime import timedelta

import pypdfium2
import pytest

from campaign.database import now
from campaign.exports.format import FILLED_IN
from campaign.languages import LANGUAGES
from campaign.organizers import export_jobs, ledger
from campaign.organizers.four_eyes import REQUEST_LIFETIME
from campaign.organizers.models import AuditEntry, ExportJob, Request
from campaign.petition.deliveries import Delivery
from campaign.petition.models import Publication
from campaign.petition.published import TextKind, new_row
from tests.organizers.exporting import Exporting
from tests.organizers.stored import store
from tests.people import parse, pass_a_day, publish, rows
from tests.servers import on_sqlite

pytestmark = on_sqlite


@pytest.fixture
def carrying(app, omar):
    """Omar asks for packages."""
    return Exporting(app, omar)


@pytest.fixture
def office(app):
    """The key of the first addressee."""
    return app.extensions["campaign"].words.addressees[0].key


def ask(carrying, office, **fields):
    """Asks for the package of an office, as its page would."""
    return carrying.who.send(f"offices/{office}/package", **{"why": "for the hand-over"} | fields)


def opened(answer):
    """The files of a package by name, after its list of hashes was compared."""
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    sums = dict(reversed(line.split("  ")) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    return files


def test_a_package_without_names_is_prepared_at_once_and_recorded(app, carrying, office, layla):
    publish(app)
    assert ask(carrying, office).status_code == 303
    carrying.prepare()

    taken = carrying.take()

    files = opened(taken)
    assert taken.mimetype == "application/zip"
    assert {"1-page.en.pdf", "7-slip.ar.pdf", "README.en.txt", "README.ar.txt"} <= set(files)
    assert not [name for name in files if "names" in name]
    [row] = rows(app, Delivery)
    assert (row.office, row.counts["confirmed"]) == (office, 1)
    assert row.files == {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    assert "delivery written" in [line.act for line in rows(app, AuditEntry)]


def pdf_text(body):
    """The words of a PDF."""
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(body))


PRINTED = {"person": "A Sample Person", "postal": "1 Sample Street, Sampletown"}


def test_who_answers_and_the_postal_address_are_printed_and_not_in_the_audit(app, carrying, office, layla):
    publish(app)
    assert ask(carrying, office, **PRINTED).status_code == 303
    carrying.prepare()

    page = pdf_text(opened(carrying.take())["1-page.en.pdf"])

    assert [words for words in PRINTED.values() if words not in page] == []
    said = carrying.who.read("exports").text + carrying.who.read("audit").text
    said += str([line.facts for line in rows(app, AuditEntry)] + [one.wanted for one in rows(app, ExportJob)])
    assert "Sample" not in said


@pytest.mark.parametrize("typed", ["شارع ٣", "Иван Петров", "Ελένη", "Çiğdem", "5, rue de l’Été", "کوردستان ۵"])
def test_what_is_typed_is_printed_in_every_letter_that_the_form_takes(app, carrying, office, layla, typed):
    publish(app)
    assert ask(carrying, office, person=typed, postal=typed).status_code == 303

    carrying.prepare()

    assert carrying.said == []
    page = pdf_text(opened(carrying.take())["1-page.en.pdf"])
    assert max(typed.split(), key=len)[:1] in page


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("typed", "lacking"), [("דוד", "ד ו"), ("王小明", "王 小 明"), ("😀 Sam", "😀"), ("№ 5", "№")])
def test_letters_that_cannot_be_printed_are_refused_and_named(app, omar, carrying, office, language, typed, lacking):
    omar.language = language

    answer = ask(carrying, office, postal=typed)

    assert answer.status_code == 422
    assert lacking in answer.text
    assert typed in answer.text
    assert rows(app, ExportJob) == []


def test_a_package_with_names_prints_them_too_and_is_asked_for_once(app, carrying, office, layla, nour):
    publish(app)
    for _ in range(2):
        ask(carrying, office, names="y", **PRINTED)
    [request] = rows(app, Request)
    assert "Sample" not in str(request.facts) + nour.read("audit").text

    nour.prove()
    nour.send("requests", request=str(request.id), deed="agree")
    carrying.prepare()

    assert "A Sample Person" in pdf_text(opened(carrying.take())["1-page.en.pdf"])


def test_what_organizers_say_they_have_arranged_counts_as_met_in_the_readme_of_the_package(app, omar, carrying, office, layla):
    with app.extensions["campaign"].database.writing() as session:
        names = dict.fromkeys(LANGUAGES, "A sample office")
        value = {"names": names, "channel": "bundestag"}
        session.add(new_row((TextKind.ADDRESSEE, office), value, now().date(), set_by="1"))
    publish(app)
    assert "arranged-handwritten-signature" in omar.read(f"offices/{office}").text

    ask(carrying, office, arranged="handwritten-signature")
    carrying.prepare()

    readme = opened(carrying.take())["README.en.txt"].decode()
    met, missing = readme.partition("Met:")[2].split("Missing:")
    rules = app.extensions["campaign"].texts["en"].channels.parts
    assert rules["demand-handwritten-signature"].words in met
    assert rules["demand-contact-person"].words in missing
    assert rules["demand-handwritten-signature"].words in omar.read("audit").text


def test_a_package_that_waits_for_a_second_organizer_names_its_office(app, omar, carrying, office, layla, nour):
    publish(app)
    ask(carrying, office, names="y")

    [section] = [one for one in parse(omar.read("exports").text).iter("section") if one.get("aria-labelledby") == "yours"]

    words = "".join(section.itertext())
    assert "Waiting for a second organizer." in words
    assert app.extensions["campaign"].words.addressees[0].name("en") in words


@pytest.mark.parametrize(("language", "label"), [("en", "Contact person"), ("ar", "شخص للتواصل بشأن الحملة")])
def test_whoever_is_to_agree_reads_what_is_to_be_printed(app, carrying, office, layla, nour, language, label):
    publish(app)
    ask(carrying, office, names="y", **PRINTED)
    nour.language = language

    page = nour.read("requests").text

    assert f"<dt>{label}</dt><dd><bdi>A Sample Person</bdi>" in page
    assert PRINTED["postal"] in page


@pytest.mark.parametrize("deed", ["agree", "decline", ""])
def test_a_request_that_is_decided_or_over_keeps_nothing_of_what_is_printed(app, carrying, office, layla, nour, deed):
    publish(app)
    ask(carrying, office, names="y", **PRINTED)
    [request] = rows(app, Request)
    assert FILLED_IN in request.facts

    if deed:
        nour.prove()
        assert nour.send("requests", request=str(request.id), deed=deed).status_code == 303
    else:
        with app.extensions["campaign"].database.writing() as session:
            export_jobs.purge(session, now() + REQUEST_LIFETIME)

    [request] = rows(app, Request)
    assert FILLED_IN not in request.facts
    assert request.facts["why"] == "for the hand-over"
    with app.extensions["campaign"].database.reading() as session:
        assert ledger.find_problems(session) == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    "typed", [{"person": "a@example.org"}, {"postal": "x" * 121}, {"person": "A\u202eB"}, {"names": "y", "why": ""}]
)
def test_what_is_wrong_with_a_package_is_said_and_what_was_typed_stays(app, omar, carrying, office, language, typed):
    omar.language = language

    answer = ask(carrying, office, **PRINTED | typed)

    assert answer.status_code == 422
    assert rows(app, ExportJob) == []
    assert all(words in answer.text for words in (PRINTED | typed).values() if "\u202e" not in words)


def test_names_are_in_it_once_a_second_organizer_agrees(app, carrying, office, layla, nour):
    publish(app)
    ask(carrying, office, names="y")
    ask(carrying, office, names="y")
    carrying.prepare()
    assert carrying.exports() == []
    [request] = rows(app, Request)

    nour.prove()
    assert nour.send("requests", request=str(request.id), deed="agree").status_code == 303
    carrying.prepare()

    assert "8-names.pdf" in opened(carrying.take())


def test_the_book_of_names_says_the_number_that_the_rest_of_the_package_says(app, carrying, office, layla, nour):
    """The published number can be behind: by a minute, or by as many as it moves in steps of."""
    publish(app)
    store(app, "Sami")
    ask(carrying, office, names="y")
    nour.prove()
    [request] = rows(app, Request)
    nour.send("requests", request=str(request.id), deed="agree")
    carrying.prepare()

    files = opened(carrying.take())
    book = pdf_text(files["8-names.pdf"])

    assert "1 signature, as of" in pdf_text(files["1-page.en.pdf"])
    assert "1 signature, as of" in book
    for number in ("of them show", "on this letter", "on a text that was not kept"):  # they are of today, and would not fit it
        assert number not in book


def test_the_book_of_names_has_nobody_who_confirmed_after_its_number(app, carrying, office, layla, nour):
    publish(app)
    with app.extensions["campaign"].database.writing() as session:
        session.get_one(Publication, 1).as_of -= timedelta(days=3)
    app.extensions["campaign"].snapshots.refresh()
    store(app, "Sami", day=now().date() - timedelta(days=1))
    ask(carrying, office, names="y")
    nour.prove()
    [request] = rows(app, Request)
    nour.send("requests", request=str(request.id), deed="agree")
    carrying.prepare()
    book = pdf_text(opened(carrying.take())["8-names.pdf"])

    assert "Sami" not in book
    assert "1 signature, as of" in book


def test_whoever_agrees_to_names_reads_what_they_are_for_and_how_many_they_are(app, carrying, office, layla, nour):
    publish(app)
    pass_a_day(app)

    ask(carrying, office, names="y", why="for the  hearing")

    page = nour.read("requests").text
    assert "for the hearing" in page
    assert re.search(r"<dt>Signatures</dt><dd><bdi>1</bdi>", page)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("why", ["", "  ", "x" * 201, "for l@example.org"])
def test_names_without_a_reason_that_is_short_and_names_nobody_are_not_asked_for(app, carrying, office, nour, language, why):
    carrying.who.language = language

    answer = ask(carrying, office, names="y", why=why)

    assert answer.status_code == 422
    assert 'id="why-error"' in answer.text
    assert re.search('id="names"[^>]* checked', answer.text)
    assert rows(app, Request) == []
    assert carrying.who.read(f"offices/{office}/package").headers["Location"] == f"/{language}/organize/offices/{office}"
    assert ask(carrying, office, why="").status_code == 303


def test_the_tables_of_the_desk_are_locked_before_the_row_of_the_package_as_everybody_does(app, carrying, office, monkeypatch):
    update, locked = export_jobs.update_claimed, []

    def noted(session, export, **values):
        if "prepared_at" in values:
            locked.append(ledger.CHANGE in session.info)
        update(session, export, **values)

    monkeypatch.setattr(export_jobs, "update_claimed", noted)
    ask(carrying, office)
    carrying.prepare()

    assert locked == [True]


def test_an_office_that_is_endangering_gets_no_names(app, carrying, office):
    site = app.extensions["campaign"]
    value = {"names": site.words.addressees[0].names, "is_endangering": True}
    with site.database.writing() as session:
        session.add(new_row((TextKind.ADDRESSEE, office), value, now().date()))
    site.snapshots.refresh()

    assert 'name="names"' not in carrying.who.read(f"offices/{office}").text
    assert ask(carrying, office, names="y").status_code == 400
    assert rows(app, Request) == []


def test_only_organizers_ask_and_only_for_an_office(carrying, office, hadi):
    assert hadi.send(f"offices/{office}/package").status_code == 403
    assert ask(carrying, "nobody").status_code == 404
