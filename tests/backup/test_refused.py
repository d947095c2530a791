"""What a restore refuses, and that it leaves all as it was: other keys, a running site, a gap, what is damaged or newer."""

import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign import instance
from campaign.backup import forgotten_list, loading_postgresql, loading_sqlite, restoring
from campaign.crypto.keys import make_keys
from campaign.database import now
from campaign.organizers.models import Account
from campaign.petition import forgotten
from tests.servers import on_sqlite


@pytest.fixture
def file(host):
    """A backup with one signature; a second one came after it."""
    host.sign("layla")
    made = host.backup()
    host.sign("sami")
    return made


def test_a_restore_with_other_keys_is_refused(host, file):
    keys = host.settings.data / "keys"
    backup_key = (keys / "backup.public").read_bytes()
    host.lose_database()
    for one in keys.iterdir():
        one.unlink()
    make_keys(keys)
    (keys / "backup.public").write_bytes(backup_key)

    assert "is not the one of this backup: put the keys that belong to it back first." in host.refused(file)


def test_after_everything_was_deleted_a_backup_from_before_is_refused(host, file):
    database = instance.open_database(host.settings)
    instance.destroy_key_of_tags(host.settings, database)
    database.close()

    assert "a backup from before is not put back. Destroy it." in host.refused(file)


@on_sqlite
def test_a_restore_into_the_folder_of_a_campaign_that_was_moved_is_refused(host, file):
    instance.mark_moved(host.settings)

    said = host.refused(file)

    assert "was moved to PostgreSQL" in said
    assert f"delete the file {host.settings.data / instance.MOVED_FILE} first." in said
    (host.settings.data / instance.MOVED_FILE).unlink()
    assert host.signers() == {"layla", "sami"}


def test_a_restore_while_the_site_runs_is_refused(host, file):
    with instance.running(host.settings):
        assert "The site is running: stop `campaign serve`" in host.refused(file)
    assert host.signers() == {"layla", "sami"}


def test_the_site_does_not_start_while_a_backup_is_put_back(host, file, monkeypatch):
    def start(*_, **__):
        assert "A backup is being restored. Wait until it ends." in host.run("work").stderr
        return []

    monkeypatch.setattr("campaign.backup.restoring._numbers", start)
    host.restore(file)


