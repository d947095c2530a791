"""A copy of a prepared PostgreSQL database for each test, without making one each time: that takes longer than most tests.

A copy that comes back has its rows deleted and those of the original put in. One whose tables were changed is dropped.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from tests.servers import PostgreSQL, name_in

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
SEQUENCES = "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences"
OTHERS_END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
SHAPE = """
    SELECT md5(string_agg(part, '|' ORDER BY part)) FROM (
        SELECT attrelid::regclass || attname || atttypid || attnotnull AS part FROM pg_attribute
            JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
        UNION ALL SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT tgrelid::regclass || tgname FROM pg_trigger
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT array_to_string(setconfig, ',') FROM pg_db_role_setting JOIN pg_database ON oid = setdatabase
            WHERE datname = current_database()
    ) AS parts
"""


class Copies:
    """The copies of one database on a server."""

    def __init__(self, server: PostgreSQL, original: str) -> None:
        self._server, self._original, self._free = server, original, list[str]()
        with self._connect(original) as connection:
            self._shape = connection.execute(SHAPE).fetchone()
            self._tables = [name for (name,) in connection.execute(TABLES)]
            self._rows = {name: self._read(connection, name) for name in self._tables}
            self._sequences = connection.execute(SEQUENCES).fetchall()

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Yield the URL of a copy that nobody else has."""
        url = self._free.pop() if self._free else self._server.new_database(self._original)
        try:
            yield url
        finally:
            if self._restored(url):
                self._free.append(url)
            else:
                self._server.drop(url)

    def _restored(self, url: str) -> bool:
        """Make a copy as it was; return False where that cannot be done."""
        try:
            with self._connect(url) as connection, connection.transaction():
                connection.execute(OTHERS_END)
                if connection.execute(SHAPE).fetchone() != self._shape:
                    return False
                connection.execute("SET LOCAL session_replication_role = replica")  # foreign keys are not looked at
                for name in self._tables:
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
                for name, rows in self._rows.items():
                    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as into:
                        into.write(rows)
                for name, value, is_used in self._sequences:
                    connection.execute("SELECT setval(%s::regclass, %s, %s)", (name, value, is_used))
        except psycopg.Error:
            return False
        return True

    @staticmethod
    def _read(connection: psycopg.Connection, name: str) -> bytes:
        with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as out:
            return b"".join(bytes(part) for part in out)

    def _connect(self, url: str) -> psycopg.Connection:
        base, _, query = self._server.address.partition("?")
        return psycopg.connect(f"{base.rpartition('/')[0]}/{name_in(url)}?{query}", autocommit=True)
