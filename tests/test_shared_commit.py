"""Writers of one process share a commit on SQLite: each is told only once it is on disk, and one that fails harms no other."""

import gc
import sqlite3
import threading
import time
import weakref
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign.database import Database, DatabaseBusy, now, session_on
from campaign.file_lock import file_lock
from campaign.petition.models import Tally
from campaign.shared_commit import Group
from tests.servers import on_sqlite

pytestmark = on_sqlite
in_blocks = pytest.mark.parametrize("writers", [False], ids=["blocks"], indirect=True)
AT_ONCE = 6
TODAY = now().date()


class Writers:
    """Threads that write on one database, and what each of them was told; `commits` are those that SQLite made.

    They hand over a function, or write within a block of their own.
    """

    def __init__(self, database, *, by_function):
        self.database, self.by_function, self.told, self.threads = database, by_function, {}, []
        self.commits = 0
        self.is_in_line = threading.Event()
        sa.event.listen(database.engine, "commit", self._count)

    def _count(self, _connection):
        self.commits += 1

    @contextmanager
    def behind_one(self):
        """Holds the turn within the block, so that who starts to write in it waits; then the holder writes as number 0."""
        may_go, works = threading.Event(), threading.Event()

        def hold():
            with self.database.writing() as session:
                works.set()
                assert may_go.wait(30)
                session.add(row(0))

        self.start(0, hold)
        assert works.wait(30)
        yield
        shared = self.database._shared
        while shared._waiting + len(shared._works) < len(self.threads) - 1:
            assert not self.told
        may_go.set()
        for thread in self.threads:
            thread.join(30)

    def start(self, number, work=None):
        """Starts one that writes a row of its own or does other work."""
        self.threads.append(threading.Thread(target=self._run, args=(number, work or self.writing_row(number))))
        self.threads[-1].start()

    def write(self, act):
        """Writes what a function of a session says."""
        if self.by_function:
            return self.database.write(partial(with_session, act))
        with self.database.writing() as session:
            return act(session)

    def writing(self, act):
        """Work that does this."""
        return lambda: self.write(act)

    def writing_row(self, number):
        """Work that writes a row and looks, right after it is told so, whether another connection sees it."""

        def write():
            assert self.write(lambda session: session.add(row(number)) or number) == number
            assert number in self.on_disk()

        return write

    def on_disk(self):
        """The numbers of the rows as another connection sees them."""
        with closing(sqlite3.connect(self.database.engine.url.database)) as other:
            return [number for (number,) in other.execute("SELECT number FROM tally ORDER BY number")]

    def _run(self, number, work):
        try:
            work()
            self.told[number] = "stored"
        except Exception as error:
            self.told[number] = type(error)


def with_session(act, connection):
    """Lets a function of a session be one of a connection."""
    with session_on(connection) as session:
        return act(session)


def owe(session):
    """Writes what cannot be committed."""
    session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
    session.execute(sa.text("INSERT INTO wave_member (wave_id, signature_id) VALUES (999, x'00')"))


def row(number):
    """A row that only `number` has."""
    return Tally(day=TODAY + timedelta(days=number), reason="asked", number=number)


@pytest.fixture(params=[True, False], ids=["functions", "blocks"])
def writers(app, request):
    """Writers on the site's database."""
    return Writers(app.extensions["campaign"].database, by_function=request.param)


def test_those_who_wait_share_a_commit_and_each_is_told_when_it_is_on_disk(writers):
    with writers.behind_one():
        for number in range(1, AT_ONCE):
            writers.start(number)

    assert writers.told == dict.fromkeys(range(AT_ONCE), "stored")
    assert writers.on_disk() == list(range(AT_ONCE))
    assert writers.commits == 1


def test_one_alone_waits_for_nobody(writers):
    for number in range(3):
        writers.start(number)
        writers.threads[-1].join(30)

    assert writers.told == dict.fromkeys(range(3), "stored")
    assert writers.commits == 3


def test_one_that_fails_undoes_what_it_wrote_and_nothing_else(writers):
    def fail(session):
        session.add(row(2))
        session.flush()
        raise ZeroDivisionError

    with writers.behind_one():
        writers.start(1)
        writers.start(2, writers.writing(fail))
        writers.start(3)

    assert writers.told == {0: "stored", 1: "stored", 2: ZeroDivisionError, 3: "stored"}
    assert writers.on_disk() == [0, 1, 3]


