"""Taking the desk as it is: once when it had no ledger yet, and after a backup was put back, when the host says so."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import Database
from campaign.organizers import audit, ledger
from campaign.organizers.actions import Action
from campaign.organizers.head_file import read_head
from campaign.organizers.models import Account, Desk
from campaign.organizers.protected_rows import digest_rows, lock_rows


def adopt(database: Database) -> None:
    """List what is there, if no version that keeps a ledger has run here before; the audit says so if there are accounts.

    A ledger that is gone, which the data folder knows to have been there, is not made anew: it was deleted.
    """
    with database.reading() as session:
        if session.get_one(Desk, 1).ledger is not None:
            return
    with database.writing() as session:
        lock_rows(session)
        if session.scalar(sa.select(Desk.ledger)) is None and read_head(database.folder / ledger.LEDGER_HEAD_FILE) is None:
            _list_everything(session, number=1)


def accept_rows(database: Database) -> None:
    """List what is there, whatever was wrong with it; from now on the heads in the data folder are of this database."""
    kept = read_head(database.folder / ledger.LEDGER_HEAD_FILE)
    with database.writing() as session:
        lock_rows(session)
        counter = session.scalar(sa.select(Desk.counter)) or 0
        _list_everything(session, number=max(counter, kept[0] if kept else 0) + 1)
    (database.folder / audit.HEAD_FILE).unlink(missing_ok=True)
    audit.store_head(database, database.folder)


def _list_everything(session: Session, *, number: int) -> None:
    lines = session.get_one(Desk, 1).last_line
    ledger.store_ledger(session, ledger.Ledger(number, digest_rows(session, ledger.desk_key(session)), lines))
    accounts = session.scalar(sa.select(sa.func.count()).select_from(Account)) or 0
    if accounts:
        audit.record(session, "", Action.DESK_ACCEPTED, number=accounts)
