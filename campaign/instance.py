"""The data folder of one campaign: its keys, its database, its file mailbox; made on the first run, checked on each.

Only `campaign serve` and `campaign sample` make it; every other command refuses to work on what is not there.
"""

import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign import config, large_indexes, schema_version
from campaign.config import MIGRATIONS, Settings
from campaign.content.testimony_policy import load_testimony
from campaign.crypto.keys import KeyFileError, Keys, destroy_tag_key, load_keys, make_keys, no_key_fingerprint
from campaign.database import Base, Database, now
from campaign.file_lock import file_lock
from campaign.identity import Identity
from campaign.petition import name_index
from campaign.petition.models import Publication
from campaign.petition.published import Key, first_values
from campaign.petition.publishing import publish_first_values

TAG_KEY = "tag"  # its name among the fingerprints
PREPARE_LOCK = b"prepare."  # two that start at once take turns
RUNNING_LOCK = "running.lock"  # held by whoever serves or works, together; by a restore alone
MOVED_FILE = "moved-to-postgresql"  # in the data folder of a campaign that is no longer on SQLite
MOVED = "This campaign was moved to PostgreSQL: set CAMPAIGN_DATABASE_URL to its address. The SQLite database is out of date."
NOTHING_HERE = "There is no campaign in {}: run `campaign serve` there first."


class NoInstance(click.ClickException):
    """The data folder is not there, or what is in it does not belong together; its text is one sentence.

    Both `campaign` and `flask --app campaign` print it as such.
    """


class KeyFingerprint(Base):
    """The short hash of a key that belongs to this database."""

    __tablename__ = "key_mark"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(sa.String(16))


def key_folder(settings: Settings) -> Path:
    """Return the folder of the key files."""
    return settings.data / "keys"


def open_database(settings: Settings) -> Database:
    """Return the database of these settings, without connecting; raise NoInstance if it was moved elsewhere."""
    database = Database(settings.database_url, settings.data)
    if database.is_sqlite and (settings.data / MOVED_FILE).exists():
        raise NoInstance(MOVED)
    return database


def mark_moved(settings: Settings) -> None:
    """Let nobody use the SQLite database of this folder any more."""
    (settings.data / MOVED_FILE).touch(mode=0o600)


def open_keys(settings: Settings) -> Keys:
    """Read the keys; raises NoInstance where no campaign was ever made, KeyFileError where a key is missing or broken."""
    if not key_folder(settings).is_dir():
        raise NoInstance(NOTHING_HERE.format(settings.data))
    return load_keys(key_folder(settings))


def make_folder(settings: Settings) -> None:
    """Make the data folder unless it is there."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)


def prepare(settings: Settings) -> None:
    """Make what is missing and update the schema; raise NoInstance or KeyFileError."""
    make_folder(settings)
    _close_to_others(settings.data)
    with closing(open_database(settings)) as database:
        _finish_destroying(settings, database)
        make_keys(key_folder(settings), _known_keys(database))
        keys = load_keys(key_folder(settings))
        migrate(database)
        name_index.make_anew_if_older(database)
        with database.writing() as session:
            database.lock(session, PREPARE_LOCK)
            _record_fingerprints(session, keys)
            if session.get(Publication, 1) is None:
                session.add(_empty_publication())
            publish_first_values(session, words_of_files(settings), now().date())


def publish_first_words(database: Database, settings: Settings) -> None:
    """Publish the campaign's own words as files and settings have them, as far as nothing was published; raise TextError."""
    with database.writing() as session:
        database.lock(session, PREPARE_LOCK)
        publish_first_values(session, words_of_files(settings), now().date())


def words_of_files(settings: Settings) -> dict[Key, Any]:
    """Return what the files and settings say of the campaign's own words; raise TextError."""
    _, texts = load_testimony(config.TRANSLATIONS)
    return first_values(texts, Identity.read(config.TRANSLATIONS), contact=settings.contact, goal=settings.goal)


def check_made(settings: Settings, database: Database) -> None:
    """Raise NoInstance unless there is a campaign."""
    if not settings.data.is_dir() or not _is_made(database):
        raise NoInstance(NOTHING_HERE.format(settings.data))


