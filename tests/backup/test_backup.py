"""A backup: the whole database at one moment, for the holder of the backup key alone, and no key of the campaign in it."""

import gzip
import os
import shutil
import sqlite3
import stat
import subprocess

import pytest

from campaign import instance
from campaign.backup import dump, making
from campaign.backup.container import parse_header
from campaign.crypto.backup_key import BACKUP_KEY_FILE
from campaign.file_lock import file_lock
from campaign.petition.models import Signature
from campaign.schema_version import known_versions
from tests.servers import on_sqlite

SECRETS = ("tag.key", "mail.key", "form.key", "desk.key", "seal.private")


def decrypted(age, host, file):
    """What is in a backup, as another program opens it."""
    command = [age, "--decrypt", "--identity", str(host.key), str(file)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_age_opens_a_backup_and_the_whole_database_is_in_it(age, host, tmp_path):
    token = host.sign("layla", shown_as="Layla")

    line, _, database = decrypted(age, host, host.backup()).partition(b"\n")

    header = parse_header(line)
    assert header.database == ("postgresql" if host.settings.database_url else "sqlite")
    assert header.revision == known_versions()[0]
    assert header.keys == instance.open_keys(host.settings).fingerprints()
    assert token.encode() not in database
    if host.settings.database_url:
        assert "\tLayla\t" in gzip.decompress(database).decode()
    else:
        (tmp_path / "copy.db").write_bytes(database)
        connection = sqlite3.connect(tmp_path / "copy.db")
        assert connection.execute("SELECT shown_as FROM signature").fetchall() == [("Layla",)]
        connection.close()


def test_no_key_is_in_a_backup_and_those_to_be_kept_apart_are_named(age, host):
    host.sign("layla")
    file = host.key.parent / "a.backup"

    done = host.run("backup", str(file), "--list", str(host.key.parent / "a.list"))

    opened = decrypted(age, host, file) + decrypted(age, host, host.key.parent / "a.list")
    for name in SECRETS:
        key = (host.settings.data / "keys" / name).read_bytes().strip()
        assert key not in opened, name
        assert (name in done.stderr) == (name != "seal.private"), name


def test_a_file_is_for_its_owner_alone_and_is_not_written_over(host):
    file = host.backup()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    done = host.run("backup", str(file))
    assert done.exit_code == 1
    assert "already exists" in done.stderr
    assert file.read_bytes() == before


@on_sqlite
def test_the_list_is_written_in_the_place_of_an_older_one(host):
    host.sign("layla")
    before = host.ship_list().read_bytes()

    host.withdraw("layla")

    assert host.ship_list().read_bytes() != before


@on_sqlite
@pytest.mark.parametrize("name", ["data.backup", "keys/data.backup"])
def test_a_backup_beside_the_keys_is_refused(host, name):
    for options in ([str(host.settings.data / name)], ["--list", str(host.settings.data / name)]):
        done = host.run("backup", *options)
        assert done.exit_code == 1
        assert "Write the backup somewhere else" in done.stderr


@on_sqlite
def test_without_a_backup_key_nothing_is_written_and_the_way_to_one_is_said(host):
    (host.settings.data / "keys" / BACKUP_KEY_FILE).unlink()

    done = host.run("backup", str(host.key.parent / "a.backup"))

    assert done.exit_code == 1
    assert "campaign keys backup --out FILE" in done.stderr
    assert [file.name for file in host.key.parent.iterdir()] == [host.key.name]


@on_sqlite
def test_two_at_once_are_one_and_a_sentence(host):
    with file_lock(host.settings.data / making.BACKUP_LOCK, wait=0):
        done = host.run("backup", str(host.key.parent / "a.backup"))

    assert (done.exit_code, done.stderr) == (1, "Error: Another backup is being made. Wait until it ends.\n")


@on_sqlite
def test_nothing_to_write_is_a_wrong_call(host):
    assert host.run("backup").exit_code == 2


def test_what_breaks_off_leaves_no_file_and_no_copy(host, monkeypatch):
    def break_off(_header, _stream, out, _recipient):
        out.write(b"half")
        raise OSError(28, "No space left on device", "a.backup")

    monkeypatch.setattr(making, "write_backup", break_off)

    done = host.run("backup", str(host.key.parent / "a.backup"))

    assert (done.exit_code, done.stderr) == (1, "Error: a.backup: No space left on device\n")
    assert [file.name for file in host.key.parent.iterdir()] == [host.key.name]
    assert list(host.settings.data.glob(f"{dump.COPY_PREFIX}*")) == []


def test_a_database_that_cannot_be_read_to_its_end_is_no_backup(host, monkeypatch, tmp_path):
    if host.settings.database_url:
        (tmp_path / "bin").mkdir()
        program = tmp_path / "bin" / "pg_dump"
        program.write_text("#!/bin/sh\necho half\necho 'pg_dump: error: the server is gone' >&2\nexit 1\n")
        program.chmod(0o700)
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
        reason = "pg_dump could not read the database: pg_dump: error: the server is gone"
    else:
        monkeypatch.setattr(dump.sqlite3, "connect", lambda *_, **__: (_ for _ in ()).throw(sqlite3.Error("it is malformed")))
        reason = "The database could not be copied: it is malformed. Nothing was written."

    done = host.run("backup", str(host.key.parent / "a.backup"))

    assert (done.exit_code, done.stderr) == (1, f"Error: {reason}\n")
    assert [file.name for file in host.key.parent.iterdir()] == [host.key.name]


def test_without_pg_dump_its_package_is_named(host, monkeypatch):
    if host.settings.database_url:
        monkeypatch.setattr(shutil, "which", lambda _: None)
        assert "apt install postgresql-client" in host.run("backup", str(host.key.parent / "a.backup")).stderr


@on_sqlite
def test_the_copy_of_a_backup_that_was_killed_goes_with_the_next(host):
    left = host.settings.data / f"{dump.COPY_PREFIX}killed"
    left.mkdir()
    (left / "campaign.db").write_bytes(b"Layla" * 100)

    host.backup()

    assert not left.exists()


@on_sqlite
def test_the_private_half_is_a_file_for_one_person_that_age_reads(age, host, tmp_path):
    out, phrase = tmp_path / "second.key", tmp_path / "phrase"
    phrase.write_text("olives ripen in november\n")

    done = host.run("keys", "backup", "--out", str(out), "--for", "Omar", "--passphrase-file", str(phrase))

    public = done.stdout.split("\t")[1].strip()
    assert public.startswith("age1")
    assert b"AGE-SECRET-KEY" not in out.read_bytes()
    assert host.run("keys", "add-backup", public).exit_code == 0
    assert public in host.run("keys", "list").stdout
    host.sign("layla")
    file = host.backup()
    assert "is encrypted to another backup key" in host.refused(file)
    assert host.run("keys", "add-backup", "age1nothing").stderr.startswith("Error: This is not a public backup key")
    host.key = out
    host.restore(file, "--passphrase-file", str(phrase))
    assert len(host.all(Signature)) == 1
