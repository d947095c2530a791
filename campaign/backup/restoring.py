"""Put a backup back: load it beside the database, take the list and the old database into it, accept the desk, replace.

Everything happens in a separate database until the last step, so that a killed restore leaves the old one or the new one.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
from pyrage.x25519 import Identity
from sqlalchemy.orm import Session

from campaign import instance
from campaign.backup import applying, loading_postgresql, loading_sqlite, old_database
from campaign.backup.applying import Report
from campaign.backup.container import BackupError, BackupHeader
from campaign.backup.forgotten_list import LIST_FILE, Entries, ForgottenList, gather, read_list, read_now, write_list
from campaign.backup.target import Loaded
from campaign.config import Settings
from campaign.crypto.keys import KeyFileError, Keys, no_key_fingerprint
from campaign.database import Database, now
from campaign.file_lock import file_lock
from campaign.organizers import adoption
from campaign.petition import counting
from campaign.petition.models import Signature
from campaign.schema_version import known_versions

AGE = "%Y-%m-%d %H:%M UTC"
STILL_RUNS = "The site is running: stop `campaign serve` and `campaign work` first, on every machine."
OTHER_KEYS = "The {} key in {} is not the one of this backup: put the keys that belong to it back first."
RECORDS_DESTROYED = (
    "Every record was deleted on the day that was promised, and the key of the tags with the last one: a backup from before is"
    " not put back. Destroy it."
)
MOVED_AWAY = (
    "This campaign was moved to PostgreSQL: set CAMPAIGN_DATABASE_URL to its address. To go back to SQLite, delete the file {}"
    " first."
)
NO_LIST = (
    "No list is newer than the backup, so people who left after {} are back. Erase again the people who asked"
    " the organizers to be erased."
)
NOT_INTACT = (
    "The desk in the backup was not written by this site, or not all of it: nobody can log in until"
    " you run `campaign organizers accept`."
)
GAP = (
    "The list reaches back to {since}, but the backup was made on {made}: people who left between the two would be back."
    " Take a newer backup, or a list that was written before it. To go on anyway, add --despite-gap."
)


@dataclass(frozen=True)
class Wanted:
    """What a host asks for."""

    file: Path
    identity: Identity
    lists: tuple[Path, ...] = ()
    takes_old: bool = True
    accepts_gap: bool = False


def restore_backup(settings: Settings, wanted: Wanted, agree: Callable[[list[str]], None]) -> list[str]:
    """Replace the database by a backup; return what is to be said afterwards, a sentence each.

    `agree` gets what was found, and raises what it likes to go no further. Raises BackupError and KeyFileError.
    """
    keys = instance.open_keys(settings)
    try:
        instance.open_database(settings).close()
    except instance.NoInstance:
        raise BackupError(MOVED_AWAY.format(settings.data / instance.MOVED_FILE)) from None
    listed = [read_list(file, keys, lambda: wanted.identity) for file in _list_files(settings, wanted)]
    with _alone(settings), _load(settings, keys, wanted) as loaded:
        session = loaded.session
        instance.compare_fingerprints(session, keys)
        is_intact = adoption.is_intact(session)
        own = gather(session, loaded.header.made_at)
        number = session.scalar(sa.select(sa.func.count()).select_from(Signature)) or 0
        is_stale = loaded.old_list is not None and _is_older(loaded.old_list, own)
        others = listed + ([loaded.old_list] if loaded.old_list and not is_stale else [])
        newest = max([own, *others], key=lambda one: one.made_at)
        said = _ages(loaded.header, newest, number) + list(loaded.said)
        if is_stale:
            said.append("The existing database is older than the backup, so nothing was taken from it.")
        if newest.since > loaded.header.made_at.date() and not wanted.accepts_gap:
            raise BackupError(GAP.format(since=newest.since, made=loaded.header.made_at.date()))
        report = Report()
        merged = replace(newest, entries=_merged(own, *others))
        takes_old = wanted.takes_old and loaded.old_list is not None and not is_stale
        _apply(session, keys, merged, own, loaded, report, takes_old=takes_old)
        if is_intact:
            newest_change = max(one.change for one in [own, *others])
            day = loaded.header.made_at.date()
            desk = adoption.accept_restored(session, at_least=newest_change, day=day, left_out=report.left_out)
        else:
            desk = [NOT_INTACT]
        agree(said + report.sentences + _numbers(report) + desk)
        kept = loaded.replace()
    with closing(instance.open_database(settings)) as database:
        if is_intact:
            adoption.remember_heads(database)
        counting.publish(database)
        write_list(settings.data / LIST_FILE, read_now(database).encode(keys))
    return ["The backup is in place.", *kept]


def _apply(
    session: Session, keys: Keys, found: ForgottenList, own: ForgottenList, loaded: Loaded, report: Report, *, takes_old: bool
) -> None:
    known = own.entries
    if takes_old and loaded.old_list and old_database.take_over(session, loaded.old_schema, report):
        known = _merged(own, loaded.old_list)  # its rows are as new as its list
    applying.apply_removals(session, found, known, report)
    applying.apply_deletions(session, found, report)
    applying.apply_names(session, found, known, report)
    applying.apply_accounts(session, found, own.entries, report)
    applying.apply_supporters(session, found, own.entries, report)
    if found.made_at > own.made_at:
        applying.apply_switches(session, found, report)
        applying.apply_keys(session, keys, found, report)
        applying.apply_plan(session, found, report)
        applying.apply_published(session, found, report)
        applying.apply_inquiries(session, found)
    applying.raise_sequences(session)
    applying.keep_entries(session, found.entries, found.since)


def _merged(*lists: ForgottenList) -> Entries:
    """Return the newest entry of each thing."""
    entries: Entries = {}
    for one in lists:
        for name, row in one.entries.items():
            if name not in entries or entries[name]["number"] <= row["number"]:
                entries[name] = row
    return entries


def _is_older(old: ForgottenList, own: ForgottenList) -> bool:
    """Return whether the existing database was last used before the backup was made."""
    if old.change != own.change:
        return old.change < own.change
    return bool(own.counted_at and (old.counted_at is None or old.counted_at < own.counted_at))


def _ages(header: BackupHeader, newest: ForgottenList, number: int) -> list[str]:
    """Say how old everything is."""
    said = [f"The backup is of {header.made_at:{AGE}}, {_age(now() - header.made_at)} old: {number} signatures."]
    if newest.made_at <= header.made_at:
        return [*said, NO_LIST.format(f"{header.made_at:{AGE}}")]
    between = _age(newest.made_at - header.made_at)
    return [
        *said,
        f"The list is of {newest.made_at:{AGE}}, {between} newer than the backup and {_age(now() - newest.made_at)} old;"
        f" it reaches back to {newest.since}. Nobody knows who left after it.",
    ]


def _age(length: object) -> str:
    """Return a length of time in days, hours or minutes."""
    minutes = int(length.total_seconds() // 60)  # type: ignore[attr-defined]  # a timedelta
    for unit, size in (("days", 24 * 60), ("hours", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}"
    return f"{minutes} minutes"


def _numbers(report: Report) -> list[str]:
    """Say what was left out, a sentence for each kind of which there was any."""
    found = {
        f"Left out: {report.left_out} signatures and {report.waiting_left_out} that waited, as they were deleted since.": True,
        f"Removed again: {report.removed} signatures.": report.removed,
        f"Put back, as organizers did: {report.put_back} signatures.": report.put_back,
        f"Names that are not shown, as they were hidden or changed since: {report.hidden}.": report.hidden,
        f"Supporters who were taken down or deleted since: {report.supporters}.": report.supporters,
        f"Accounts that were removed since: {report.accounts}.": report.accounts,
        f"Keys that came into force since: {report.keys}.": report.keys,
        f"Changes of the key for news that were made since: {report.news_keys}.": report.news_keys,
        f"Changes of the plan that were made since: {report.plans}.": report.plans,
        f"Words that were published since: {report.published}.": report.published,
        f"As they are now, not as in the backup: {', '.join(report.switched)}.": report.switched,
        "These accounts got another passphrase or link since, so each needs `campaign organizers reset`:"
        f" {', '.join(report.locked)}.": report.locked,
    }
    return [sentence for sentence, is_so in found.items() if is_so]


def _list_files(settings: Settings, wanted: Wanted) -> list[Path]:
    """Return the lists that are given, and the one in the data folder."""
    here = settings.data / LIST_FILE
    return [*wanted.lists, *([here] if here.exists() else [])]


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Let no process of this machine serve or work meanwhile; raise BackupError where one does."""
    with file_lock(settings.data / instance.RUNNING_LOCK, wait=0) as is_ours:
        if not is_ours:
            raise BackupError(STILL_RUNS)
        yield


