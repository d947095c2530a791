"""The ledger of the rows that this site wrote, so that write access to the database alone cannot take over the desk.

The desk's row lists each protected row with a code under `desk.key`, a file outside the database. A row that is not listed, or
that was changed by other means, does not work: is_ours() is asked wherever one is looked up. The ledger counts its own changes,
and `desk.head` in the data folder remembers the highest count, so that a whole database that was put back is noticed as well.

A function that writes protected rows calls begin_change() first. It locks their tables, so that what changes until the commit was
changed by this transaction. Before the commit the ledger lists what was changed, and leaves out what was not ours before.
"""

import hmac
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto.keys import read_key
from campaign.database import Base
from campaign.organizers.head_file import DAMAGED, read_head, write_head
from campaign.organizers.models import AuditEntry, Desk
from campaign.organizers.protected_rows import digest_row, digest_rows, lock_rows

LEDGER_HEAD_FILE = "desk.head"
LEDGER_MISSING = "The ledger of the desk is missing."
FORGED = "The ledger of the desk was not written by this site."
HEAD_DAMAGED = f"The file {LEDGER_HEAD_FILE} in the data folder is damaged."
PUT_BACK = "The database is at change {0} of the desk; the data folder remembers change {1}, or another one with this number."
CLOSED = "Nobody can log in at the desk until you run `campaign organizers accept`."
ALIEN = "The row {} was not written by this site, and does not work. Who has access to the database?"
GONE = "The row {} was deleted, and not by this site. Who has access to the database?"
CHANGE, READ = "ledger change", "ledger"  # what a session keeps of it


class NotOurs(Exception):
    """The ledger is not the one that this site has written last; its text is one sentence."""


