"""The list that goes beside the backups: what a restore must not bring back, and the switches, numbers and keys of now.

It holds random ids, numbers and days, never a tag, an address or a name. A code under `desk.key` shows that this campaign wrote
it. In the data folder it lies as it is; a copy that leaves the server is encrypted to the backup key. See docs/formats.md.
"""

import hmac
import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pyrage.x25519 import Identity
from sqlalchemy.orm import Session

from campaign.backup.container import BackupError, decrypt_file
from campaign.crypto.keys import Keys
from campaign.database import Database, now, table
from campaign.exports.atomic_file import atomic_file
from campaign.organizers.models import Desk
from campaign.organizers.protected_rows import ALL_SWITCHES
from campaign.petition.forgotten import ForgottenEntry, Kind
from campaign.petition.inquiries import Inquiry
from campaign.petition.key_rotation import SealKey
from campaign.petition.models import Publication, Removal, Tally
from campaign.petition.news_key import NewsKey
from campaign.petition.plan import Plan
from campaign.petition.published import PublishedText

LIST_FILE = "forgotten.list"
LIST_FORMAT, LIST_VERSION = "campaign forgotten list", 1
AGE_START = b"age-encryption.org/v1"
REMOVAL_COLUMNS = ("id", "number", "reason", "done_at", "undone_at", "restored")  # without whose it was
INQUIRY_COLUMNS = ("id", "kind", "came_on", "due_on", "outcome", "closed_on")  # without the note
Entries = dict[tuple[str, bytes], dict[str, Any]]


@dataclass(frozen=True)
class ForgottenList:
    """The list as of one moment."""

    made_at: datetime
    since: date  # from this day on it has everything
    change: int  # the number of the desk's last change
    counted_at: datetime | None  # when the campaign was last at work
    switches: dict[str, date | None]
    tally: tuple[dict[str, Any], ...]
    removals: tuple[dict[str, Any], ...]
    seal_keys: tuple[dict[str, Any], ...]
    plan: tuple[dict[str, Any], ...]
    published: tuple[dict[str, Any], ...]
    entries: Entries
    news_keys: tuple[dict[str, Any], ...] = ()
    inquiries: tuple[dict[str, Any], ...] = ()

    def encode(self, keys: Keys) -> bytes:
        """Return the file: a line of JSON, and the code over it."""
        said = {
            "format": LIST_FORMAT,
            "version": LIST_VERSION,
            "keys": keys.fingerprints(),
            "made_at": self.made_at,
            "since": self.since,
            "change": self.change,
            "counted_at": self.counted_at,
            "switches": self.switches,
            "tally": self.tally,
            "removals": self.removals,
            "seal_keys": self.seal_keys,
            "news_keys": self.news_keys,
            "inquiries": self.inquiries,
            "plan": self.plan,
            "published": self.published,
            "entries": [self.entries[name] for name in sorted(self.entries)],
        }
        line = json.dumps(said, sort_keys=True, separators=(",", ":"), default=_plain).encode()
        return line + b"\n" + _mac(keys, line).hex().encode() + b"\n"


def gather(session: Session, made_at: datetime) -> ForgottenList:
    """Return the list from the database."""
    publication, desk = session.get_one(Publication, 1), session.get_one(Desk, 1)
    rows = [dict(row) for row in session.execute(sa.select(table(ForgottenEntry))).mappings()]
    [since] = [row["day"] for row in rows if row["kind"] == Kind.SINCE.value]
    removals = sa.select(*(table(Removal).c[name] for name in REMOVAL_COLUMNS)).where(Removal.done_at.is_not(None))
    return ForgottenList(
        made_at=made_at,
        since=since,
        change=desk.counter,
        counted_at=publication.counted_at,
        switches={name: getattr(publication, name) for name in ALL_SWITCHES},
        tally=_rows(session, sa.select(table(Tally)).order_by(Tally.day, Tally.reason)),
        removals=_rows(session, removals.order_by(Removal.id)),
        seal_keys=_rows(session, sa.select(table(SealKey)).order_by(SealKey.number)),
        news_keys=_rows(session, sa.select(table(NewsKey)).order_by(NewsKey.number)),
        inquiries=_rows(session, sa.select(*(table(Inquiry).c[name] for name in INQUIRY_COLUMNS)).order_by(Inquiry.id)),
        plan=_rows(session, sa.select(table(Plan)).order_by(Plan.number)),
        published=_rows(session, sa.select(table(PublishedText)).order_by(PublishedText.id)),
        entries={(row["kind"], row["id"]): row for row in rows if row["kind"] != Kind.SINCE.value},
    )


