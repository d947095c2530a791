"""What organizers take away is remembered, so that no backup brings it back: signatures, accounts, ways in, recovery codes."""

import pytest
import sqlalchemy as sa
import time_machine

from campaign.crypto.sealing import token_hash
from campaign.database import now
from campaign.organizers import accounts, removals
from campaign.organizers.auth import factors
from campaign.organizers.models import Account, RecoveryCode
from campaign.petition.forgotten import ForgottenEntry, Kind
from campaign.petition.models import UNDO_FOR
from tests.organizers.stored import store


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def entries(database, kind):
    """What is remembered of one kind: the value of each id."""
    with database.reading() as session:
        found = session.scalars(sa.select(ForgottenEntry).where(ForgottenEntry.kind == kind.value))
        return {entry.id: entry.value for entry in found}


def remove(database, ids):
    """Remove signatures; return the number of the removal."""
    with database.writing() as session:
        number = removals.draft(session, ids, by="omar@example.org", at=now()).id
        removals.remove_drafted(session, number, reason="duplicate", at=now())
    return number


def number_of(account):
    """The id under which an account is remembered."""
    return account.id.to_bytes(16, "big")


def find(database, email):
    """An account."""
    with database.reading() as session:
        return accounts.get_account(session, email)


def test_a_removal_is_remembered_with_its_number_and_so_is_its_undoing(app, database):
    ids = store(app, "Layla", "Sami")

    number = remove(database, ids)

    assert entries(database, Kind.REMOVAL) == dict.fromkeys(ids, number)
    with database.writing() as session:
        removals.undo_removal(session, number, at=now())
    assert entries(database, Kind.REMOVAL) == dict.fromkeys(ids, 0)
    assert entries(database, Kind.RECORD) == {}


def test_what_was_removed_is_remembered_when_it_is_deleted_for_good(app, database):
    ids = store(app, "Layla")
    remove(database, ids)

    with time_machine.travel(now() + UNDO_FOR):
        removals.purge(database, now())

    assert set(entries(database, Kind.RECORD)) == set(ids)


def test_an_account_that_is_removed_is_remembered_and_others_are_not(database, omar, nour):
    account = find(database, "nour@example.org")

    with database.writing() as session:
        accounts.remove(session, "nour@example.org", now())

    assert set(entries(database, Kind.ACCOUNT)) == {number_of(account)}


def test_every_change_of_how_somebody_gets_in_is_remembered_with_a_larger_number(database, omar, new_account):
    new_account("amal@example.org")  # set up by its owner: the link of before it does not work any more
    account = find(database, "amal@example.org")

    def number():
        with database.reading() as session:
            return session.get_one(ForgottenEntry, (Kind.ACCESS.value, number_of(account))).number

    seen = [number()]
    with database.writing() as session:
        accounts.change_passphrase(session, session.get_one(Account, account.id), "hash")
    seen.append(number())
    with database.writing() as session:
        accounts.reset(session, account.email, now())
    seen.append(number())

    assert seen == sorted(set(seen))


def test_a_recovery_code_that_was_used_or_replaced_is_remembered(app, database, omar):
    with database.writing() as session:
        account = accounts.get_account(session, "omar@example.org")
        codes = factors.new_recovery_codes(session, account)
        hashes = {code.code_hash[:16] for code in session.scalars(sa.select(RecoveryCode))}

    with database.writing() as session:
        assert factors.use_code(session, b"", session.get_one(Account, account.id), codes[0], now())

    used = token_hash(codes[0].replace("-", ""))[:16]
    assert hashes & set(entries(database, Kind.CODE)) == {used}
    with database.writing() as session:
        factors.new_recovery_codes(session, session.get_one(Account, account.id))
    assert hashes <= set(entries(database, Kind.CODE))
