"""Signatures as they lie in the database, made without letters, for tests of the desk."""

import secrets
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Flask

from campaign.crypto import sealing
from campaign.crypto.keys import Keys
from campaign.database import Base, Database, now, table
from campaign.petition import name_index
from campaign.petition.models import Removal, Signature
from campaign.state import AppState

DAY = date(2026, 11, 20)


def store(app: Flask, *names: str | None, day: date = DAY, **values: Any) -> list[bytes]:
    """Stores a signature for each name, shown like that or not shown (None); their ids."""
    site: AppState = app.extensions["campaign"]
    rows = [_row(site.keys, name, day) | values for name in names]
    with site.database.writing() as session:
        session.add_all(Signature(**row) for row in rows)
        session.flush()
        name_index.index_names(session, {row["id"]: row["shown_as"] for row in rows if row["shown_as"]})
    return [row["id"] for row in rows]


def _row(keys: Keys, name: str | None, day: date) -> dict[str, Any]:
    record, address = secrets.token_bytes(16), f"{secrets.token_hex(6)}@example.org"
    person = sealing.Person(record, "0" * 64, name=name or "Nobody Shown", email=address)
    return {
        "id": record,
        "tag": sealing.mailbox_tag(keys.tag, address),
        "token_hash": secrets.token_bytes(32),
        "sealed": sealing.seal(keys.public, person),
        "shown_as": name,
        "language": "en",
        "country": None,
        "news": False,
        "text_sha256": "0" * 64,
        "confirmed_on": day,
    }


def propose(app: Flask, ids: list[bytes]) -> int:
    """What somebody looks at to remove it."""
    site: AppState = app.extensions["campaign"]
    with site.database.writing() as session:
        removal = Removal(by="omar@example.org", proposed_at=now(), ids=b"".join(ids), number=len(ids))
        session.add(removal)
        session.flush()
        return removal.id


def everything(database: Database, record: type[Base]) -> list[dict[str, Any]]:
    """All rows of a table, in one order."""
    with database.reading() as session:
        found = session.execute(sa.select(table(record)).order_by(*table(record).primary_key.columns))
        return [dict(row._mapping) for row in found]


def removed(database: Database) -> list[dict[str, Any]]:
    """Return the signatures that an organizer removed."""
    return [row for row in everything(database, Signature) if row["removal_id"]]