@pytest.mark.parametrize("is_last", [True, False], ids=["the last", "one in the middle"])
def test_where_sqlite_undoes_everything_nobody_is_told_that_it_is_stored(writers, is_last):
    """As it does by itself when the disk is full."""
    with writers.database.writing() as session:
        session.execute(
            sa.text("CREATE TRIGGER undo BEFORE INSERT ON tally WHEN NEW.number = 1 BEGIN SELECT RAISE(ROLLBACK, 'full'); END")
        )

    with writers.behind_one():
        writers.start(1)
        if not is_last:
            writers.start(2)

    assert writers.told[0] is writers.told[1] is DatabaseBusy
    assert [number for number, said in writers.told.items() if said == "stored"] == writers.on_disk()
    writers.writing_row(7)()  # and it goes on


def test_who_goes_on_after_sqlite_undid_everything_begins_no_transaction_of_its_own(writers):
    def go_on(session):
        with suppress(sa.exc.OperationalError):
            session.connection().exec_driver_sql("ROLLBACK")
        with suppress(ZeroDivisionError), session.begin_nested():
            session.add(row(1))
            raise ZeroDivisionError

    with writers.behind_one():
        writers.start(1, writers.writing(go_on))
        writers.start(2)

    assert writers.told[0] is DatabaseBusy
    assert writers.told[1] != "stored"
    assert 0 not in writers.on_disk()


def test_a_connection_that_is_given_up_while_somebody_writes_keeps_nobody_from_writing(writers):
    def give_up(session):
        session.connection().invalidate()

    with suppress(DatabaseBusy, sa.exc.SQLAlchemyError):
        writers.write(give_up)

    writers.writing_row(1)()


def test_what_a_function_knew_that_failed_is_not_kept(app):
    database, known = app.extensions["campaign"].database, [lambda: None]
    trace = weakref.ref(known[0])

    def fail(_connection):
        mine = known.pop()
        raise ZeroDivisionError(mine.__name__)

    gc.disable()
    try:
        with pytest.raises(ZeroDivisionError) as caught:
            database.write(fail)
        del caught, fail
        assert trace() is None
    finally:
        gc.enable()


def test_where_one_cannot_be_undone_alone_nothing_of_the_others_is_stored(writers):
    def fail(session):
        session.add(row(1))
        session.flush()
        session.connection().exec_driver_sql("RELEASE sa_savepoint_2")
        raise ZeroDivisionError

    with writers.behind_one():
        writers.start(1, writers.writing(fail))

    assert writers.told == {0: DatabaseBusy, 1: DatabaseBusy}
    assert writers.on_disk() == []
    writers.writing_row(7)()


def test_who_failed_because_of_what_others_wrote_says_so_only_once_that_is_stored(writers):
    def say_that_it_was_done(_session):
        raise ZeroDivisionError

    with writers.behind_one():
        writers.start(1, writers.writing(say_that_it_was_done))
        writers.start(2, writers.writing(owe))

    assert writers.told[1] in {DatabaseBusy, sa.exc.IntegrityError}


def test_who_gives_up_leaves_no_commit_to_nobody(writers, monkeypatch):
    """Its time may be up while the one before it looks whether anybody waits."""
    looked = Group.is_undone.fget
    monkeypatch.setattr(Group, "is_undone", property(lambda group: (time.sleep(1.0), looked(group))[1]))
    monkeypatch.setattr("campaign.database.LOCK_TIMEOUT", 0.5)

    with writers.behind_one():
        writers.start(1)

    assert writers.told[0] == "stored"
    assert len(writers.told) == 2


@in_blocks
def test_what_follows_a_commit_can_fail_and_what_was_stored_stays(writers):
    def write(session):
        session.add(row(1))
        session.info["after_commit"].append(lambda: 1 / 0)

    with writers.behind_one():
        writers.start(1, writers.writing(write))
        writers.start(2)

    assert writers.told == {0: "stored", 1: ZeroDivisionError, 2: "stored"}
    assert writers.on_disk() == [0, 1, 2]