def read_now(database: Database) -> ForgottenList:
    """Return the list as of now."""
    with database.reading() as session:
        return gather(session, now())


def write_list(file: Path, content: bytes) -> None:
    """Write a list, replacing an older one."""
    with atomic_file(file, replaces=True) as stream:
        stream.write(content)


class ListKeeper:
    """Keeps the list in the data folder up to date, for the case that the database is lost and the folder is not."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database, self._keys = database, keys
        self._state: Any = None

    def write_if_changed(self) -> None:
        """Write the list unless nothing has changed since the last time."""
        entry = table(ForgottenEntry).c
        with self._database.reading() as session:
            count = session.execute(sa.select(sa.func.count(), sa.func.sum(entry.number), sa.func.min(entry.day))).one()
            state = (*count, *session.execute(sa.select(Desk.counter, Desk.last_line)).one())
        if state != self._state:
            with suppress(OSError):  # a disk that is full now is tried again
                write_list(self._database.folder / LIST_FILE, read_now(self._database).encode(self._keys))
                self._state = state


def read_list(file: Path, keys: Keys, identity: Callable[[], Identity]) -> ForgottenList:
    """Read a list, one in the clear or one that is encrypted; raise BackupError."""
    with file.open("rb") as stream:
        is_encrypted = stream.read(len(AGE_START)) == AGE_START
    if is_encrypted:
        opened = io.BytesIO()
        decrypt_file(file, opened, identity())
        return decode(opened.getvalue(), keys, str(file))
    return decode(file.read_bytes(), keys, str(file))


def decode(content: bytes, keys: Keys, name: str) -> ForgottenList:
    """Return a list from what `encode` made; raise BackupError for one that this campaign has not written."""
    line, _, code = content.partition(b"\n")
    try:
        said = json.loads(line)
        if said["format"] != LIST_FORMAT:
            raise BackupError(f"{name} is not a list that this program wrote.")
        if said["version"] != LIST_VERSION:
            raise BackupError(f"{name} has version {said['version']}. Read it with a newer version of the program.")
        is_ours = hmac.compare_digest(bytes.fromhex(code.decode("ascii").strip()), _mac(keys, line))
    except (ValueError, KeyError, TypeError):
        raise BackupError(f"{name} is not a list that this program wrote, or it is damaged.") from None
    if not is_ours:
        raise BackupError(f"{name} was not written by the campaign with these keys. Use the campaign's own list.")
    return _decoded(said)


def _decoded(said: dict[str, Any]) -> ForgottenList:
    entries = [row | {"id": bytes.fromhex(row["id"]), "day": date.fromisoformat(row["day"])} for row in said["entries"]]
    return ForgottenList(
        made_at=datetime.fromisoformat(said["made_at"]),
        since=date.fromisoformat(said["since"]),
        change=said["change"],
        counted_at=_moment(said["counted_at"]),
        switches={name: _day(day) for name, day in said["switches"].items()},
        tally=tuple(row | {"day": date.fromisoformat(row["day"])} for row in said["tally"]),
        removals=tuple(row | {name: _moment(row[name]) for name in ("done_at", "undone_at")} for row in said["removals"]),
        seal_keys=_keys(said["seal_keys"]),
        news_keys=_keys(said.get("news_keys", [])),  # lists from before there was a key for news have none
        inquiries=_with_days(said.get("inquiries", [])),  # lists from before there were any have none
        plan=_with_days(said["plan"]),
        published=tuple(row | {"day": date.fromisoformat(row["day"])} for row in said["published"]),
        entries={(row["kind"], row["id"]): row for row in entries},
    )


def _keys(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return rows of public keys as the database has them."""
    return tuple(
        row | {name: bytes.fromhex(row[name]) for name in ("public", "code")} | {"since": date.fromisoformat(row["since"])}
        for row in rows
    )


def _with_days(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return rows with the days in their columns as the database has them."""
    return tuple(row | {name: _day(row[name]) for name in row if name.endswith("_on")} for row in rows)


def _rows(session: Session, statement: sa.Select[Any]) -> tuple[dict[str, Any], ...]:
    return tuple(dict(row) for row in session.execute(statement).mappings())


def _mac(keys: Keys, line: bytes) -> bytes:
    return hmac.digest(keys.desk, b"forgotten list:" + line, "sha256")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _plain(value: Any) -> str:
    """Return a value as JSON can hold it."""
    if isinstance(value, bytes):
        return value.hex()
    return (value.astimezone(UTC) if isinstance(value, datetime) else value).isoformat()
