"""Removing, putting back and withdrawing at the same moment: nobody who withdrew is kept, and nobody is counted twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.petition import signing
from campaign.petition.models import Signature
from tests.organizers.stored import propose, removed, store
from tests.organizers.test_removal_rules import remove, told, undo
from tests.people import standing
from tests.tiers import rounds

ROUNDS = rounds(5, 20)


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def withdraw(app, record):
    """Somebody presses the button on the page of their signature, which was read before."""
    database = app.extensions["campaign"].database
    with database.reading() as session:
        mine = session.get_one(Signature, record)
    with database.writing() as session:
        signing.withdraw(session, mine, now().date())


def at_once(*deeds):
    """Does them all at the same moment."""
    with ThreadPoolExecutor(len(deeds)) as together:
        return [future.result() for future in [together.submit(deed) for deed in deeds]]


def test_who_withdraws_while_being_removed_is_gone_for_good(app, visitor, database):
    for _ in range(ROUNDS):
        [record, other] = store(app, "Layla", "Sami")
        number = propose(app, [record, other])

        at_once(lambda n=number: remove(database, n), lambda r=record: withdraw(app, r))

        assert {row["id"] for row in removed(database)} == {other}
        undo(database, number)
        withdraw(app, other)
        assert standing(app) == []


def test_who_withdraws_while_being_put_back_is_gone_for_good(app, database):
    for _ in range(ROUNDS):
        [record] = store(app, "Layla")
        number = propose(app, [record])
        remove(database, number)

        at_once(lambda n=number: undo(database, n), lambda r=record: withdraw(app, r))

        assert standing(app) == removed(database) == []


def test_who_signs_anew_at_the_moment_of_undoing_keeps_the_new_signature(app, database):
    if database.is_sqlite:
        return  # its writers are one at a time: nobody comes between
    [record] = store(app, "Layla")
    number = propose(app, [record])
    remove(database, number)
    [old], new = removed(database), []

    def sign_anew(_connection, _cursor, statement, *_):
        if not new and statement.startswith("UPDATE signature SET removal_id"):
            new.append(None)
            new.extend(store(app, "Layla anew", tag=old["tag"]))

    sa.event.listen(database.engine, "before_cursor_execute", sign_anew)
    assert undo(database, number) == 0

    assert [row.id for row in standing(app)] == new[1:]
    assert removed(database) == []


def test_two_who_remove_the_same_remove_it_once(app, visitor, database):
    ids = store(app, *["Layla"] * 100)
    numbers = [propose(app, ids) for _ in range(4)]

    gone = at_once(*(lambda n=number: remove(database, n) for number in numbers))

    assert sum(gone) == 100
    assert told(app, visitor) == (0, {"duplicate": 100})
    back = at_once(*(lambda n=number: undo(database, n) for number in numbers * 2))
    assert sum(back) == 100
    assert told(app, visitor) == (100, {})
