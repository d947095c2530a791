"""Taking the desk as it is: once when it had no ledger yet, and after a backup was put back, when the host says so."""

from datetime import date

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

    If the ledger is gone but the data folder remembers it, do not make a new one: somebody deleted it.
    """
    with database.reading() as session:
        if session.get_one(Desk, 1).ledger is not None:
            return
    with database.writing() as session:
        lock_rows(session)
        if session.scalar(sa.select(Desk.ledger)) is None and read_head(database.folder / ledger.LEDGER_HEAD_FILE) is None:
            _list_everything(session, number=1)


def accept_rows(database: Database) -> None:
    """List all rows, right or wrong; from now on the heads in the data folder belong to this database."""
    kept = read_head(database.folder / ledger.LEDGER_HEAD_FILE)
    with database.writing() as session:
        lock_rows(session)
        counter = session.scalar(sa.select(Desk.counter)) or 0
        _list_everything(session, number=max(counter, kept[0] if kept else 0) + 1)
    remember_heads(database)


def is_intact(session: Session) -> bool:
    """Return whether every row of a backup's desk, and every line of its audit, was written by this site."""
    return not ledger.find_problems(session, anchored=False) and not audit.verify_chain(session)


def accept_restored(session: Session, *, at_least: int, day: date, left_out: int) -> list[str]:
    """List the rows of a backup that was intact, after what was changed in it; say what the data folder knew beyond it.

    `at_least` is the newest change that is known of, so that no data folder remembers a newer one than this.
    """
    folder = session.info["folder"]
    kept, lines = read_head(folder / ledger.LEDGER_HEAD_FILE), read_head(folder / audit.HEAD_FILE)
    before = session.get_one(Desk, 1)
    change, gone = before.counter, (lines[0] if lines else 0) - before.last_line
    audit.record(session, "", Action.BACKUP_RESTORED, day=day.isoformat(), number=left_out)
    unsigned = ledger.load_ledger(session, anchored=False).unsigned_lines
    number = max(change, at_least, kept[0] if kept else 0) + 1
    ledger.store_ledger(session, ledger.Ledger(number, digest_rows(session, ledger.desk_key(session)), unsigned))
    said = [f"The desk is accepted as of its change {change}, with what was removed since; this is its change {number}."]
    return [*said, f"The audit is that of the backup: {gone} lines that came after it are gone."] if gone > 0 else said


def remember_heads(database: Database) -> None:
    """Let the heads in the data folder be of this database from now on."""
    (database.folder / audit.HEAD_FILE).unlink(missing_ok=True)
    audit.store_head(database, database.folder)
    with database.reading() as session:
        ledger.find_trouble(session)  # remembers the newer change


def _list_everything(session: Session, *, number: int) -> None:
    lines = session.get_one(Desk, 1).last_line
    ledger.store_ledger(session, ledger.Ledger(number, digest_rows(session, ledger.desk_key(session)), lines))
    accounts = session.scalar(sa.select(sa.func.count()).select_from(Account)) or 0
    if accounts:
        audit.record(session, "", Action.DESK_ACCEPTED, number=accounts)
