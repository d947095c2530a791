"""PostgreSQL behind a pooler, with another server to take over, with long migrations and with large tables."""

import os
import subprocess
import sys
from threading import Thread

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict

from campaign import create_app, database, instance, large_indexes
from campaign.petition.models import Signature, Submission
from campaign.server import worker
from tests.people import PostOffice, Visitor, link_in, publish, rows
from tests.servers import LONG, free_port, name_in, wait_until
from tests.shared_servers import pooler

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
WAITS = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"


def plain(url):
    """The address of a database as psycopg reads it."""
    return url.replace("postgresql+psycopg:", "postgresql:", 1)


def indexes_of_signatures(here):
    """The names of the indexes that the table of signatures has, but for those of its constraints."""
    return {one["name"] for one in sa.inspect(here.engine).get_indexes("signature") if not one.get("duplicates_constraint")}


@pytest.fixture
def pooled(settings, postgresql_server, pgbouncer, tmp_path):
    """The settings of a campaign behind a PgBouncer that lends each transaction one of three sessions."""
    user = postgresql_server.process.system_user if postgresql_server.process else None
    with pooler(pgbouncer, postgresql_server.address, user, tmp_path) as address:
        yield settings.model_copy(update={"database_url": address + name_in(settings.database_url)})


def test_behind_a_pooler_people_sign_and_confirm_and_nothing_is_left_in_its_sessions(pooled, mailbox):
    app = create_app(pooled)
    site, answers = app.extensions["campaign"], []

    def sign_some(who):
        visitor = Visitor(app.test_client())
        for number in range(8):  # psycopg prepares on the server what it has sent five times
            answers.append(visitor.sign(email=f"{who}-{number}@example.org").status_code)

    crowd = [Thread(target=sign_some, args=(who,)) for who in ("layla", "sami", "huda", "ziad")]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    letters = PostOffice(app, mailbox.letters).deliver()
    for letter in letters:
        answers.append(Visitor(app.test_client()).press(link_in(letter)).status_code)
    for task in worker.periodic_tasks(pooled, site.database):
        task.run_if_due()
    publish(app)
    instance.migrate(site.database)

    assert answers == [303] * 64
    assert len(rows(app, Signature)) == 32
    with site.database.writing() as session:
        assert session.execute(sa.text(WAITS)).one() == ("5s", "1min")
    with psycopg.connect(plain(pooled.database_url)) as other:
        assert other.execute(WAITS).fetchone() == ("0", "0")


def test_without_a_pooler_the_limits_are_those_of_the_session(settings):
    here = instance.open_database(settings)

    with here.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        assert connection.execute(sa.text(WAITS)).one() == ("5s", "1min")
    with here.maintaining() as connection:
        assert connection.execute(sa.text(WAITS)).one() == ("0", "0")
    with here.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        assert connection.execute(sa.text(WAITS)).one() == ("5s", "1min")


def test_a_migration_may_last_longer_than_any_other_statement(settings, monkeypatch):
    monkeypatch.setattr(database, "STATEMENT_TIMEOUT", 0.5)
    here, sleep = instance.open_database(settings), sa.text("SELECT pg_sleep(1.5)")
    monkeypatch.setattr(instance, "upgrade", lambda connection, _: connection.execute(sleep))

    with pytest.raises(sa.exc.OperationalError), here.writing() as session:
        session.execute(sleep)
    instance.migrate(here)


