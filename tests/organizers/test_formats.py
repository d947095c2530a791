"""Every format comes out of the desk, of the command line and of the machine that has the key, whole and by its name."""

import hashlib

import pytest
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.crypto.keys import eject
from campaign.database import now
from campaign.exports.formats import FORMATS
from campaign.instance import key_folder
from campaign.organizers.models import DOCUMENTS
from tests.people import parse
from tests.servers import on_sqlite

pytestmark = on_sqlite
AT_DESK = {name: one for name, one in FORMATS.items() if one.at_desk}
EVERY = pytest.mark.parametrize("chosen", AT_DESK.values(), ids=AT_DESK)


@pytest.fixture
def run(settings, monkeypatch):
    """Types a command on the server."""
    for name in ("data", "database_url", "mail_url", "mail_from"):
        monkeypatch.setenv(f"CAMPAIGN_{name.upper()}", str(getattr(settings, name)))
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])


@EVERY
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_desk_offers_each_format_in_words(layla, carrying, chosen, language):
    carrying.who.language = language
    page = parse(carrying.who.read("exports").text)

    label = next(one for one in page.iter("label") if one.get("for") == f"document-{chosen.name}")
    hint = next(one for one in page.iter("p") if one.get("id") == f"document-{chosen.name}-hint")

    assert label.text.strip()
    assert label.find("code").text == f".{chosen.name}"
    assert hint.text.strip()


@EVERY
def test_each_format_is_taken_from_the_desk_with_its_type_and_its_name(layla, carrying, chosen):
    carrying.ask(chosen.name)
    carrying.prepare()
    page, taken = carrying.who.read("exports").text, carrying.take()

    assert (carrying.said, taken.status_code) == ([], 200)
    assert taken.headers["Content-Type"] == chosen.content_type
    ending = f"en.{chosen.name}" if chosen.has_headings else chosen.name
    assert taken.headers["Content-Disposition"].endswith(f'"signatures-{now().date()}.{ending}"')
    assert hashlib.sha256(taken.data).hexdigest() in page
    assert int(taken.headers["Content-Length"]) == len(taken.data) > 0
    if chosen.needs_key:
        assert carrying.audit("export taken")[0]["format"] == chosen.name


@pytest.mark.parametrize(
    ("fields", "which"),
    [
        ({"country": "SY", "signed_in": "ar", "since": "2026-11-01"}, "-from-2026-11-01-SY-ar"),
        ({"state": "shown", "until": "2026-12-01"}, "-shown-to-2026-12-01"),
    ],
)
def test_the_name_of_a_file_says_which_signatures_are_in_it(carrying, fields, which):
    carrying.ask("jsonl", **fields)

    assert carrying.exports()[0].name == f"signatures-{now().date()}{which}.jsonl"


@pytest.mark.parametrize(("document", "is_said"), [("xlsx", True), ("pdf", True), ("csv", False)])
def test_the_language_of_a_file_is_said_where_it_has_one(carrying, document, is_said):
    carrying.who.language = "ar"
    carrying.ask(document)
    carrying.who.language = "en"

    assert ("In this language: Arabic" in carrying.who.read("exports").text) == is_said
    assert carrying.exports()[0].name.endswith(f".ar.{document}" if is_said else f"{now().date()}.{document}")


@EVERY
def test_each_format_is_written_at_the_command_line_as_at_the_desk(layla, carrying, run, tmp_path, chosen):
    out = tmp_path / f"signatures.{chosen.name}"

    done = run("export", "--format", chosen.name, "--out", out)

    assert done.exit_code == 0, done.stderr
    assert out.read_bytes() == carrying.gets(chosen.name)


@pytest.mark.parametrize("name", [one.name for one in FORMATS.values() if one.needs_key])
def test_each_format_that_needs_a_key_is_opened_on_another_machine(layla, carrying, run, tmp_path, name):
    sealed, key, out = tmp_path / "signatures.sealed", tmp_path / "private.key", tmp_path / "opened"
    sealed.write_bytes(carrying.gets("sealed"))
    whole = carrying.gets(name)
    eject(key_folder(carrying.site.settings), key)

    done = run("open-export", sealed, "--key", key, "--format", name, "--out", out)

    assert done.exit_code == 0, done.stderr
    assert out.read_bytes() == whole


def test_what_goes_wrong_before_the_answer_is_built_leaves_the_file_to_be_taken_again(layla, carrying, monkeypatch):
    carrying.ask()
    carrying.prepare()
    monkeypatch.delitem(DOCUMENTS, "jsonl")
    assert carrying.take().status_code == 500
    monkeypatch.undo()

    assert len(carrying.files()) == 1
    assert carrying.audit("export taken") == []
    assert b"layla@example.org" in carrying.take().data


def test_a_data_folder_that_cannot_be_written_into_costs_nobody_the_file(layla, carrying):
    carrying.ask()
    carrying.prepare()
    head = carrying.site.settings.data / "audit.head"
    head.unlink(missing_ok=True)
    head.mkdir()

    assert b"layla@example.org" in carrying.take().data