@dataclass(frozen=True)
class Ledger:
    """The protected rows, each with its digest, as of one change."""

    number: int  # of the change
    rows: dict[str, str]
    unsigned_lines: int  # the first ones of the audit, from before there was a ledger

    def text(self) -> str:
        """Return what is stored."""
        return json.dumps({"lines": self.unsigned_lines, "rows": self.rows}, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Change:
    """A change that has begun: the ledger, and the digests of all rows before it."""

    ledger: Ledger
    before: dict[str, str]


def desk_key(session: Session) -> bytes:
    """Return the key for the codes of the desk; it is beside the database, never in it."""
    return read_key(_folder(session) / "keys" / "desk.key")


def load_ledger(session: Session, *, anchored: bool = True) -> Ledger:
    """Return the ledger; raise NotOurs when it is missing, forged, or not the one that the data folder remembers.

    Without `anchored`, as for a backup, what the data folder remembers is left out of account.
    """
    desk = session.execute(sa.select(Desk.ledger, Desk.counter, Desk.mac)).first()
    if desk is None or desk.ledger is None:
        raise NotOurs(LEDGER_MISSING)
    if not hmac.compare_digest(mac(desk_key(session), desk.counter, desk.ledger), desk.mac or b""):
        raise NotOurs(FORGED)
    if anchored:
        _compare_head(_folder(session), desk.counter, desk.mac)
    stored = json.loads(desk.ledger)
    return Ledger(desk.counter, stored["rows"], stored["lines"])


def mac(key: bytes, number: int, text: str) -> bytes:
    """Return the code over the number of a change and the ledger as it is stored."""
    return hmac.digest(key, f"desk ledger {number}:{text}".encode(), "sha256")


def find_trouble(session: Session) -> str | None:
    """Return why nothing at the desk works; None when it does."""
    try:
        load_ledger(session)
    except NotOurs as trouble:
        return str(trouble)
    return None


def is_ours(session: Session, row: Base) -> bool:
    """Return whether this site has written a row as it is now."""
    try:
        ledger = _ledger_of(session)
    except NotOurs:
        return False
    name, digest = digest_row(row, desk_key(session))
    return ledger.rows.get(name) == digest


def begin_change(session: Session) -> None:
    """Begin to change protected rows, before the first of them is written; raise NotOurs."""
    if CHANGE in session.info:
        return
    lock_rows(session)
    before = digest_rows(session, desk_key(session))
    session.info[CHANGE] = Change(_load_or_start(session, before), before)
    session.info["before_commit"].append(_record_change)


def store_ledger(session: Session, ledger: Ledger) -> None:
    """Store the ledger; once it is committed, the data folder remembers it."""
    text = ledger.text()
    code = mac(desk_key(session), ledger.number, text)
    session.execute(sa.update(Desk).values(ledger=text, counter=ledger.number, mac=code))
    session.info["after_commit"].append(lambda: _remember(_folder(session), ledger.number, code))


def find_problems(session: Session, *, anchored: bool = True) -> list[str]:
    """Say which rows this site has not written, a sentence each; `anchored` as for load_ledger()."""
    try:
        ledger = load_ledger(session, anchored=anchored)
    except NotOurs as trouble:
        return [f"{trouble} {CLOSED}"]
    there = digest_rows(session, desk_key(session))
    alien = [ALIEN.format(name) for name, digest in there.items() if ledger.rows.get(name) != digest]
    return alien + [GONE.format(name) for name in ledger.rows if name not in there]


def _record_change(session: Session) -> None:
    """List the rows that the transaction has made, changed or deleted; one that was not ours stays unlisted."""
    session.flush()
    change: Change = session.info.pop(CHANGE)
    listed, before, after = change.ledger.rows, change.before, digest_rows(session, desk_key(session))
    rows = {name: digest for name, digest in after.items() if name not in before or listed.get(name) == before[name]}
    for name, digest in listed.items():
        was_touched = before.get(name) != digest  # by somebody else; `campaign check` names it as long as it is listed
        if was_touched and name not in rows and (name in after or name not in before):
            rows[name] = digest
    if rows != listed or change.ledger.number == 0:
        store_ledger(session, Ledger(change.ledger.number + 1, rows, change.ledger.unsigned_lines))


def _load_or_start(session: Session, before: Mapping[str, str]) -> Ledger:
    """Return the ledger; an empty one for a desk that nobody has used yet."""
    is_new = session.scalar(sa.select(Desk.ledger)) is None and read_head(_folder(session) / LEDGER_HEAD_FILE) is None
    if is_new and not any(name.startswith("account:") for name in before):
        unsigned = session.scalar(sa.select(sa.func.max(AuditEntry.number)).where(AuditEntry.mac.is_(None)))
        return Ledger(0, dict(before), unsigned or 0)
    return load_ledger(session)


def _ledger_of(session: Session) -> Ledger:
    """Return the ledger before the change of this session, or as the session has read it first."""
    if CHANGE in session.info:
        change: Change = session.info[CHANGE]
        return change.ledger
    if READ not in session.info:
        session.info[READ] = load_ledger(session)
    found: Ledger = session.info[READ]
    return found


def _compare_head(folder: Path, number: int, code: bytes) -> None:
    """Compare with what the data folder remembers, and remember a newer one; raise NotOurs."""
    kept = read_head(folder / LEDGER_HEAD_FILE)
    if kept and kept[0] == DAMAGED:
        raise NotOurs(HEAD_DAMAGED)
    if kept and (kept[0] > number or (kept[0] == number and kept[1] != code)):
        raise NotOurs(PUT_BACK.format(number, kept[0]))
    _remember(folder, number, code)


def _remember(folder: Path, number: int, code: bytes) -> None:
    """Write the head unless the file knows as much; where it cannot be written, the next reader does it."""
    kept = read_head(folder / LEDGER_HEAD_FILE)
    if kept is None or kept[0] < number:
        with suppress(OSError):
            write_head(folder / LEDGER_HEAD_FILE, number, code)


def _folder(session: Session) -> Path:
    folder: Path = session.info["folder"]
    return folder