def test_others_at_the_database_are_noticed(host, file, monkeypatch):
    monkeypatch.setattr(loading_postgresql, "GOODBYE_TIME", 0.3)
    if host.settings.database_url:
        with closing(instance.open_database(host.settings)) as database, database.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1 FROM signature")).all()
            assert "Others use the database (1)" in host.refused(file)
    else:
        with closing(sqlite3.connect(host.settings.data / "campaign.db", isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            assert "Somebody is writing to the database" in host.refused(file)
    assert host.signers() == {"layla", "sami"}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_leaves_the_database_at_once_is_waited_for(host, file):
    with closing(instance.open_database(host.settings)) as database, database.engine.connect() as connection:
        connection.execute(sa.text("SELECT 1 FROM signature")).all()
        leaving = threading.Timer(0.5, connection.invalidate)
        leaving.start()
        host.restore(file, "--without-old")
        leaving.join()

    assert host.signers() == {"layla"}


@pytest.mark.parametrize("harm", ["cut off", "changed", "no backup"])
def test_what_is_damaged_is_refused_and_nothing_is_changed(host, file, harm):
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(
        {"cut off": whole[:-20], "changed": whole[:middle] + b"\0\0\0\0" + whole[middle + 4 :], "no backup": b"Layla\n" * 90}[
            harm
        ]
    )

    assert "Use another one" in host.refused(file)
    assert host.signers() == {"layla", "sami"}
    assert [one.name for one in host.settings.data.iterdir() if one.name.startswith((loading_sqlite.WORK_PREFIX, "before"))] == []


def test_a_backup_of_the_other_kind_of_database_is_refused(host, file, tmp_path):
    other = f"sqlite:///{tmp_path}/other.db" if host.settings.database_url else "postgresql+psycopg://nobody@localhost:1/none"

    done = host.run("restore", str(file), "--key", str(host.key), "--yes", DATABASE_URL=other)

    assert done.exit_code == 1
    assert "names another kind of database" in done.stderr or "cannot be used" in done.stderr


def test_a_backup_of_a_newer_version_is_refused(host, file, monkeypatch):
    monkeypatch.setattr(restoring, "known_versions", lambda: ("0001",))

    assert "The backup comes from a newer version of the program. Update first." in host.refused(file, "--without-old")


def test_a_gap_between_the_list_and_the_backup_is_refused_unless_the_host_insists(host, file):
    host.withdraw("layla")
    with time_machine.travel(now() + timedelta(days=40)):
        database = instance.open_database(host.settings)
        forgotten.purge(database, keep_days=30)
        database.close()

        assert "people who left between the two would be back" in host.refused(file)
        assert host.signers() == {"sami"}
        host.restore(file, "--despite-gap")

    assert host.signers() == {"sami", "layla"}


def test_a_list_that_somebody_else_wrote_is_refused(host, file):
    shipped = host.ship_list()
    database = instance.open_database(host.settings)
    forged = forgotten_list.read_now(database)
    database.close()
    keys = instance.open_keys(host.settings)
    line, _, code = forged.encode(keys).partition(b"\n")
    shipped.write_bytes(line.replace(b'"change":', b'"change":9') + b"\n" + code)

    assert "was not written by the campaign with these keys" in host.refused(file, "--list", str(shipped))
    shipped.write_bytes(b"{}\n\n")
    assert "is not a list that this program wrote" in host.refused(file, "--list", str(shipped))


def test_without_a_newer_list_it_is_said_that_nobody_knows_who_left(host, file):
    host.lose_database()

    assert "people who left after" in host.restore(file)


def test_a_desk_that_this_site_has_not_written_stays_closed(host):
    host.add_organizer("omar@example.org")
    host.do(lambda session: session.execute(sa.update(Account).values(email="eve@example.org")))
    file = host.backup()

    said = host.restore(file)

    assert "nobody can log in until you run `campaign organizers accept`" in said
    assert host.problems() != []


def test_a_host_who_does_not_agree_changes_nothing(host, file):
    done = host.run("restore", str(file), "--key", str(host.key), typed="n\n")

    assert done.exit_code == 1
    assert "signatures that were confirmed since the backup" in done.stdout
    assert host.signers() == {"layla", "sami"}
    assert host.problems() == []


def test_an_old_database_that_cannot_be_read_is_said_and_kept(host, file):
    host.withdraw("layla")
    shipped = host.ship_list()
    if host.settings.database_url:
        host.do(lambda session: session.execute(sa.text("DROP TABLE forgotten")))
    else:
        (host.settings.data / "campaign.db").write_bytes(b"no database" * 1000)
        for log in host.settings.data.glob("campaign.db-*"):
            log.unlink()

    said = host.restore(file, "--list", str(shipped))

    assert "The existing database cannot be read" in said
    assert host.signers() == set()
    assert "When everything works" in said


def test_a_log_of_the_old_database_does_not_meet_the_new_one(tmp_path):
    place, fresh = tmp_path / "campaign.db", tmp_path / "fresh.db"
    for file in (place, tmp_path / "campaign.db-wal"):
        file.write_bytes(b"of the old one")
    with closing(sqlite3.connect(fresh)) as connection:
        connection.execute("CREATE TABLE fresh (id INTEGER)")

    [said] = loading_sqlite.put_in_place(fresh, place)

    with closing(sqlite3.connect(place)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("fresh",)]
    kept = sorted(file.name for file in tmp_path.iterdir() if file != place)
    assert [name.rpartition(".")[2] for name in kept] == ["db", "db-wal"]
    assert kept[0] in said


def test_the_names_of_the_fresh_schema_and_folder_do_not_stay(host, file):
    host.restore(file)

    assert list(host.settings.data.glob(f"{loading_sqlite.WORK_PREFIX}*")) == []
    if host.settings.database_url:
        with closing(instance.open_database(host.settings)) as database:
            assert loading_postgresql.FRESH_SCHEMA not in sa.inspect(database.engine).get_schema_names()


def test_on_a_new_server_with_the_keys_alone_everything_is_there_again(host, file, elsewhere):
    shipped = host.ship_list()
    elsewhere()

    host.restore(file, "--list", str(shipped))

    assert host.signers() == {"layla"}
    assert host.problems() == []
    assert host.run("status").exit_code == 0
