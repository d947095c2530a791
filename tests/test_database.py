"""The database: two doors, turns for writers, nothing erased that stays, and tables as the records say."""

import sqlite3
import threading
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import campaign.instance
from campaign import database as room
from campaign.database import LOCK_TIMEOUT, Base, DatabaseBusy, UTCDateTime, insert
from campaign.instance import KeyFingerprint
from campaign.outbox.smtp import MailServer
from campaign.petition.models import Tally
from tests.servers import on_sqlite

assert campaign.instance  # all tables are known once it is imported


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def test_the_migrations_make_the_tables_that_the_records_describe(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_constraints_and_indexes_have_the_names_of_the_records_in_the_real_tables(database):
    seen = sa.inspect(database.engine)

    for table in Base.metadata.tables.values():
        is_unnamed = database.is_sqlite and table.dialect_options["sqlite"]["autoincrement"]  # SQLite has it inside of the column
        assert seen.get_pk_constraint(table.name)["name"] == (None if is_unnamed else f"pk_{table.name}")
        wanted = {key.name for key in table.constraints if isinstance(key, sa.UniqueConstraint)}
        assert {key["name"] for key in seen.get_unique_constraints(table.name)} == wanted


def test_what_is_written_stands_once_the_door_is_closed_and_not_when_something_went_wrong(database):
    with database.writing() as session:
        session.add(MailServer(id=1, smtputf8=True))

    def fail():
        with database.writing() as session:
            session.merge(MailServer(id=1, smtputf8=False))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with database.reading() as session:
        assert session.get_one(MailServer, 1).smtputf8


def test_nothing_is_kept_of_what_is_changed_while_reading(database):
    with database.reading() as session:
        session.add(MailServer(id=1, smtputf8=True))
        session.flush()

    with database.reading() as session:
        assert session.get(MailServer, 1) is None


def test_a_clash_can_be_the_ordinary_answer(database):
    for _ in range(3):
        with database.writing() as session:
            session.execute(insert(session, KeyFingerprint).values(name="one", fingerprint="x").on_conflict_do_nothing())

    with database.reading() as session:
        assert session.get_one(KeyFingerprint, "one").fingerprint == "x"


def test_a_moment_comes_back_in_utc_whatever_zone_it_was_given_in(database):
    there = datetime(2018, 8, 10, 14, 0, 0, 123456, tzinfo=timezone(timedelta(hours=3)))
    with database.engine.begin() as connection:
        table = sa.Table("moments", sa.MetaData(), sa.Column("at", UTCDateTime))
        table.create(connection)
        connection.execute(table.insert().values(at=there))
        back = connection.scalar(sa.select(table.c.at))

    assert back == there
    assert back.tzinfo is not None
    assert back.astimezone(UTC).hour == 11


@on_sqlite
def test_every_connection_writes_durably_and_erases_for_good(database):
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    connections = [database.engine.connect() for _ in range(12)]  # more than the pool holds

    for connection in connections:
        assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted
        connection.close()


@pytest.fixture
def other(database):
    """Another program at the same file, which waits for nobody."""
    with closing(sqlite3.connect(database.folder / "campaign.db", isolation_level=None, timeout=0)) as connection:
        yield connection


@on_sqlite
def test_a_writer_has_its_turn_from_the_first_moment(database, other):
    with database.writing() as session:
        session.get(MailServer, 1)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


@on_sqlite
@pytest.mark.parametrize("ending", ["well", "badly"])
def test_who_reads_after_a_writer_keeps_nobody_from_writing(database, other, ending):
    with suppress(ZeroDivisionError), database.writing() as session:
        session.get(MailServer, 1)
        if ending == "badly":
            raise ZeroDivisionError

    with database.reading() as session:
        session.get(MailServer, 1)
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")


@on_sqlite
def test_writers_wait_for_their_turn_and_none_is_lost(database):
    def add():
        for _ in range(10):
            with database.writing() as session:
                known = session.get(Tally, (datetime(2026, 1, 1, tzinfo=UTC).date(), "withdrawn"))
                number = known.number if known else 0
                time.sleep(0.001)
                session.merge(Tally(day=datetime(2026, 1, 1, tzinfo=UTC).date(), reason="withdrawn", number=number + 1))

    writers = [threading.Thread(target=add) for _ in range(5)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with database.reading() as session:
        assert session.scalar(sa.select(Tally.number)) == 50


@on_sqlite
def test_a_writer_whose_turn_does_not_come_says_so_and_readers_go_on(app, visitor, database, monkeypatch):
    visitor.form()
    monkeypatch.setattr(room, "LOCK_TIMEOUT", 0.1)

    with database.writing():
        with pytest.raises(DatabaseBusy), database.writing():
            pass
        answer = visitor.sign()
        assert visitor.read("/en/signatures").status_code == 200

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert visitor.sign().status_code == 303


@on_sqlite
def test_nothing_erased_stays_in_the_database_or_its_log(settings, database):
    word = "an erased word that nothing else is like"
    with database.writing() as session:
        session.add(KeyFingerprint(name="here", fingerprint=word[:16]))
        session.execute(sa.text("CREATE TABLE words (word TEXT)"))
        session.execute(sa.text("INSERT INTO words VALUES (:word)"), {"word": word})
    files = [settings.data / "campaign.db", settings.data / "campaign.db-wal"]
    assert any(word.encode() in file.read_bytes() for file in files)

    with database.writing() as session:
        session.execute(sa.text("DELETE FROM words"))
    assert database.truncate_log()

    assert not any(word.encode() in file.read_bytes() for file in files)
    assert files[1].stat().st_size == 0


@on_sqlite
def test_a_reader_holds_the_log_back_and_then_it_is_emptied(settings, database):
    with database.reading() as session:
        session.get(MailServer, 1)
        with database.writing() as other:
            other.add(MailServer(id=1, smtputf8=True))
        started = time.monotonic()
        assert not database.truncate_log()
        assert time.monotonic() - started < LOCK_TIMEOUT  # writers wait as long

    assert database.truncate_log()
    assert (settings.data / "campaign.db-wal").stat().st_size == 0


@on_sqlite
def test_what_is_kept_of_signatures_lies_in_no_order_in_which_they_came(database):
    tables = [one for one in Base.metadata.tables.values() if one.name == "signature" or "signature_id" in one.columns]
    assert len(tables) > 4

    with database.engine.connect() as connection:
        for one in tables:
            with pytest.raises(sa.exc.OperationalError, match="no such column: rowid"):
                connection.execute(sa.text(f"SELECT rowid FROM {one.name}"))
