"""The author's consent is asked for before the public comes; its record is private and leaves no trace."""

import stat
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from campaign.cli.main import main
from tests.content.outputs import given_out, traces
from tests.servers import on_sqlite

pytestmark = on_sqlite
RECORD = 'given_by = "{by}"\ngiven_on = 2026-11-20\nreview_by = {review_by}\nscope = {scope}\n'
EVERYTHING = ["text", "name", "translation", "social"]
NEXT_YEAR = date.today() + timedelta(days=365)  # noqa: DTZ011  # a day far away, whatever the zone


@pytest.fixture
def record(settings):
    """Writes the record into the data folder."""

    def write(*, by="The brother of the author", review_by=NEXT_YEAR, scope=EVERYTHING, mode=0o600):
        file = settings.data / "consent.toml"
        file.write_text(RECORD.format(by=by, review_by=review_by, scope=scope), "utf-8")
        file.chmod(mode)
        return file

    return write


def check(*options):
    """What `campaign check` says."""
    return CliRunner().invoke(main, ["check", *options])


def test_without_a_record_the_strict_check_asks_for_it_and_the_other_says_so_and_succeeds(open_site):
    assert "There is no record of the author's consent" in check("--strict").output
    assert check("--strict").exit_code == 1
    assert check().exit_code == 0


def test_a_whole_record_satisfies_the_check_and_nothing_of_it_is_repeated(open_site, record):
    record()

    said = check("--strict").output

    assert "consent" not in said
    assert "brother" not in said


def test_when_the_day_of_the_review_is_past_the_check_says_to_ask_again(open_site, record):
    record(review_by=date(2026, 11, 21))

    assert "to ask the author again has passed" in check("--strict").output.replace("\n", " ")


@pytest.mark.parametrize("missing", EVERYTHING)
def test_what_the_site_does_and_the_author_did_not_agree_to_is_said(open_site, record, missing):
    record(scope=[name for name in EVERYTHING if name != missing])

    assert f"add {missing} to the scope" in check("--strict").output


def test_a_site_that_does_not_name_the_author_needs_no_leave_to(open_site, files, record):
    files.attribute("none")
    record(scope=["text", "translation", "social"])

    assert "scope" not in check("--strict").output


def test_a_record_that_others_can_read_is_said(open_site, record):
    file = record(mode=0o644)

    assert "chmod 600" in check("--strict").output
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


@pytest.mark.parametrize("text", ["", "given_by = ", "scope = 'text'\ngiven_on = 1\nreview_by = 'soon'\n"])
def test_a_record_that_says_nothing_or_cannot_be_read_is_said(open_site, record, text):
    record().write_text(text, "utf-8")

    result = check("--strict")

    assert result.exit_code == 1
    assert "consent.toml" in result.output


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("review_by = 2027-05-20\n", "review_by = 2027-05-20T10:00:00\n"),
        ("given_on = 2026-11-20\n", "given_on = 2026-11-20T10:00:00\n"),
        ("scope = [", 'scope = [["text"], '),
        ("scope = [", "scope = [{ text = 1 }, "),
    ],
)
def test_a_moment_or_a_list_in_a_list_is_said_in_a_sentence(open_site, record, right, wrong):
    file = record(review_by="2027-05-20")
    file.write_text(file.read_text("utf-8").replace(right, wrong), "utf-8")

    result = check("--strict")

    assert result.exit_code == 1
    assert f"consent.toml: {right.split()[0]} must be" in result.output.replace("\n", " ")


def test_a_record_that_the_site_may_not_read_is_said(open_site, record):
    file = record()
    file.unlink()
    file.mkdir(mode=0o600)  # as unreadable as a file of somebody else, for root too

    result = check("--strict")

    assert result.exit_code == 1
    assert "it must belong to the user that runs the site" in " ".join(result.output.split())


@pytest.mark.slow
def test_nothing_of_the_record_stands_in_anything_that_is_given_out(open_site, record, tmp_path):
    record(by="Zacharias Quillfeather")

    found = given_out(open_site(), tmp_path / "copy")

    assert traces(found, "Quillfeather") == []