def test_the_next_host_of_an_address_is_used_when_the_first_is_gone_or_only_reads(settings, postgresql_server):
    server, name = conninfo_to_dict(postgresql_server.address), name_in(settings.database_url)
    hosts = f"host=127.0.0.1:{free_port()}&host={server['host']}:{server.get('port', 5432)}&target_session_attrs=read-write"
    given = f"{server.get('user', 'postgres')}:{server.get('password') or ''}"
    here = instance.open_database(settings.model_copy(update={"database_url": f"postgresql+psycopg://{given}@/{name}?{hosts}"}))
    with here.writing() as session:
        assert session.scalar(sa.text("SELECT 1")) == 1
    here.close()

    with psycopg.connect(plain(settings.database_url), autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        with pytest.raises(sa.exc.OperationalError, match="read-only"), here.writing() as session:
            session.execute(sa.text("SELECT 1"))
        owner.execute("SET default_transaction_read_only = off")
        owner.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    with here.writing() as session:
        assert session.scalar(sa.text("SELECT 1")) == 1


def test_while_the_server_only_reads_a_form_comes_back_and_afterwards_it_is_taken(app, visitor, settings):
    site, name = app.extensions["campaign"], name_in(settings.database_url)
    with psycopg.connect(plain(settings.database_url), autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        site.database.close()  # as if another server had taken over
        refused = visitor.sign(email="sami@example.org").status_code
        owner.execute("SET default_transaction_read_only = off")
        owner.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")

    assert refused == 503
    assert visitor.sign(email="sami@example.org").status_code == 303
    assert len(rows(app, Submission)) == 1


def test_an_index_that_a_migration_left_out_is_built_while_people_sign(app, visitor, layla, monkeypatch):
    here = app.extensions["campaign"].database
    with here.maintaining() as connection:
        connection.exec_driver_sql("DROP INDEX ix_signature_promised")
        connection.exec_driver_sql("DROP INDEX ix_signature_tag_removed")
        connection.exec_driver_sql("CREATE INDEX ix_signature_tag_removed ON signature (tag)")
        connection.exec_driver_sql(  # as one is left whose building was cut off
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_signature_tag_removed'::regclass"
        )
    statements = []
    sa.event.listen(here.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    instance.migrate(here)

    assert len([one for one in statements if one.startswith("CREATE INDEX CONCURRENTLY ix_signature_")]) == 2
    assert [one for one in statements if one.strip().startswith("DROP INDEX") and "CONCURRENTLY IF EXISTS" not in one] == []
    assert large_indexes.build_missing(here) == []
    assert len(rows(app, Signature)) == 1


def test_an_index_that_an_older_program_built_again_goes(app):
    here = app.extensions["campaign"].database
    with here.maintaining() as connection:
        for name in large_indexes.RETIRED:
            connection.exec_driver_sql(f"CREATE INDEX {name} ON signature (delete_on)")

    instance.migrate(here)

    assert indexes_of_signatures(here) == {index.name for index in Signature.__table__.indexes}


def test_an_index_of_many_signatures_goes_when_those_that_take_its_place_are_built(database_url, tmp_path):
    here = database.Database(database_url, tmp_path)
    with here.engine.begin() as connection:
        instance.upgrade(connection, "0036_0034")
        connection.exec_driver_sql("UPDATE pg_class SET reltuples = 1000000 WHERE relname = 'signature'")
    changes = []
    sa.event.listen(here.engine, "before_cursor_execute", lambda *given: changes.append(given[2].strip()))

    instance.migrate(here)

    changes = [one for one in changes if one.startswith(("CREATE INDEX", "DROP INDEX"))]
    assert all(" CONCURRENTLY " in one for one in changes)
    assert changes[-3:] == [f"DROP INDEX CONCURRENTLY IF EXISTS {name}" for name in large_indexes.RETIRED[1:]]
    assert indexes_of_signatures(here) == {index.name for index in Signature.__table__.indexes}
    here.close()


@pytest.mark.slow
def test_two_that_migrate_at_once_build_a_missing_index_once_and_both_end(settings):
    with psycopg.connect(plain(settings.database_url), autocommit=True) as owner:
        owner.execute("DROP INDEX ix_signature_promised")
    given = os.environ | {"CAMPAIGN_DATA": str(settings.data), "CAMPAIGN_DATABASE_URL": settings.database_url}

    def begin(name):
        return subprocess.Popen([sys.executable, "-m", "campaign", "migrate"], env=given | {"PGAPPNAME": name})

    def is_so(name, what):
        with psycopg.connect(plain(settings.database_url)) as owner:
            asked = f"SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND {what}"
            return owner.execute(asked, [name]).fetchone()[0] > 0

    with psycopg.connect(plain(settings.database_url)) as somebody:
        somebody.execute("LOCK TABLE signature IN ROW EXCLUSIVE MODE")  # whoever writes is waited for by who builds
        with begin("first") as first:
            wait_until(lambda: is_so("first", "query LIKE 'CREATE INDEX CONCURRENTLY%%' AND wait_event_type = 'Lock'"))
            with begin("second") as second:
                wait_until(lambda: is_so("second", "now() - backend_start > interval '3 seconds'"))
                somebody.rollback()
                try:
                    assert [first.wait(LONG), second.wait(LONG)] == [0, 0]
                finally:
                    first.kill()
                    second.kill()

    assert large_indexes.build_missing(instance.open_database(settings)) == []


def test_an_index_that_waits_to_be_built_is_not_missed_by_a_later_migration(database_url, tmp_path):
    here = database.Database(database_url, tmp_path)
    with here.engine.begin() as connection:
        instance.upgrade(connection, "0020")
        connection.exec_driver_sql("UPDATE pg_class SET reltuples = 1000000 WHERE relname = 'signature'")

    instance.migrate(here)

    names = {one["name"] for one in sa.inspect(here.engine).get_indexes("signature")}
    assert names & {"ix_signature_delete_on", "ix_signature_promised"} == {"ix_signature_promised"}
    here.close()


def test_an_index_of_the_e_mails_that_wait_follows_its_migration_where_they_are_many(database_url, tmp_path):
    here = database.Database(database_url, tmp_path)
    with here.engine.begin() as connection:
        instance.upgrade(connection, "0028")
        connection.exec_driver_sql("UPDATE pg_class SET reltuples = 1000000 WHERE relname = 'letter'")
    statements = []
    sa.event.listen(here.engine, "before_cursor_execute", lambda *given: statements.append(given[2].strip()))

    instance.migrate(here)

    [built] = [one for one in statements if one.startswith("CREATE") and "ix_letter_first_due" in one]
    assert built.startswith("CREATE INDEX CONCURRENTLY ")
