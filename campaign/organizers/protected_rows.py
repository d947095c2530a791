"""The rows of the desk that give power, and the code that is made over each."""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import Base, table
from campaign.organizers.models import Account, Desk, ExportJob, KnownDevice, Login, RecoveryCode, Request
from campaign.petition.models import Publication
from campaign.petition.plan import Plan

SWITCH_COLUMNS = ("closed_on", "testimony_withdrawn_on", "mail_stopped_on", "names_hidden_on", "words_held_on")
PROTECTED: dict[type[Base], tuple[str, ...]] = {  # by name, so that a new column leaves the codes of old rows as they are
    Account: ("id", "email", "role", "link_hash", "link_until", "passphrase_hash", "factor_box", "last_step", "ready_at"),
    RecoveryCode: ("account_id", "code_hash"),
    Login: ("id", "token_hash", "account_id", "began_at", "seen_at", "asked_at"),
    KnownDevice: ("token_hash", "account_id", "used_at"),
    Request: ("id", "act", "facts", "asked_by", "asked_at", "decided_by", "decided_at", "done_at"),
    ExportJob: ("id", "account_id", "document", "wanted", "language", "asked_at"),
    Desk: ("id", "four_eyes_off_at"),
    Publication: ("id", *SWITCH_COLUMNS),
    Plan: ("number", "set_on", "set_by", "opens_on", "closes_on", "hand_over_on", "delete_on"),
}
# Columns that came later: in the code of a row only where they are filled in, so that rows of before keep theirs.
SINCE_THEN: dict[type[Base], tuple[str, ...]] = {Account: ("locked_at",), Publication: ("author_hidden_on",)}
ALL_SWITCHES = (*SWITCH_COLUMNS, *SINCE_THEN[Publication])
SHARED_TABLES = (Desk, Publication)  # others than organizers write them too
DIGEST_BYTES = 16


def lock_rows(session: Session) -> None:
    """Let nobody else write protected rows until the commit. SQLite has one writer at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        names = ", ".join(table(record).name for record in PROTECTED if record not in SHARED_TABLES)
        session.execute(sa.text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
    for record in SHARED_TABLES:
        session.execute(sa.select(table(record).c.id).with_for_update())


def digest_rows(session: Session, key: bytes) -> dict[str, str]:
    """Return the digest of each protected row by its name, its table and primary key; of the requests, those that are open."""
    found = {}
    for record in PROTECTED:
        chosen = sa.select(*_columns(record))
        if record is Request:
            chosen = chosen.where(Request.decided_at.is_(None))
        for row in map(dict, session.execute(chosen).mappings()):
            found[_name(record, row)] = _digest(key, record, row)
    return found


def digest_row(row: Base, key: bytes) -> tuple[str, str]:
    """Return the name of a record that was loaded, and its digest."""
    values = {column.name: getattr(row, column.name) for column in _columns(type(row))}
    return _name(type(row), values), _digest(key, type(row), values)


def _columns(record: type[Base]) -> list[sa.Column[Any]]:
    return [table(record).columns[name] for name in (*PROTECTED[record], *SINCE_THEN.get(record, ()))]


def _name(record: type[Base], row: Mapping[str, Any]) -> str:
    found = table(record)
    return ":".join([found.name, *(str(_plain(row[column.name])) for column in found.primary_key.columns)])


def _digest(key: bytes, record: type[Base], row: Mapping[str, Any]) -> str:
    """Return the code of a row: HMAC over the name of its table and its columns by their names, as JSON."""
    later = SINCE_THEN.get(record, ())
    names = [column.name for column in _columns(record) if column.name not in later or row[column.name] is not None]
    said = {name: _plain(row[name]) for name in names}
    text = json.dumps([table(record).name, said], sort_keys=True, separators=(",", ":"))
    return hmac.digest(key, b"desk row:" + text.encode(), "sha256")[:DIGEST_BYTES].hex()


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
