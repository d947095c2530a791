"""`import campaign` and `campaign --help` load nothing heavy, and Flask's own commands know what to run first."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from campaign.cli.main import COMMAND_PLACES, main
from campaign.config import PREFIX, TRANSLATIONS
from tests.servers import on_sqlite

HEAVY = {"alembic", "sqlalchemy", "wtforms", "flask", "babel", "pydantic", "granian", "multiprocessing", "nacl"}
HELP = "from campaign.cli.main import main; main(['--help'], standalone_mode=False)"
WIDEST = 63  # characters of a sentence in the list of commands


def python(*arguments, **env):
    """Runs Python in another process."""
    environment = os.environ | env
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.parametrize("doing", ["import campaign", HELP])
def test_importing_the_package_and_asking_for_help_loads_nothing_heavy(doing):
    found = python("-c", f"import sys, json; {doing}; print(json.dumps(sorted(sys.modules)))")

    loaded = json.loads(found.stdout.splitlines()[-1])
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
    ours = {name for name in loaded if name.startswith("campaign")}
    assert ours <= {"campaign", "campaign.cli", "campaign.cli.main"}


def test_the_list_of_commands_says_of_each_what_its_own_help_says():
    assert {name: command.name for name, command in main.commands.items()} == {name: name for name in COMMAND_PLACES}
    for name, command in main.commands.items():
        stub = type(command)(name, help=COMMAND_PLACES[name][1])
        assert command.get_short_help_str(WIDEST) == stub.get_short_help_str(WIDEST), name
    assert list(COMMAND_PLACES) == sorted(COMMAND_PLACES)


def test_a_mistake_in_the_description_of_a_language_is_one_sentence(tmp_path):
    folder = {f"{PREFIX}TRANSLATIONS": str(shutil.copytree(TRANSLATIONS, tmp_path / "texts"))}
    described = tmp_path / "texts" / "ar" / "language.toml"
    described.write_text(described.read_text("utf-8").replace('dir = "rtl"', 'dir = "up"'), "utf-8")
    named = "from campaign import languages\ntry: list(languages.LANGUAGES)\nexcept languages.LanguageError: print('named')"

    refused = python("-m", "campaign", "export", "--help", **folder)

    assert (refused.returncode, refused.stderr) == (1, f"Error: {described}: `dir` must be ltr or rtl, not up.\n")
    assert python("-c", named, **folder).stdout == "named\n"


@pytest.mark.parametrize("command", [("routes",), ("run", "--port", "0"), ("shell",)])
def test_flask_in_a_fresh_clone_says_what_to_run_first(tmp_path, command):
    refused = python("-m", "flask", "--app", "campaign", *command, **{f"{PREFIX}DATA": str(tmp_path / "none")})

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == f"Error: There is no campaign in {tmp_path}/none: run `campaign serve` there first."
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "none").exists()


@on_sqlite
def test_flask_lists_the_routes_of_a_campaign_that_is_there(settings):
    listed = python("-m", "flask", "--app", "campaign", "routes", **{f"{PREFIX}DATA": str(settings.data)})

    assert "petition.sign" in listed.stdout, listed.stderr


@on_sqlite
def test_a_start_loads_no_migrations_where_the_tables_are_as_they_should_be(app, settings):
    preparing = "import sys; from campaign import instance; from campaign.config import Settings; instance.prepare(Settings())"

    found = python("-c", f"{preparing}; print('alembic' in sys.modules)", **{f"{PREFIX}DATA": str(settings.data)})

    assert found.stdout == "False\n", found.stderr
