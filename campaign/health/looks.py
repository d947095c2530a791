"""The looks: one function for each condition that needs a check, and how often the worker runs it.

`conditions.py` checks what one reading session can tell at once, `mail_looks.py` the mail.
"""

import logging
import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import quote

import sqlalchemy as sa

from campaign import config, instance, schema_version
from campaign.crypto.keys import KeyFileError, load_keys
from campaign.database import DATABASE_UNAVAILABLE, DatabaseBusy
from campaign.health.backup_record import last_backup
from campaign.health.conditions import (
    NAMES,
    Finding,
    Site,
    fine,
    is_in_trouble,
    read_findings,
    store,
    trouble,
    unknown,
    with_history,
)
from campaign.health.mail_looks import look_at_mail_server, look_at_outbox
from campaign.organizers.models import ExportJob
from campaign.organizers.overview import provider_stats
from campaign.outbox import heartbeat
from campaign.petition.day_counts import total
from campaign.web.rate_limits import redis_memory

LEAST_FREE = 256  # MB on the disk of the data folder
STUCK_AFTER = timedelta(hours=1)  # for an export, since it was asked for
BACKUP_AFTER = timedelta(days=2)
CHECKSUM_FAILURES = "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
OPEN_MODE = "{} is open to other users of this machine: run `chmod {:o} {}`."
NOT_USABLE = (sa.exc.SQLAlchemyError, DatabaseBusy, OSError)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Look:
    """How to check one condition."""

    do: Callable[[Site, datetime], Finding]
    every: int = 15  # seconds
    is_local: bool = False  # each machine finds its own
    is_slow: bool = False  # it waits for others, or reads everything


def _database(site: Site, at: datetime) -> Finding:
    """Write to the database: the finding itself."""
    free = shutil.disk_usage(site.settings.data).free
    if site.database.is_sqlite and free < heartbeat.LEAST_ROOM:
        return trouble("database", "not_written")
    try:
        with site.database.reading() as session:
            session.execute(sa.text("SELECT 1"))
    except NOT_USABLE:
        return trouble("database", "away")
    try:
        with site.database.writing() as session:
            store(session, fine("database"), at)
    except NOT_USABLE:
        return trouble("database", "not_written")
    return fine("database")


def _schema(site: Site, _at: datetime) -> Finding:
    with site.database.reading() as session:
        order = schema_version.compare(session.connection())
    return trouble("schema", "newer" if order > 0 else "older") if order else fine("schema")


def _keys(site: Site, _at: datetime) -> Finding:
    try:
        keys = load_keys(instance.key_folder(site.settings))
        with site.database.reading() as session:
            instance.compare_fingerprints(session, keys)
    except KeyFileError as error:
        return replace(trouble("keys", "wrong"), exact=(str(error),))
    return fine("keys")


def _modes(site: Site, _at: datetime) -> Finding:
    wanted = {config.env_file(): 0o600, site.settings.data: 0o700, instance.key_folder(site.settings): 0o700}
    found = [(path, mode) for path, mode in wanted.items() if path.exists() and path.stat().st_mode & 0o077]
    said = tuple(OPEN_MODE.format(path, mode, path) for path, mode in found)
    return replace(trouble("modes", "open"), exact=said) if said else fine("modes")


def _disk(site: Site, _at: datetime) -> Finding:
    free = shutil.disk_usage(site.settings.data).free // 1_000_000
    return trouble("disk", "full", free=free) if free < LEAST_FREE else fine("disk")


def _integrity(site: Site, _at: datetime) -> Finding:
    """Read the whole file of SQLite; ask PostgreSQL whether a page ever had another checksum than it should."""
    if site.database.is_sqlite:
        file = f"file:{quote(str(site.database.engine.url.database))}?mode=ro"
        try:
            with closing(sqlite3.connect(file, uri=True)) as connection:
                is_whole = connection.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
        except sqlite3.OperationalError:  # it is locked or cannot be opened, which another condition says
            return unknown("integrity")
        except sqlite3.DatabaseError:
            is_whole = False
    else:
        with site.database.reading() as session:
            is_whole = not session.scalar(sa.text(CHECKSUM_FAILURES))
    return fine("integrity") if is_whole else trouble("integrity", "damaged")


