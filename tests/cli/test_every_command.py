"""Every command: help, exit codes, one sentence for what goes wrong, and no folder made by those that need one."""

import subprocess
import sys

import pytest

from tests.cli.conftest import every_command
from tests.servers import on_sqlite

KEY_MACHINE = {
    ("open-export",),
    ("warn",),
    ("keys", "new"),
    ("keys", "copy"),
    ("keys", "backup"),
    ("keys", "news"),
    ("news", "send"),
}  # they need a key, and neither site nor settings
ALONE = {("serve",), ("sample",)} | KEY_MACHINE  # the first two make the folder, the others need none
TRANSLATORS = {  # they need the translations alone, and no settings
    name for name in every_command() if name[0] == "languages" or name == ("testimony", "lock")
}
ARGUMENTS = {
    ("mail", "test"): ("layla@example.org",),
    ("keys", "eject"): ("--out", "private.key"),
    ("keys", "new"): ("--out", "new.key"),
    ("keys", "add"): ("A" * 48,),
    ("keys", "backup"): ("--out", "backup.key"),
    ("keys", "add-backup"): ("age1nothing",),
    ("keys", "news"): ("--out", "news.key"),
    ("keys", "add-news"): ("A" * 48,),
    ("backup",): ("a.backup",),
    ("move",): ("postgresql+psycopg://127.0.0.1/nowhere",),
    ("restore",): (__file__, "--key", __file__),
    ("export",): ("--format", "csv", "--out", "-"),
    ("mirror",): ("copy",),
    ("news", "list"): ("an-update", "--out", "news.list"),
    ("deliver",): ("--to", "office", "--out", "package"),
    ("texts", "export"): ("words",),
    ("texts", "import"): (".",),
    ("organizers", "add"): ("omar@example.org",),
    ("organizers", "remove"): ("omar@example.org",),
    ("organizers", "reset"): ("omar@example.org",),
}


def test_the_commands_are_those_of_the_interface():
    assert {" ".join(name) for name in every_command()} >= {
        "serve", "status", "mail test", "close", "open", "work", "migrate", "check", "keys list", "keys eject",
        "export", "open-export", "erase", "sample",
    }  # fmt: skip


@on_sqlite
def test_each_says_what_it_does(run):
    for name in every_command():
        result = run(*name, "--help")
        assert (result.exit_code, result.stderr) == (0, ""), name
        assert result.stdout.startswith(f"Usage: main {' '.join(name)}"), name
        assert len(result.stdout.split("\n\n")[1].split()) > 3, name
        assert run(*name, "-h").stdout == result.stdout


@on_sqlite
def test_wrong_use_is_exit_2_with_a_word_on_standard_error(run):
    for arguments in (
        ("nonsense",),
        ("status", "--loud"),
        ("status", "extra"),
        ("sample",),
        ("sample", "0"),
        ("sample", "many"),
        ("mail", "test"),
        ("mail", "test", "nonsense"),
        ("mail", "test", "a@example.org, b@example.org"),
        ("mail", "test", "layla@example.org", "--language", "xx"),
        ("keys", "eject"),
        ("serve", "--port", "0"),
        ("serve", "--workers", "0"),
        ("export", "--format", "doc", "--out", "-"),
        ("erase", "layla@example.org"),
    ):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, ""), arguments
        assert "Error: " in result.stderr, arguments


@on_sqlite
def test_every_command_that_needs_a_campaign_refuses_a_folder_where_nothing_is(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    nowhere = tmp_path / "nowhere"

    for name in set(every_command()) - ALONE - TRANSLATORS:
        result = run(*name, *ARGUMENTS.get(name, ()), DATA=str(nowhere), typed="layla@example.org\n")
        assert result.exit_code == 1, name
        assert result.stdout == "", name
        assert result.stderr == f"Error: There is no campaign in {nowhere}: run `campaign serve` there first.\n", name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["instance"]


@on_sqlite
def test_every_command_refuses_settings_that_cannot_be_used_in_one_sentence(run):
    for name in set(every_command()) - KEY_MACHINE - TRANSLATORS:
        arguments = ("1",) if name == ("sample",) else ARGUMENTS.get(name, ())
        result = run(*name, *arguments, BASE_URL="https://petition.example.org", MAIL_URL="file:")
        assert (result.exit_code, result.stdout) == (1, ""), name
        assert result.stderr.startswith("Error: CAMPAIGN_MAIL_URL is `file:`"), name
        assert result.stderr.count("\n") == 1, name


@on_sqlite
def test_a_database_that_is_away_is_one_sentence(run):
    for name in (("status",), ("close",), ("migrate",), ("sample", "1")):
        result = run(*name, DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/nothing")
        assert result.exit_code == 1, name
        assert result.stderr.startswith("Error: The database cannot be opened: "), name
        assert result.stderr.count("\n") == 1, name


@pytest.mark.parametrize("way", [["-m", "campaign"], ["-c", "from campaign.cli.main import main; main()"]])
def test_the_command_is_there_under_both_its_names(way):
    result = subprocess.run([sys.executable, *way, "--version"], capture_output=True, text=True, check=True)

    assert result.stdout.strip().endswith("version 1.0")
    assert result.stderr == ""
