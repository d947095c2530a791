"""What a backup must not bring back is remembered by its random id: whoever withdrew, was erased, deleted or hid a name."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign.database import now
from campaign.petition import forgotten
from campaign.petition.forgotten import ForgottenEntry, Kind
from campaign.petition.models import Signature, Submission
from tests.people import rows
from tests.servers import on_sqlite


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def entries(database, kind):
    """What is remembered of one kind, by id."""
    with database.reading() as session:
        found = session.scalars(sa.select(ForgottenEntry).where(ForgottenEntry.kind == kind.value))
        return {entry.id: entry for entry in found}


def test_who_withdraws_is_remembered_with_what_waits_for_the_same_mailbox(app, database, visitor, layla):
    visitor.sign(email="layla@example.org", name="Once more")
    gone = {row.id for kind in (Signature, Submission) for row in rows(app, kind)}

    visitor.press(layla, act="withdraw")

    assert len(gone) == 2
    assert set(entries(database, Kind.RECORD)) == gone


def test_what_its_mailbox_deletes_before_confirming_is_remembered(app, database, visitor, sami):
    [waiting] = rows(app, Submission)

    visitor.press(sami, act="delete")

    assert rows(app, Submission) == []
    assert set(entries(database, Kind.RECORD)) == {waiting.id}


def test_who_confirms_is_not_remembered_as_gone(app, database, layla):
    assert len(rows(app, Signature)) == 1
    assert entries(database, Kind.RECORD) == {}


def test_a_name_that_is_hidden_or_changed_is_remembered_each_time_with_a_larger_number(app, database, visitor, layla):
    [signature] = rows(app, Signature)
    numbers = []

    for words in ("", "Layla H.", "Layla", ""):
        visitor.press(layla, act="show", shown_as=words)
        numbers += [entry.number for entry in entries(database, Kind.NAME).values()]

    assert set(entries(database, Kind.NAME)) == {signature.id}
    assert len(set(numbers)) == 3, "choosing words where none were shown takes nothing away"
    assert numbers == sorted(numbers)


@on_sqlite
def test_an_entry_holds_a_random_id_a_number_and_a_day(database, visitor, layla):
    visitor.press(layla, act="withdraw")

    [entry] = entries(database, Kind.RECORD).values()
    assert {column.name for column in ForgottenEntry.__table__.columns} == {"kind", "id", "number", "value", "day"}
    assert (len(entry.id), entry.day) == (16, now().date())


def test_entries_are_dropped_with_the_last_backup_that_could_hold_them(database, visitor, layla):
    visitor.press(layla, act="withdraw")

    today = now().date()

    for days, left, since in ((30, 1, today), (40, 0, today + timedelta(days=10))):
        with time_machine.travel(now() + timedelta(days=days)):
            forgotten.purge(database, keep_days=30)
            assert len(entries(database, Kind.RECORD)) == left, days
            [complete_from] = entries(database, Kind.SINCE).values()
            assert complete_from.day == since


def test_numbers_of_a_dropped_entry_do_not_come_again(database):
    def hide():
        with database.writing() as session:
            forgotten.remember(session, Kind.NAME, [b"1" * 16])
        return entries(database, Kind.NAME)[b"1" * 16].number

    first = [hide() for _ in range(3)][-1]
    with time_machine.travel(now() + timedelta(days=31)):
        forgotten.purge(database, keep_days=30)
        assert hide() > first
