"""One commit for those of a process who write to SQLite at once (group commit), as every commit waits for the disk.

They work one after the other on one connection, each in a savepoint of its own: where one of them fails, nothing of the
others is undone. When nobody waits any more the last one commits, and nobody is told anything before all of it is on disk.

Most hand their work over as a function. Whoever has the place calls those of all others too: a thread that goes on is faster
than one that wakes another.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

Result = TypeVar("Result")


class DatabaseBusy(Exception):
    """The database could not be written to in time, or SQLite undid what was shared with others; nothing was stored."""


class Group:
    """Writers who share a commit. What `after_commit` holds is called when it is done, before the next group may write."""

    def __init__(self, transaction: AbstractContextManager[sa.Connection]) -> None:
        """Enter `transaction`: the process's turn, and a connection that has begun; leaving it gives the turn back."""
        self.writers = 0
        self.after_commit: list[Callable[[], object]] = []
        self._ended, self._is_on_disk = threading.Event(), False
        self._stack = ExitStack()
        self.connection = self._stack.enter_context(transaction)
        self._raw: Any = self.connection.connection.dbapi_connection

    @property
    def is_undone(self) -> bool:
        """Return whether everything was rolled back, as SQLite does when the disk is full, not only the last savepoint."""
        return self.connection.invalidated or not self._raw.in_transaction

    def end(self) -> None:
        """Commit for all of them, unless nothing is left to commit, and give the turn back."""
        try:
            with self._stack:
                if not self.is_undone:
                    self._commit()
        finally:
            self._ended.set()

    def _commit(self) -> None:
        try:
            self.connection.commit()
        except BaseException:
            self.connection.invalidate()  # closed, it undoes what is still open
            raise
        self._is_on_disk = True
        for finish in self.after_commit:
            finish()

    def wait(self) -> None:
        """Return once all of it is on disk; raise DatabaseBusy where it is not."""
        self._ended.wait()
        if not self._is_on_disk:
            raise DatabaseBusy("what was shared is not stored")


class Work(Generic[Result]):
    """What somebody writes: a function, which is called with the group that it is done in."""

    def __init__(self, act: Callable[[Group], Result]) -> None:
        self._act = act
        self.group: Group | None = None  # once somebody has taken it up
        self._returned: list[Result] = []
        self._error: BaseException | None = None

    def do_in(self, group: Group) -> None:
        """Call the function, and keep what it returns or raises."""
        try:
            self._returned.append(self._act(group))
        except BaseException as error:
            self._error = error

    def result(self) -> Result:
        """Return what it returned, or raise what it raised, once."""
        error, self._error = self._error, None
        try:
            if error:
                raise error
            return self._returned[0]
        finally:
            del error  # or what it knew would stay in memory, in a circle of this frame and the error


class SharedCommits:
    """The writers of a process: one has the place, the others wait."""

    def __init__(self, begin: Callable[[float], AbstractContextManager[sa.Connection]]) -> None:
        """Take `begin`, which waits for the process's turn until a moment of time.monotonic()."""
        self._begin = begin
        self._changed = threading.Condition()
        self._is_taken, self._waiting = False, 0
        self._works: deque[Work[Any]] = deque()
        self._group: Group | None = None

    def run(self, act: Callable[[Group], Result], patience: float) -> Result:
        """Return what `act` returns when its commit is on disk; any thread that writes may call it.

        Raises DatabaseBusy, also when others work for more than `patience` seconds.
        """
        work, until = Work(act), time.monotonic() + patience
        with self._changed:
            self._works.append(work)
            self._changed.wait_for(lambda: work.group or not self._is_taken, until - time.monotonic())
            if work.group is None:
                self._works.remove(work)
                self._take_place()
        group = work.group or self._lead(work, until)
        group.wait()  # where it failed too: perhaps because of what others wrote, as where something was done already
        return work.result()

    def _lead(self, work: Work[Any], until: float) -> Group:
        """Do some work in the place, and then what others have handed over."""
        group = self._open_group(until)
        work.do_in(group)
        self._leave(group)
        return group

    @contextmanager
    def joined(self, patience: float) -> Iterator[Group]:
        """Yield a group on whose connection nobody else works within the block; return when its commit is on disk.

        Raises DatabaseBusy, also when others work for more than `patience` seconds.
        """
        until = time.monotonic() + patience
        with self._changed:
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: not self._is_taken, until - time.monotonic())
            finally:
                self._waiting -= 1
            self._take_place()
        group = self._open_group(until)
        saw_others = group.writers > 1
        try:
            yield group
        except BaseException:
            self._leave(group)
            if saw_others:  # as above
                group.wait()
            raise
        self._leave(group)
        group.wait()

    def _take_place(self) -> None:
        if self._is_taken:
            raise DatabaseBusy("others write for too long")
        self._is_taken = True

    def _open_group(self, until: float) -> Group:
        """Return the group that was left in the place, or a new one."""
        try:
            group = self._group = self._group or Group(self._begin(until))
        except BaseException:
            self._free_place()
            raise
        group.writers += 1
        return group

    def _leave(self, group: Group) -> None:
        """Do what others have handed over, and leave the group to the next writer.

        End it where nobody waits, where something is to follow its commit, and where SQLite has undone it.
        """
        while not group.after_commit and not group.is_undone:
            with self._changed:  # so that no writer that is counted gives up before it has seen the place free
                if not self._works and self._waiting:
                    self._free_place()
                    return
                if not self._works:
                    break
                work = self._works.popleft()
                work.group = group
            group.writers += 1
            work.do_in(group)
        self._group = None
        try:
            group.end()
        finally:
            self._free_place()

    def _free_place(self) -> None:
        with self._changed:
            self._is_taken = False
            self._changed.notify_all()  # each of them waits for something else