def _limits(site: Site, _at: datetime) -> Finding:
    shared = redis_memory(site.settings, b"")  # it reads no bucket, so it needs no secret
    return fine("limits") if shared is None or shared.answers() else trouble("limits", "away")


def _backup(site: Site, at: datetime) -> Finding:
    """Check the age of the last backup; a site for this machine only, or without signatures, needs none."""
    with site.database.reading() as session:
        made = last_backup(session)
        is_missed = not site.settings.is_loopback and total(session, before=(at - BACKUP_AFTER).date()) > 0
    if made is None:
        return trouble("backup", "none") if is_missed else fine("backup")
    return trouble("backup", "old") if made < at - BACKUP_AFTER else fine("backup")


def _exports(site: Site, at: datetime) -> Finding:
    waiting = ExportJob.prepared_at.is_(None), ExportJob.failed_at.is_(None), ExportJob.asked_at < at - STUCK_AFTER
    with site.database.reading() as session:
        is_stuck = session.scalar(sa.select(ExportJob.id).where(*waiting).limit(1)) is not None
    return trouble("exports", "stuck") if is_stuck else fine("exports")


def _providers(site: Site, at: datetime) -> Finding:
    with site.database.reading() as session:
        low = [one.name for one in provider_stats(session, at.date()) if one.is_low]
    return trouble("providers", "low", providers=low) if low else fine("providers")


LOOKS = {
    "database": Look(_database),
    "schema": Look(_schema, is_local=True),
    "keys": Look(_keys, every=30, is_local=True),
    "mail_server": Look(look_at_mail_server, every=60, is_local=True, is_slow=True),
    "outbox": Look(look_at_outbox, every=60),
    "disk": Look(_disk, is_local=True),
    "integrity": Look(_integrity, every=24 * 3600, is_slow=True),
    "modes": Look(_modes, every=30, is_local=True),
    "limits": Look(_limits, every=30, is_local=True),
    "backup": Look(_backup, every=60),
    "exports": Look(_exports, every=60),
    "providers": Look(_providers, every=60),
}


def look(name: str, site: Site, at: datetime) -> Finding:
    """Check one condition; if the check itself fails, the condition is unknown."""
    try:
        found = LOOKS[name].do(site, at)
    except DATABASE_UNAVAILABLE:  # which is a condition of its own
        return unknown(name)
    except Exception as error:  # of any kind: a look that fails must not end the watch, and keeps no other from being done
        log_failure(name, type(error).__name__)
        return unknown(name)
    return replace(found, machine=socket.gethostname()[:64]) if LOOKS[name].is_local else found


@cache
def log_failure(name: str, kind: str) -> None:
    """Log once that a check failed, without the exception's message, which can contain private data."""
    log.warning("The check of `%s` failed (%s).", name, kind)


def look_at_all(site: Site, at: datetime, *, slowly: bool) -> dict[str, Finding]:
    """Check every condition now, for a terminal; without `slowly`, take slow ones as the worker last found them.

    If the tables have another version, check nothing that reads them.
    """
    schema = look("schema", site, at)
    if is_in_trouble(schema):
        mine = [schema, *(look(name, site, at) for name in ("disk", "modes"))]
        return {name: unknown(name) for name in NAMES} | {one.name: replace(one, machine="") for one in mine}
    mine = [look(name, site, at) for name, one in LOOKS.items() if slowly or not one.is_slow]
    try:
        with site.database.reading() as session:
            return read_findings(session, site.settings, at) | with_history(session, mine, at)
    except NOT_USABLE:
        return {name: unknown(name) for name in NAMES} | {one.name: replace(one, machine="") for one in mine}
