"""The data folder of one campaign: its keys, its database, its file mailbox; made on the first run, checked on each.

Only `campaign serve` and `campaign sample` make it; every other command refuses to work on what is not there.
"""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.config import MIGRATIONS, Settings
from campaign.crypto.sealing import Keys, KeyTrouble, load_keys, make_keys
from campaign.database import Database, Record
from campaign.petition.models import Publication

PREPARING = b"prepare."  # two that start at once take turns
NOTHING_HERE = "There is no campaign in {}: run `campaign serve` there first."


class NoFolder(click.ClickException):
    """The data folder is not there, or what is in it does not belong together; its text is one sentence.

    Both `campaign` and `flask --app campaign` print it as such.
    """


class KeyMark(Record):
    """The short hash of a key this database was made with."""

    __tablename__ = "key_mark"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(sa.String(16))


def keys_in(settings: Settings) -> Path:
    """Where the key files lie."""
    return settings.data / "keys"


def open_database(settings: Settings) -> Database:
    """The database of these settings; nothing is asked of it yet."""
    return Database(settings.database_url, settings.data)


def open_keys(settings: Settings) -> Keys:
    """Read the keys; raises NoFolder where no campaign was ever made, KeyTrouble where a key is missing or broken."""
    if not keys_in(settings).is_dir():
        raise NoFolder(NOTHING_HERE.format(settings.data))
    return load_keys(keys_in(settings))


def prepare(settings: Settings) -> None:
    """Makes whatever is not there yet and brings the schema up to date; raises NoFolder or KeyTrouble."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.data.chmod(0o700)
    with closing(open_database(settings)) as database:
        make_keys(keys_in(settings), _marks(database))
        keys = load_keys(keys_in(settings))
        migrate(database)
        with database.writing() as session:
            database.lock(session, PREPARING)
            _mark(session, keys)
            if session.get(Publication, 1) is None:
                session.add(_nothing_yet())


def check(settings: Settings) -> None:
    """Raises NoFolder or KeyTrouble unless the folder is made and belongs to its database."""
    with closing(open_database(settings)) as database:
        if not settings.data.is_dir() or not _is_made(database):
            raise NoFolder(NOTHING_HERE.format(settings.data))
        keys = load_keys(keys_in(settings))
        with database.reading() as session:
            _compare(session, keys)


def migrate(database: Database) -> None:
    """Brings the schema up to date, all of it or nothing; a second one that starts meanwhile waits."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with database.writing() as session:
        database.lock(session, b"migrate.", patiently=True)
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "head")


def _is_made(database: Database) -> bool:
    """Whether the database has its tables. Asking does not make an SQLite file."""
    if database.is_sqlite and not Path(database.engine.url.database or "").exists():
        return False
    try:
        return sa.inspect(database.engine).has_table(KeyMark.__tablename__)
    except sa.exc.OperationalError as error:
        raise NoFolder(f"The database cannot be opened: {' '.join(str(error.orig).split())}") from None


def _marks(database: Database) -> set[str]:
    """The names of the keys that the database knows: all of them, or all but those that came with a newer version."""
    if not _is_made(database):
        return set()
    with database.reading() as session:
        return set(session.scalars(sa.select(KeyMark.name)))


def _mark(session: Session, keys: Keys) -> None:
    """Notes the short hashes of keys that the database does not know yet; refuses others than it knows."""
    known = set(session.scalars(sa.select(KeyMark.name)))
    for name, mark in keys.fingerprints().items():
        if name not in known:
            session.add(KeyMark(name=name, fingerprint=mark))
    session.flush()
    _compare(session, keys)


def _compare(session: Session, keys: Keys) -> None:
    known = {mark.name: mark.fingerprint for mark in session.scalars(sa.select(KeyMark))}
    for name, fingerprint in keys.fingerprints().items():
        if known.get(name) != fingerprint:
            raise KeyTrouble(
                f"The {name} key in the data folder is not the one this database was made with: put the right one back."
            )


def _nothing_yet() -> Publication:
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
