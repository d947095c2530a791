"""Make a backup, and a list beside it, for another machine."""

import io
from contextlib import closing
from pathlib import Path

from campaign import instance
from campaign.backup import dump, forgotten_list
from campaign.backup.container import BackupError, BackupHeader, encrypt_stream, write_backup
from campaign.config import Settings, env_file
from campaign.crypto.backup_key import load_recipient
from campaign.crypto.keys import PRIVATE_FILE, Keys
from campaign.database import Database, now
from campaign.exports.atomic_file import atomic_file
from campaign.file_lock import file_lock
from campaign.health.backup_record import note_backup

BACKUP_LOCK = "backup.lock"


def make_backup(settings: Settings, database: Database, keys: Keys, file: Path) -> BackupHeader:
    """Write the database, encrypted, into a new file outside the data folder; raise BackupError, KeyFileError without a key."""
    check_place(settings, file)
    recipient = load_recipient(instance.key_folder(settings))
    with file_lock(settings.data / BACKUP_LOCK, wait=0) as is_ours:
        if not is_ours:
            raise BackupError("Another backup is being made. Wait until it ends.")
        kind = "sqlite" if database.is_sqlite else "postgresql"
        header = BackupHeader(now(), kind, dump.revision(database), keys.fingerprints())
        with atomic_file(file) as out, dump.open_dump(database) as stream:
            write_backup(header, stream, out, recipient)
        if dump.revision(database) != header.revision:
            file.unlink()
            raise BackupError("The tables were updated during the backup, so it was given up. Make it again.")
        note_backup(database, now())
    return header


def ship_list(settings: Settings, database: Database, keys: Keys, file: Path) -> forgotten_list.ForgottenList:
    """Write the current list, encrypted, replacing an older one; raise BackupError, or KeyFileError without a key."""
    check_place(settings, file)
    recipient, found = load_recipient(instance.key_folder(settings)), forgotten_list.read_now(database)
    with atomic_file(file, replaces=True) as out:
        encrypt_stream(io.BytesIO(found.encode(keys)), out, recipient)
    return found


def check_place(settings: Settings, file: Path) -> None:
    """Raise BackupError for a place beside the keys: with both, anyone could test who signed."""
    if file.absolute().is_relative_to(settings.data):
        raise BackupError(f"{file} is in the data folder, beside the keys. Write the backup somewhere else.")


def kept_apart(settings: Settings) -> list[Path]:
    """Return the files that are in no backup and have to be kept apart from it."""
    files = sorted(file for file in instance.key_folder(settings).iterdir() if file.name != PRIVATE_FILE)
    return [*files, *(file for file in [env_file()] if file.exists())]


def write_files(settings: Settings, keys: Keys, file: Path | None, list_file: Path | None) -> list[str]:
    """Write the backup, the list, or both; return a sentence for each file, and the names of what it lacks."""
    said = []
    with closing(instance.open_database(settings)) as database:
        if file:
            header = make_backup(settings, database, keys, file)
            said.append(f"{file}: the database as of {header.made_at:%Y-%m-%d %H:%M:%S} UTC, {file.stat().st_size:,} bytes.")
        if list_file:
            found = ship_list(settings, database, keys, list_file)
            said.append(f"{list_file}: the list as of {found.made_at:%Y-%m-%d %H:%M:%S} UTC, {len(found.entries):,} entries.")
    return said
