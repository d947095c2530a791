"""The database: SQLite in the data folder or PostgreSQL, the same code for both.

Everything that was acknowledged is on disk: SQLite runs in WAL mode with `synchronous=FULL` on every connection.
`reading()` opens a session that only reads. `writing()` commits when its block ends and rolls back on an exception.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.session import JoinTransactionMode

from campaign import connection_limits, sqlite_dialect
from campaign.file_lock import file_lock
from campaign.shared_commit import DatabaseBusy as DatabaseBusy
from campaign.shared_commit import Group, SharedCommits
from campaign.sqlite_dialect import connected_to_write

Result = TypeVar("Result")
LOCK_TIMEOUT = 5.0  # seconds a writer waits for its turn before it gives up
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
STATEMENT_TIMEOUT = 60.0  # seconds of one statement of PostgreSQL
READ_ONLY = "25006"  # what PostgreSQL calls a write to a server that only reads (SQLSTATE)
POOL_SIZE = 12  # connections that are kept: one for each thread of a web worker that uses the database
SNAPSHOT_ISOLATION = {"isolation_level": "REPEATABLE READ"}
CHECKPOINT_WAIT = 100  # milliseconds for readers to end; writers wait meanwhile


DATABASE_UNAVAILABLE = (DatabaseBusy, sa.exc.OperationalError, sa.exc.InterfaceError)
"""What is raised while the database cannot be used: locked, full, stopped; trying again later is the answer to each."""


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """A moment in UTC; SQLite stores it without its zone, so the zone is put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: UTCDateTime}


def now() -> datetime:
    """Return the current time in UTC; nothing else reads the clock."""
    return datetime.now(UTC)