def test_nothing_that_is_deleted_is_copied_to_a_file_that_nobody_empties(writers):
    """SQLite copies the pages that change within a savepoint; on Linux into files that have no name any more."""
    with writers.database.writing() as session:
        session.execute(sa.text("CREATE TABLE large (id INTEGER PRIMARY KEY, text BLOB)"))
        session.execute(
            sa.text("INSERT INTO large SELECT value, zeroblob(500) FROM json_each(:numbers)"), {"numbers": str([*range(3000)])}
        )

    with writers.database.writing() as session:
        session.execute(sa.text("DELETE FROM large WHERE id % 2"))
        open_files = [str(file.readlink()) for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]

    assert any("campaign.db" in file for file in open_files)
    assert not [file for file in open_files if "etilqs" in file]


def test_a_commit_that_fails_is_told_to_everyone_who_shares_it(writers):
    with writers.behind_one():
        writers.start(1, writers.writing(owe))
        writers.start(2)

    assert "stored" not in writers.told.values()
    assert writers.on_disk() == []
    writers.writing_row(7)()


@in_blocks
def test_what_follows_a_commit_is_done_by_its_own_writer_before_the_next_one_writes(writers):
    seen = []

    def write(session):
        session.add(row(1))
        session.info["after_commit"].append(lambda: seen.append((threading.current_thread(), writers.on_disk())))

    with writers.behind_one():
        writers.start(1, writers.writing(write))
        writers.start(2)

    assert set(writers.told.values()) == {"stored"}
    [(thread, rows)] = seen
    assert thread is writers.threads[1]
    assert 1 in rows
    assert (2 in rows) == (writers.commits == 1)


def test_the_functions_of_all_who_wait_are_called_by_whoever_has_the_place(app):
    writers, callers = Writers(app.extensions["campaign"].database, by_function=True), {}

    def writing(number):
        def act(session):
            callers[number] = threading.current_thread()
            session.add(row(number))

        return writers.writing(act)

    with writers.behind_one():
        for number in range(1, AT_ONCE):
            writers.start(number, writing(number))

    assert set(callers.values()) == {writers.threads[0]}
    assert writers.on_disk() == list(range(AT_ONCE))
    assert writers.commits == 1


def test_however_functions_and_blocks_meet_each_is_stored_once(app):
    database = app.extensions["campaign"].database
    both = [Writers(database, by_function=is_function) for is_function in (True, False)]

    def writing_some(writers, first):
        def write():
            for number in range(first, first + 25):
                writers.writing_row(number)()

        return write

    for place in range(8):
        both[place % 2].start(place, writing_some(both[place % 2], 25 * place))
    for writers in both:
        for thread in writers.threads:
            thread.join(60)

    assert both[0].told | both[1].told == dict.fromkeys(range(8), "stored")
    assert both[0].on_disk() == list(range(200))


def test_a_process_that_was_just_served_is_not_served_again_before_another_that_waits(app, settings):
    database, order = app.extensions["campaign"].database, []
    other = Database("", settings.data)

    def write_from_elsewhere():
        with other.writing():
            order.append("other")

    with closing(other):
        waiting = threading.Thread(target=write_from_elsewhere)
        with database.writing():
            order.append("first")
            waiting.start()
            while is_free(settings.data / "next.lock"):
                assert order == ["first"]
        with database.writing():
            order.append("again")
        waiting.join(30)

    assert order == ["first", "other", "again"]


def is_free(file):
    """Whether nobody holds the lock of this file."""
    with file_lock(file, wait=0) as is_ours:
        return is_ours


def test_who_waits_too_long_says_so_and_the_others_go_on(writers, monkeypatch):
    monkeypatch.setattr("campaign.database.LOCK_TIMEOUT", 0.2)

    with writers.behind_one():
        writers.start(1)
        writers.threads[1].join(30)
        assert writers.told == {1: DatabaseBusy}
        writers.told.clear()
        writers.threads.pop()

    assert writers.told == {0: "stored"}
    assert writers.on_disk() == [0]


def test_nobody_waits_longer_for_one_turn_after_another(writers, settings, monkeypatch):
    """Neither for the line within the process and then for other processes."""
    monkeypatch.setattr("campaign.database.LOCK_TIMEOUT", 2.0)
    began = time.monotonic()

    with file_lock(settings.data / "turn.lock", wait=0):
        for number in range(3):
            writers.start(number)
        for thread in writers.threads:
            thread.join(30)

    assert set(writers.told.values()) == {DatabaseBusy}
    assert time.monotonic() - began < 3.8  # two turns would be 4
