"""From SQLite to PostgreSQL: everything arrives, whatever is killed, and nobody goes on with the old database."""

import os
import subprocess
import sys
from datetime import datetime

import pytest
import sqlalchemy as sa

from campaign import create_app, instance
from campaign.backup import moving
from campaign.backup.container import BackupError
from campaign.database import Base, UTCDateTime, now
from campaign.file_lock import file_lock
from campaign.organizers import accounts, audit, ledger
from campaign.organizers.models import ORGANIZER
from campaign.petition import samples
from tests.cli.conftest import terminal
from tests.people import PostOffice, Visitor, link_in, publish
from tests.servers import LONG, on_sqlite

pytestmark = on_sqlite


@pytest.fixture
def empty(postgresql_server):
    """The address of an empty PostgreSQL database."""
    url = postgresql_server.new_database()
    yield url
    postgresql_server.drop(url)


@pytest.fixture
def crowd(app):
    """A thousand signatures, before anybody else signs."""
    site = app.extensions["campaign"]
    samples.add_samples(site.database, site.keys, 1_000, lambda _: None)


def as_set(settings):
    """The settings in the environment of a command."""
    given = {"DATA": str(settings.data), "MAIL_URL": settings.mail_url, "MAIL_FROM": settings.mail_from}
    return {f"CAMPAIGN_{name}": value for name, value in given.items()}


def add_organizer(site, email):
    with site.database.writing() as session:
        accounts.add(session, email, ORGANIZER, now())


def contents(database):
    """What each table holds, as the program reads it."""
    with database.engine.connect() as connection:
        found = {table: connection.execute(sa.select(table)).all() for table in Base.metadata.sorted_tables}
    return {table.name: sorted(repr([*map(in_utc, row)]) for row in rows) for table, rows in found.items()}


def in_utc(value):
    """The same moment, however its zone is written."""
    return value.timestamp() if isinstance(value, datetime) else value


def fill(database):
    """Put a row into each table that has none, with whatever fits its columns."""
    fitting = {
        sa.Integer: 1, sa.String: "x", sa.LargeBinary: bytes(range(16)), sa.Boolean: True, UTCDateTime: now(),
        sa.Date: now().date(), sa.JSON: {"a": None},
    }  # fmt: skip
    with database.writing() as session:
        for table in Base.metadata.sorted_tables:
            if session.execute(sa.select(table).limit(1)).first() is None:
                row = {
                    column.name: next(value for kind, value in fitting.items() if isinstance(column.type, kind))
                    for column in table.columns
                }
                for column in table.columns:
                    for key in column.foreign_keys:
                        row[column.name] = session.scalar(sa.select(key.column).limit(1))
                session.execute(sa.insert(table).values(row))


@pytest.mark.slow
def test_a_campaign_is_moved_by_a_command_that_was_killed_and_lives_on(
    crowd, app, settings, empty, visitor, post_office, layla, sami, mailbox
):
    site = app.extensions["campaign"]
    add_organizer(site, "omar@example.org")
    env = os.environ | as_set(settings)
    command = [sys.executable, "-m", "campaign", "move", empty]
    before = contents(site.database)
    for lines in (1, 9, 20):  # each table is a line on its way
        with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as killed:
            for _ in range(lines):
                killed.stderr.readline()
            killed.kill()

    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=LONG, check=False)

    assert done.returncode == 0, done.stderr
    assert "the same as in SQLite" in done.stdout
    moved = settings.model_copy(update={"database_url": empty})
    there = create_app(moved)
    new = there.extensions["campaign"]
    assert contents(new.database) == before
    somebody, office = Visitor(there.test_client()), PostOffice(there, mailbox.letters)
    instance.check(moved)
    assert "<bdi>Layla</bdi>" in somebody.read(layla).text
    assert somebody.press(sami).status_code == 303
    somebody.sign(name="Somebody", email="LAYLA+again@Example.org")
    assert office.deliver()[-1]["Subject"] == "The signature is already confirmed"
    somebody.sign(name="Huda", email="huda@example.org")
    assert somebody.press(link_in(office.deliver()[-1])).status_code == 303
    publish(there)
    assert somebody.read("/api/v1/petition.json").json["confirmed"] == 1_003
    add_organizer(new, "nour@example.org")  # the numbers of the rows go on
    with new.database.reading() as session:
        assert audit.verify_chain(session, settings.data) + ledger.find_problems(session) == []


def test_nothing_of_any_table_is_forgotten(app, settings, empty, visitor, layla, sami):
    here = instance.open_database(settings)
    fill(here)
    before = contents(here)

    moving.move(settings, empty, lambda *_: None)

    there = instance.open_database(settings.model_copy(update={"database_url": empty}))
    assert [name for name, rows in before.items() if not rows] == []
    assert contents(there) == before
    with there.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM name_word")) == len(before["name_word"])
        assert {*sa.inspect(connection).get_table_names()} == {*before, "alembic_version"}


def test_a_difference_is_noticed_and_nothing_is_kept(app, settings, empty, layla, monkeypatch):
    there = instance.open_database(settings.model_copy(update={"database_url": empty}))
    copy = moving._copy

    def change(old, new, table):
        found = copy(old, new, table)
        if table.name == "signature":
            new.execute(sa.text("UPDATE signature SET shown_as = 'Leila'"))
        return found

    monkeypatch.setattr(moving, "_copy", change)
    with pytest.raises(BackupError, match="The table signature is not the same in both databases"):
        moving.move(settings, empty, lambda *_: None)
    monkeypatch.undo()

    assert contents(there)["signature"] == []
    moving.move(settings, empty, lambda *_: None)
    assert len(contents(there)["signature"]) == 1


def test_what_cannot_be_moved_is_refused_in_a_sentence(app, settings, empty, layla, prepared_on_postgresql):
    run = terminal(as_set(settings))
    with file_lock(settings.data / instance.RUNNING_LOCK, wait=0, shared=True):
        assert "Stop `campaign serve`" in run("move", empty).stderr
    assert "Name the address of a PostgreSQL database" in run("move", "sqlite:///other.db").stderr
    differs = run("move", prepared_on_postgresql.database_url).stderr
    assert "has a campaign that differs from this one. If it is this campaign, moved before, use it: do not delete it." in differs

    done = run("move", empty)

    assert (done.exit_code, "destroy campaign.db" in done.stdout) == (0, True)
    for command in (["move", empty], ["status"], ["serve"]):
        refused = run(*command)
        assert (refused.exit_code, "was moved to PostgreSQL" in refused.stderr) == (1, True), command


def test_a_target_that_holds_a_campaign_of_another_version_is_refused_and_left_as_it_is(app, settings, empty):
    there = instance.open_database(settings.model_copy(update={"database_url": empty}))
    with there.engine.begin() as connection:
        instance.upgrade(connection, "0008")
        connection.exec_driver_sql("INSERT INTO key_mark (name, fingerprint) VALUES ('seal', '0123456789abcdef')")

    with pytest.raises(BackupError, match="a campaign that differs from this one"):
        moving.move(settings, empty, lambda *_: None)

    with there.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "0008"
    assert not (settings.data / instance.MOVED_FILE).exists()
