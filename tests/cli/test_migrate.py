"""Migrating: the schema up to date, also when two start at once."""

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa

from campaign import instance
from campaign.cli.errors import error_sentence
from campaign.petition.models import Signature
from campaign.petition.name_index import NameIndex, NameWord
from tests.people import rows
from tests.servers import LONG


def test_migrating_what_is_up_to_date_changes_nothing(app, run, layla):
    assert (run("migrate").exit_code, run("migrate").output) == (0, "")

    assert len(rows(app, Signature)) == 1


def test_migrating_makes_the_words_of_names_anew_where_they_are_of_an_earlier_version(app, run, layla):
    with app.extensions["campaign"].database.writing() as session:
        session.execute(sa.delete(NameIndex))
        session.execute(sa.delete(NameWord))

    assert run("migrate").exit_code == 0

    assert [row.word for row in rows(app, NameWord)] == ["layla"]


@pytest.mark.slow
def test_many_that_migrate_at_once_all_succeed(settings, environment):
    command = [sys.executable, "-m", "campaign", "migrate"]

    running = [subprocess.Popen(command, env=os.environ | environment, stderr=subprocess.PIPE) for _ in range(3)]

    assert [one.communicate(timeout=LONG)[1] for one in running] == [b""] * 3
    assert [one.returncode for one in running] == [0] * 3
    instance.check(settings)


def test_a_database_that_belongs_to_somebody_else_is_one_sentence(postgresql_server):
    url = postgresql_server.new_database()
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE ROLE guest_of_a_test"))
        connection.execute(sa.text("SET LOCAL ROLE guest_of_a_test"))
        with pytest.raises(sa.exc.ProgrammingError) as refused:
            connection.execute(sa.text("CREATE SCHEMA restored"))
        connection.rollback()  # the role goes too
    engine.dispose()
    postgresql_server.drop(url)

    assert str(error_sentence(refused.value)).startswith("The database does not belong to the user in CAMPAIGN_DATABASE_URL: ")
