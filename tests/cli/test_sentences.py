"""What is wrong with the database is said in one sentence by every command that needs one, and never as a traceback."""

import pytest
import sqlalchemy as sa

from campaign import instance
from campaign.schema_version import NEWER, OLDER, known_versions
from tests.servers import on_sqlite

COMMANDS = (("status",), ("check",), ("close",), ("mail", "retry"), ("organizers", "list"), ("work",), ("migrate",))


@on_sqlite
def test_a_file_that_is_no_database_is_one_sentence(run, settings):
    (settings.data / "campaign.db").write_bytes(b"no database at all " * 1000)

    for command in COMMANDS:
        said = run(*command)
        assert (said.exit_code, said.stdout) == (1, ""), command
        assert said.stderr == "Error: The database cannot be opened: file is not a database\n", command


@pytest.mark.parametrize(("version", "sentence"), [("9999", NEWER), (known_versions()[1], OLDER)])
def test_tables_of_another_version_are_one_sentence(run, settings, version, sentence):
    database = instance.open_database(settings)
    with database.writing() as session:
        session.execute(sa.text(f"UPDATE alembic_version SET version_num = '{version}'"))
    database.close()

    for command in [command for command in COMMANDS if command not in {("status",), ("check",)}]:
        if command != ("migrate",) or sentence == NEWER:
            said = run(*command)
            assert (said.exit_code, said.stdout, said.stderr) == (1, "", f"Error: {sentence}\n"), command
    assert run("check").stderr.startswith("schema: The tables of the database are ")
    assert "schema: The tables of the database are " in run("status").stdout
