"""The audit: every action of an organizer is a line, and each line is chained to the one before it.

Changing, dropping or reordering lines breaks the chain. Two more places record its end, the desk's row and a file in the data
folder, so that cutting the chain off shows too.
"""

import hashlib
import hmac
import json
import sys
from collections.abc import Generator, Iterable
from datetime import UTC
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import Database, now
from campaign.organizers import ledger
from campaign.organizers.actions import Action
from campaign.organizers.head_file import DAMAGED, read_head, write_head
from campaign.organizers.models import AuditEntry, Desk

GENESIS_HASH = bytes(32)  # before the first line
HEAD_FILE = "audit.head"
ENTRIES_PER_READ = 1000  # lines


def record(session: Session, by: str, action: Action, **facts: str | int) -> None:
    """Append a line in the caller's transaction. `by` is an account's e-mail, or empty for a command on the server.

    Nothing of a signer belongs into the facts. Others who note something wait until the caller has committed, so it is
    best noted last.
    """
    desk = session.get_one(Desk, 1, with_for_update=True, populate_existing=True)
    line = AuditEntry(number=desk.last_line + 1, at=now(), by=by, act=action.value, facts=facts, previous=desk.last_hash)
    line.hash = entry_hash(line)
    line.mac = entry_mac(ledger.desk_key(session), line)
    session.add(line)
    desk.last_line, desk.last_hash = line.number, line.hash
    session.flush()


def entry_hash(line: AuditEntry) -> bytes:
    """Return the SHA-256 of the previous hash and the line as JSON, its keys in order."""
    return hashlib.sha256(line.previous + canonical_json(line)).digest()


def entry_mac(key: bytes, line: AuditEntry) -> bytes:
    """Return the code over a line's hash, and so over all before it: without the desk's key nobody appends a line."""
    return hmac.digest(key, b"audit line:" + line.hash, "sha256")


def canonical_json(line: AuditEntry) -> bytes:
    """Return what a line says, always in the same bytes."""
    data = {"number": line.number, "at": line.at.astimezone(UTC).isoformat(), "by": line.by, "act": line.act, "facts": line.facts}
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_entries(session: Session) -> Iterable[AuditEntry]:
    """Return every line from the first on, read a thousand at a time."""
    lines = sa.select(AuditEntry).order_by(AuditEntry.number)
    return session.scalars(lines, execution_options={"yield_per": ENTRIES_PER_READ})


def newest_entries(session: Session, before: int | None, limit: int) -> list[AuditEntry]:
    """Return a page of lines, the newest first."""
    older = sa.select(AuditEntry).order_by(AuditEntry.number.desc()).limit(limit)
    return list(session.scalars(older.where(AuditEntry.number < before) if before else older))


def export_jsonl(database: Database) -> Generator[bytes]:
    """Yield the audit as JSON Lines, a thousand lines at a time, with what is needed to check the chain elsewhere.

    Each thousand is a reading of its own, so that a slow reader holds no transaction open.
    """
    number = 0
    while True:
        following = sa.select(AuditEntry).where(AuditEntry.number > number).order_by(AuditEntry.number).limit(ENTRIES_PER_READ)
        with database.reading() as session:
            page = session.scalars(following).all()
        if not page:
            return
        yield b"".join(map(_exported, page))
        number = page[-1].number


def verify_chain(session: Session, folder: Path | None = None) -> list[str]:
    """Say where the chain is broken, a sentence each; nothing when it is whole. `folder` is where the head is kept too."""
    desk, kept = session.get_one(Desk, 1), read_head(folder / HEAD_FILE) if folder else None
    signed_from, key = _signed_from(session, anchored=folder is not None), ledger.desk_key(session)
    number, previous, wrong = 0, GENESIS_HASH, []
    for line in read_entries(session):
        if line.number != number + 1:
            wrong.append(f"The audit is broken at line {number + 1}: it is missing.")
        elif line.previous != previous:
            wrong.append(f"The audit is broken at line {line.number}: it does not follow the line before it.")
        elif line.hash != entry_hash(line):
            wrong.append(f"The audit is broken at line {line.number}: it was changed.")
        elif line.number >= signed_from and not hmac.compare_digest(line.mac or b"", entry_mac(key, line)):
            wrong.append(f"The audit is broken at line {line.number}: this site did not write it.")
        if kept and kept[0] == line.number and kept[1] != line.hash:
            wrong.append(f"The audit is broken at line {line.number}: the data folder remembers another one.")
        number, previous = line.number, line.hash
    if (desk.last_line, desk.last_hash) != (number, previous):
        wrong.append(f"The audit is broken after line {number}: the database remembers {desk.last_line} lines.")
    if kept and kept[0] == DAMAGED:
        wrong.append(f"The audit cannot be checked against {HEAD_FILE} in the data folder: the file is damaged.")
    if kept and kept[0] > number:
        wrong.append(f"The audit is broken after line {number}: the data folder remembers {kept[0]} lines.")
    return wrong


def store_head(database: Database, folder: Path) -> None:
    """Write the number and the hash of the last line into the data folder.

    A file that knows more lines, or another one at its place, stays as it is: it is the witness of what is gone.
    """
    kept = read_head(folder / HEAD_FILE)
    with database.reading() as session:
        desk = session.get_one(Desk, 1)
        line = session.get(AuditEntry, kept[0]) if kept else None
    if kept and kept[0] and (kept[0] >= desk.last_line or line is None or line.hash != kept[1]):
        return
    write_head(folder / HEAD_FILE, desk.last_line, desk.last_hash)


def _signed_from(session: Session, *, anchored: bool) -> int:
    """Return the number of the first line that needs a code; without a ledger, which `check` complains of, none does."""
    try:
        return ledger.load_ledger(session, anchored=anchored).unsigned_lines + 1
    except ledger.NotOurs:
        return sys.maxsize


def _exported(line: AuditEntry) -> bytes:
    data: dict[str, Any] = json.loads(canonical_json(line))
    chained = data | {"previous": line.previous.hex(), "hash": line.hash.hex()}
    return json.dumps(chained, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
