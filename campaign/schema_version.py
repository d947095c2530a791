"""Which version the tables of a database have, and whether this version of the program can work with them.

A version of the tables names the oldest program that still works with them: `0037_0034` is version 0037, which only adds to what
a program of version 0034 knows. So a host can go back a version, and change the tables while older programs still serve. Tables
without a second number work with their own program alone.
"""

import re
from functools import cache
from importlib import import_module

import sqlalchemy as sa

from campaign.config import MIGRATIONS
from campaign.database import Base

REVISION = re.compile(r'^revision = "(.+)"$', re.MULTILINE)
READ_VERSION = sa.text("SELECT version_num FROM alembic_version")
OLDER = "The tables of the database are older than this version of the program: run `campaign migrate`."
NEWER = (
    "The tables of the database are newer than this version of the program, and it cannot work with them: install the newer"
    " version, or put back a backup from before it."
)


class OtherSchema(Exception):
    """The tables are of another version than the program; its text is one sentence that says what to do."""


def all_tables() -> sa.MetaData:
    """Return the tables, those too whose modules nothing has imported yet."""
    import_module("campaign.all_tables")  # by its name, as it imports from all over the program
    return Base.metadata


@cache
def known_versions() -> tuple[str, ...]:
    """Return the versions that this program knows, its own first. Alembic would have to import each migration to say so."""
    migrations = sorted((MIGRATIONS / "versions").glob("*.py"), reverse=True)
    return tuple(REVISION.findall(file.read_text("utf-8"))[0] for file in migrations)


def is_usable_after(found: str, own: str) -> bool:
    """Return whether tables of a newer version than the program's own can still be worked with."""
    oldest = found.partition("_")[2]
    return bool(oldest) and oldest <= own.partition("_")[0]


def compare(connection: sa.Connection) -> int:
    """Return 0 where the tables are as the program wants them, -1 where they are older, 1 where they are newer."""
    found, known = connection.scalar(READ_VERSION), known_versions()
    if found == known[0]:
        return 0
    return -1 if found is None or found in known else 1


def check_version(connection: sa.Connection, *, may_be_older: bool = False) -> None:
    """Raise OtherSchema where the program cannot work with the tables."""
    order = compare(connection)
    if order > 0 and not is_usable_after(connection.scalar(READ_VERSION) or "", known_versions()[0]):
        raise OtherSchema(NEWER)
    if order < 0 and not may_be_older:
        raise OtherSchema(OLDER)


def is_missing_or_older(connection: sa.Connection) -> bool:
    """Return whether the tables are to be made or changed; raise OtherSchema where the program cannot work with newer ones."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return True
    check_version(connection, may_be_older=True)
    return compare(connection) < 0
