"""Which version the tables of a database have, and whether this version of the program can work with them."""

from functools import cache

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from campaign.config import MIGRATIONS

READ_VERSION = sa.text("SELECT version_num FROM alembic_version")
OLDER = "The tables of the database are older than this version of the program: run `campaign migrate`."
NEWER = (
    "The tables of the database are newer than this version of the program: install the newer version, or put back a backup from"
    " before it."
)


class OtherSchema(Exception):
    """The tables are of another version than the program; its text is one sentence that says what to do."""


@cache
def known_versions() -> tuple[str, ...]:
    """Return the versions that this program knows, the newest first."""
    return tuple(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def compare(connection: sa.Connection) -> int:
    """Return 0 where the tables are as the program wants them, -1 where they are older, 1 where they are newer."""
    found, known = connection.scalar(READ_VERSION), known_versions()
    if found == known[0]:
        return 0
    return -1 if found is None or found in known else 1


def check_version(connection: sa.Connection, *, may_be_older: bool = False) -> None:
    """Raise OtherSchema where the program cannot work with the tables."""
    order = compare(connection)
    if order > 0:
        raise OtherSchema(NEWER)
    if order < 0 and not may_be_older:
        raise OtherSchema(OLDER)


def refuse_newer(connection: sa.Connection) -> None:
    """Raise OtherSchema where there are tables, and they are newer than the program."""
    if sa.inspect(connection).has_table("alembic_version"):
        check_version(connection, may_be_older=True)
