"""A program goes back a version: it works with tables that were only added to, and refuses others in one sentence."""

import re

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from campaign import instance, schema_version
from campaign.config import MIGRATIONS
from campaign.schema_version import OtherSchema
from tests.people import standing

OWN = schema_version.known_versions()[0].partition("_")[0]


def newer(settings, version):
    """The database has tables of a later version, which have a column and a table more."""
    database = instance.open_database(settings)
    with database.writing() as session:
        session.execute(sa.text("ALTER TABLE signature ADD COLUMN mood VARCHAR(10)"))
        session.execute(sa.text("CREATE TABLE weather (id INTEGER PRIMARY KEY)"))
        session.execute(sa.text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_a_program_works_with_tables_that_a_later_one_has_only_added_to(app, settings, run, request):
    newer(settings, f"9999_{OWN}")

    instance.check(settings)
    instance.prepare(settings)
    request.getfixturevalue("layla")  # signs and confirms

    assert len(standing(app)) == 1
    assert run("migrate").exit_code == 0
    assert "The tables of the database are newer than the program." in run("check").stderr


@pytest.mark.parametrize("version", ["9999", "9999_9998"])
def test_a_program_refuses_tables_that_a_later_one_has_changed(settings, run, version):
    newer(settings, version)

    with pytest.raises(OtherSchema):
        instance.check(settings)
    for command in ("migrate", "prepare"):
        done = run(command)
        assert (done.exit_code, done.stderr) == (1, f"Error: {schema_version.NEWER}\n")


@pytest.mark.parametrize(
    ("found", "own", "is_usable"),
    [("0037_0034", "0034", True), ("0037_0034", "0036_0034", True), ("0037_0035", "0034", False), ("0037", "0036", False)],
)
def test_the_second_number_is_the_oldest_program(found, own, is_usable):
    assert schema_version.is_usable_after(found, own) is is_usable


def test_the_versions_are_those_of_alembic():
    scripts, known = ScriptDirectory(str(MIGRATIONS)), schema_version.known_versions()

    assert known[0] == scripts.get_current_head()
    assert sorted(known) == sorted(script.revision for script in scripts.walk_revisions())


def test_every_version_of_the_tables_is_named_by_its_file_and_says_which_programs_work_with_it():
    for file in sorted((MIGRATIONS / "versions").glob("0*.py")):
        [revision] = re.findall(r'^revision = "(.+)"$', file.read_text("utf-8"), re.MULTILINE)
        number, _, oldest = revision.partition("_")
        assert file.name.startswith(f"{number}_")
        assert number < "0036" or "0034" <= oldest <= number, f"{file.name} does not say which programs work with its tables"
