"""Words that were changed at the desk: on every machine within seconds, and in the way of no update of the files."""

import shutil
import time
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from campaign.cli.main import main
from tests.content.conftest import files, start_site  # noqa: F401  # fixtures, which pytest finds by their names here
from tests.organizers.test_words import NEW, OLD, agree, change, publish, replace_words
from tests.servers import Campaign, wait_until

WITHIN = 60  # seconds; five are promised and one is usual, but a machine that runs tests is busy


def read(server, path):
    """A page of a machine."""
    with urlopen(f"{server.url}{path}") as answer:
        return answer.read().decode()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.slow
def test_two_machines_show_new_words_within_seconds_on_pages_that_they_keep_too(app, settings, omar, nour, tmp_path):
    shutil.copytree(settings.data, tmp_path / "second")
    options = {"workers": 1, "CAMPAIGN_DATABASE_URL": settings.database_url, "CAMPAIGN_CONTACT": settings.contact}
    with Campaign(settings.data, **options) as one, Campaign(tmp_path / "second", **options) as two:
        for server in (one, two):
            assert OLD in read(server, "/en/petition")
            assert OLD in read(server, "/en/petition"), "which is kept by now"
        replace_words(omar, "letter/p3", OLD, NEW)
        publish(omar, "letter")
        began = time.monotonic()
        assert agree(nour).status_code == 303
        for server in (one, two):
            wait_until(lambda server=server: NEW in read(server, "/en/petition"))
            assert time.monotonic() - began < WITHIN
            assert OLD not in read(server, "/en/petition")


def test_an_update_of_the_files_neither_collides_with_the_desk_nor_takes_its_words_back(
    make_account,
    start_site,  # noqa: F811  # the fixture
    files,  # noqa: F811  # the fixture
):
    app = start_site()
    omar, nour = (make_account(app, f"{name}@example.org") for name in ("omar", "nour"))
    assert [one.enter().status_code for one in (omar, nour)] == [303, 303]
    kept = {file: file.read_bytes() for file in files.folder.rglob("*.md")}
    replace_words(omar, "letter/p3", OLD, NEW)
    change(omar, "title/title", words_en="Another name", words_ar="اسم آخر")
    change(omar, "addressee/new", words_en="An office", words_ar="جهة")
    publish(omar, "letter")
    agree(nour)
    assert [publish(omar, piece).status_code for piece in ("title", "addressee")] == [303, 303]
    assert {file: file.read_bytes() for file in files.folder.rglob("*.md")} == kept, "git has nothing to complain of"

    files.change("en/petition.md", OLD, "First, do something else.")
    files.change("campaign.toml", "The mayor of Velora", "The mayor")
    updated = start_site()

    pages = updated.test_client().get("/en/petition").text
    assert NEW in pages
    assert "do something else" not in pages
    assert "Another name" in pages
    assert "An office" in pages
    checked = CliRunner().invoke(main, ["check"]).output
    assert "differ from what is published (the addressee mayor)" in checked
    assert CliRunner().invoke(main, ["publish", "--yes"]).exit_code == 0
    updated.extensions["campaign"].snapshots.refresh()
    pages = updated.test_client().get("/en/petition").text
    assert NEW in pages
    assert "An office" in pages
    assert "The files and settings are the same as what is published." in CliRunner().invoke(main, ["publish"]).output


def test_an_office_that_was_renamed_at_the_desk_is_marked_as_endangering_by_texts_that_are_taken_out_and_in(
    make_account,
    start_site,  # noqa: F811  # the fixture
    tmp_path,
):
    app = start_site()
    omar = make_account(app, "omar@example.org")
    omar.enter()
    change(omar, "addressee/mayor", words_en="The mayor", words_ar="رئيس البلدية")
    publish(omar, "addressee")
    names = "  name: The mayor\n"

    assert CliRunner().invoke(main, ["texts", "export", str(tmp_path / "words")]).exit_code == 0
    letter = tmp_path / "words" / "en" / "petition.md"
    letter.write_text(letter.read_text("utf-8").replace(names, f"{names}  is_endangering: true\n"), "utf-8")
    assert "Changed drafts: 1." in CliRunner().invoke(main, ["texts", "import", str(tmp_path / "words")]).output
    assert publish(omar, "addressee").status_code == 303

    app.extensions["campaign"].snapshots.refresh()
    marked = [one.key for one in app.extensions["campaign"].words.addressees if one.is_endangering]
    assert marked == ["mayor"]