@contextmanager
def _load(settings: Settings, keys: Keys, wanted: Wanted) -> Iterator[Loaded]:
    """Yield the backup, loaded and migrated beside the existing database; raise BackupError for other keys."""

    def check(header: BackupHeader) -> None:
        destroyed = keys.fingerprints()[instance.TAG_KEY] == no_key_fingerprint()
        if destroyed and header.keys.get(instance.TAG_KEY) != no_key_fingerprint():
            raise BackupError(RECORDS_DESTROYED)
        for name, mark in keys.fingerprints().items():
            if header.keys.get(name) != mark:
                raise KeyFileError(OTHER_KEYS.format(name, instance.key_folder(settings)))
        kind = "sqlite" if Database(settings.database_url, settings.data).is_sqlite else "postgresql"
        if header.database != kind:
            raise BackupError(f"The backup is of {header.database}, and CAMPAIGN_DATABASE_URL names another kind of database.")
        if header.revision not in known_versions():
            raise BackupError("The backup comes from a newer version of the program. Update first.")

    is_sqlite = not settings.database_url or settings.database_url.startswith("sqlite")
    load = loading_sqlite.load_sqlite if is_sqlite else loading_postgresql.load_postgresql
    with load(settings, keys, wanted.file, wanted.identity, check) as loaded:
        yield loaded