class Database:
    """One database, with sessions that read and sessions that write."""

    def __init__(self, url: str, folder: Path) -> None:
        """Take `url` as SQLAlchemy writes it; empty is SQLite in `folder`, where the writers' turn is kept too."""
        self.is_sqlite, self.folder = not url or url.startswith("sqlite"), folder
        # As a URL and not as text, since a folder's name may hold % and ?.
        address = sa.make_url(url) if url else sa.URL.create("sqlite", database=str(folder / "campaign.db"))
        self.engine = sa.create_engine(
            address.set(drivername=sqlite_dialect.DRIVER) if self.is_sqlite else address,
            pool_pre_ping=not self.is_sqlite,
            pool_size=POOL_SIZE,
            hide_parameters=True,  # an error in a log must not say who signed
            connect_args={} if self.is_sqlite else connection_limits.CONNECT_OPTIONS,
        )
        self._turn_file, self._next_file = folder / "turn.lock", folder / "next.lock"
        self._shared = SharedCommits(self._begun)
        # PostgreSQL would give each statement a view of its own: what changes between two of them could be in neither.
        self._reader = self.engine if self.is_sqlite else self.engine.execution_options(**SNAPSHOT_ISOLATION)
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", sqlite_dialect.set_pragmas)
        else:
            connection_limits.listen(self.engine, lambda: (LOCK_TIMEOUT, STATEMENT_TIMEOUT))
            sa.event.listen(self.engine, "handle_error", _leave_read_only)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that only reads: one consistent view, nothing is kept of what is changed in it."""
        with Session(self._reader, expire_on_commit=False, info={"folder": self.folder}) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session that writes: committed, durably, when the block ends; rolled back when it raises.

        What the block adds to `info["before_commit"]` is called with the session, to `info["after_commit"]` without.
        On SQLite others of this process may share its commit and wait for it, so the block waits for nothing else.
        """
        info: dict[str, Any] = {"folder": self.folder, "before_commit": [], "after_commit": []}
        if self.is_sqlite:
            with self._shared.joined(LOCK_TIMEOUT) as group:
                with _writing_session(group.connection, info, "create_savepoint") as session:
                    yield session
                group.after_commit += info["after_commit"]
        else:
            with self.engine.connect() as connection, _writing_session(connection, info) as session:
                yield session
            for finish in info["after_commit"]:
                finish()

    def write(self, act: Callable[[sa.Connection], Result]) -> Result:
        """Return what `act` returns when what it writes on a connection is committed; nothing is kept where it raises.

        This is for what many do at once: it is faster than `writing`, as no session is made, and on SQLite much faster. Any
        thread may call `act`, so it knows no request, and nothing can follow its commit.
        """
        if self.is_sqlite:
            return self._shared.run(partial(_act_in_group, act), LOCK_TIMEOUT)
        with self.engine.begin() as connection:
            return act(connection)

    @contextmanager
    def _begun(self, until: float) -> Iterator[sa.Connection]:
        """Yield a connection to SQLite on which this process has begun its turn to write."""
        with self.writer_turn(until), connected_to_write(self.engine) as connection:
            connection.begin()
            yield connection

    @contextmanager
    def writer_turn(self, until: float | None = None) -> Iterator[None]:
        """Let writers of SQLite take turns at a file lock: its own busy handler lets some of them starve.

        Raises DatabaseBusy at the moment `until` of time.monotonic(), or after LOCK_TIMEOUT seconds.
        The process that comes next holds `next.lock`, so one that was just served cannot overtake it.
        """
        if not self.is_sqlite:
            yield
            return
        until = until or time.monotonic() + LOCK_TIMEOUT
        with ExitStack() as stack:
            with file_lock(self._next_file, wait=until - time.monotonic()) as is_next:
                is_ours = is_next and stack.enter_context(file_lock(self._turn_file, wait=until - time.monotonic()))
            if not is_ours:
                raise DatabaseBusy("the database is busy")
            yield

    def lock(self, writer: Session | sa.Connection, key: bytes, *, patiently: bool = False) -> None:
        """Take the lock `key` until the writer commits. SQLite has one writer at a time anyway.

        With `patiently` every lock is waited for, and every statement may last, until the commit.
        """
        if not self.is_sqlite:
            connection = writer if isinstance(writer, sa.Connection) else writer.connection()
            if patiently:
                connection_limits.lift(connection, local=True)
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_lock_number(key))))

    def try_lock(self, session: Session, key: bytes) -> bool:
        """Take the lock `key` until the session commits, unless somebody else has it; return whether it is ours."""
        return self.is_sqlite or bool(session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_lock_number(key)))))

    def truncate_log(self) -> bool:
        """Move the write-ahead log into the database file and empty it, so that nothing erased stays in it.

        Return whether it succeeded; somebody who reads may hold it back, then it is tried again later.
        """
        if not self.is_sqlite:
            return True
        with self.writer_turn(), self.engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            raw.execute(f"PRAGMA busy_timeout={CHECKPOINT_WAIT}")
            busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            raw.execute(sqlite_dialect.BUSY_TIMEOUT_PRAGMA)
            return bool(busy == 0)

    @contextmanager
    def maintaining(self) -> Iterator[sa.Connection]:
        """Yield a connection to PostgreSQL outside of any transaction, whose statements may last as long as they need."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                connection_limits.lift(connection, local=False)
                yield connection
            finally:
                if not connection.invalidated:
                    connection.detach()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _act_in_group(act: Callable[[sa.Connection], Result], group: Group) -> Result:
    with group.connection.begin_nested():
        return act(group.connection)


@contextmanager
def session_on(connection: sa.Connection) -> Iterator[Session]:
    """Yield a session for what needs objects within `Database.write`: what is changed is written, and kept with all the rest."""
    with Session(connection, expire_on_commit=False, join_transaction_mode="rollback_only") as session:
        yield session
        session.flush()


@contextmanager
def _writing_session(
    connection: sa.Connection, info: dict[str, Any], mode: JoinTransactionMode = "conditional_savepoint"
) -> Iterator[Session]:
    with Session(connection, expire_on_commit=False, info=info, join_transaction_mode=mode) as session, session.begin():
        yield session
        for finish in info["before_commit"]:
            finish(session)


INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def table(record: type[Base]) -> sa.Table:
    """Return the table of a record, for statements that need no objects."""
    return cast("sa.Table", record.__table__)


def insert(session: Session, record: type[Base]) -> "sqlite.Insert | postgresql.Insert":
    """Return an INSERT of the session's database that can say what to do on a conflict (`on_conflict_do_...`)."""
    return cast("sqlite.Insert | postgresql.Insert", INSERTS[session.get_bind().dialect.name](record))


def _lock_number(key: bytes) -> int:
    return int.from_bytes(key[:8], "big", signed=True)


def _leave_read_only(context: sa.ExceptionContext) -> DatabaseBusy | None:
    """Give up the connections to a server that only reads, as one does from which another has taken over."""
    if getattr(context.original_exception, "sqlstate", None) != READ_ONLY:
        return None
    context.is_disconnect = True
    return DatabaseBusy("the database only reads")
