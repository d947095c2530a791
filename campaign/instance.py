"""The data folder of one campaign: its keys, its database, its file mailbox; made on the first run, checked on each.

Only `campaign serve` and `campaign sample` make it; every other command refuses to work on what is not there.
"""

import stat
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import click
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.config import MIGRATIONS, Settings
from campaign.crypto.keys import KeyFileError, Keys, load_keys, make_keys
from campaign.database import Base, Database
from campaign.petition.models import Publication

PREPARE_LOCK = b"prepare."  # two that start at once take turns
NOTHING_HERE = "There is no campaign in {}: run `campaign serve` there first."


class NoInstance(click.ClickException):
    """The data folder is not there, or what is in it does not belong together; its text is one sentence.

    Both `campaign` and `flask --app campaign` print it as such.
    """


class KeyFingerprint(Base):
    """The short hash of a key this database was made with."""

    __tablename__ = "key_mark"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(sa.String(16))


def key_folder(settings: Settings) -> Path:
    """Return where the key files lie."""
    return settings.data / "keys"


def open_database(settings: Settings) -> Database:
    """Return the database of these settings; nothing is asked of it yet."""
    return Database(settings.database_url, settings.data)


def open_keys(settings: Settings) -> Keys:
    """Read the keys; raises NoInstance where no campaign was ever made, KeyFileError where a key is missing or broken."""
    if not key_folder(settings).is_dir():
        raise NoInstance(NOTHING_HERE.format(settings.data))
    return load_keys(key_folder(settings))


def prepare(settings: Settings) -> None:
    """Make whatever is not there yet and bring the schema up to date; raise NoInstance or KeyFileError."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    _close_to_others(settings.data)
    with closing(open_database(settings)) as database:
        make_keys(key_folder(settings), _known_keys(database))
        keys = load_keys(key_folder(settings))
        migrate(database)
        with database.writing() as session:
            database.lock(session, PREPARE_LOCK)
            _record_fingerprints(session, keys)
            if session.get(Publication, 1) is None:
                session.add(_empty_publication())


def check(settings: Settings) -> None:
    """Raise NoInstance or KeyFileError unless the folder is made and belongs to its database."""
    with closing(open_database(settings)) as database:
        if not settings.data.is_dir() or not _is_made(database):
            raise NoInstance(NOTHING_HERE.format(settings.data))
        keys = load_keys(key_folder(settings))
        with database.reading() as session:
            _compare(session, keys)


def migrate(database: Database) -> None:
    """Bring the schema up to date, all of it or nothing; a second one that starts meanwhile waits."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with database.writing() as session:
        database.lock(session, b"migrate.", patiently=True)
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "head")


def _close_to_others(data: Path) -> None:
    """Take the rights of group and others from the data folder and what is in it, whatever umask it was made with.

    Key files are left as they are: one that others could read is refused, so that somebody hears of it.
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
    except sa.exc.OperationalError as error:
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
    _compare(session, keys)


def _compare(session: Session, keys: Keys) -> None:
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