def check(settings: Settings, *, may_be_older: bool = False) -> None:
    """Raise NoInstance, OtherSchema or KeyFileError unless the folder is made and belongs to its database."""
    with closing(open_database(settings)) as database:
        check_made(settings, database)
        with database.reading() as session:
            schema_version.check_version(session.connection(), may_be_older=may_be_older)
        _finish_destroying(settings, database)
        keys = load_keys(key_folder(settings))
        with database.reading() as session:
            compare_fingerprints(session, keys)


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """Say to a restore that the site runs, for as long as the block; raise NoInstance while one is at work."""
    if not settings.data.is_dir():
        raise NoInstance(NOTHING_HERE.format(settings.data))
    with file_lock(settings.data / RUNNING_LOCK, wait=0, shared=True) as is_free:
        if not is_free:
            raise NoInstance("A backup is being restored. Wait until it ends.")
        yield


def migrate(database: Database) -> None:
    """Bring the schema up to date, all of it or nothing; a second one that starts meanwhile waits.

    Nothing in it is given up for taking long. Indexes of large tables follow, while others write.
    """
    with database.writing() as session:
        database.lock(session, b"migrate.", patiently=True)
        if schema_version.is_missing_or_older(session.connection()):
            upgrade(session.connection(), "head")
    large_indexes.build_missing(database)


def upgrade(connection: sa.Connection, revision: str) -> None:
    """Bring the schema that a connection sees to a revision, in its transaction."""
    from alembic import command
    from alembic.config import Config

    options = Config()
    options.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    options.attributes["connection"] = connection
    command.upgrade(options, revision)


def destroy_key_of_tags(settings: Settings, database: Database) -> bool:
    """Destroy the key of the tags on this machine, as no record is left; return False where it was done before.

    The database knows it first, so that what a crash cuts off is done at the next start.
    """
    gone = sa.update(KeyFingerprint).where(KeyFingerprint.name == TAG_KEY, KeyFingerprint.fingerprint != no_key_fingerprint())
    with database.writing() as session:
        session.execute(gone.values(fingerprint=no_key_fingerprint()))
    return destroy_tag_key(key_folder(settings))


def _finish_destroying(settings: Settings, database: Database) -> None:
    """Destroy the key of the tags here too, where the database knows that it is to be: on another machine, or after a crash."""
    if not _is_made(database):
        return
    with database.reading() as session:
        known = session.scalar(sa.select(KeyFingerprint.fingerprint).where(KeyFingerprint.name == TAG_KEY))
    if known == no_key_fingerprint():
        destroy_tag_key(key_folder(settings))


def _close_to_others(data: Path) -> None:
    """Remove the rights of group and others from the data folder and its content, for any umask.

    Leave key files alone: the site refuses one that others could read, so that somebody notices.
    """
    for path in (data, *data.rglob("*")):
        with suppress(FileNotFoundError, PermissionError):  # gone meanwhile, or of another user
            mode = path.lstat().st_mode
            if mode & 0o077 and not stat.S_ISLNK(mode) and path.parent != data / "keys":
                path.chmod(mode & 0o700)


def _is_made(database: Database) -> bool:
    """Return whether the database has its tables. Asking does not make an SQLite file."""
    if database.is_sqlite and not Path(database.engine.url.database or "").exists():
        return False
    try:
        return sa.inspect(database.engine).has_table(KeyFingerprint.__tablename__)
    except sa.exc.DatabaseError as error:
        raise NoInstance(f"The database cannot be opened: {' '.join(str(error.orig).split())}") from None


def _known_keys(database: Database) -> set[str]:
    """Return the names of the keys that the database knows: all of them, or all but those that came with a newer version."""
    if not _is_made(database):
        return set()
    with database.reading() as session:
        return set(session.scalars(sa.select(KeyFingerprint.name)))


def _record_fingerprints(session: Session, keys: Keys) -> None:
    """Note the short hashes of keys that the database does not know yet; refuse others than it knows."""
    known = set(session.scalars(sa.select(KeyFingerprint.name)))
    for name, mark in keys.fingerprints().items():
        if name not in known:
            session.add(KeyFingerprint(name=name, fingerprint=mark))
    session.flush()
    compare_fingerprints(session, keys)


def compare_fingerprints(session: Session, keys: Keys) -> None:
    """Raise KeyFileError unless a database was made with these keys."""
    known = {mark.name: mark.fingerprint for mark in session.scalars(sa.select(KeyFingerprint))}
    for name, fingerprint in keys.fingerprints().items():
        if known.get(name) != fingerprint:
            raise KeyFileError(
                f"The {name} key in the data folder is not the one this database was made with: put the right one back."
            )


def _empty_publication() -> Publication:
    return Publication(
        id=1,
        confirmed=0,
        withdrawn=0,
        removed=0,
        removed_by_reason={},
        countries={},
        as_of=datetime.now(UTC).replace(second=0, microsecond=0),
        closed_on=None,
        is_sample=False,
    )
