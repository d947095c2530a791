"""One commit for those of a process who write to SQLite at once (group commit), as every commit waits for the disk.

They work one after the other on one connection, each in a savepoint of its own: where one of them fails, nothing of the
others is undone. The last of those who wait commits, and nobody is told anything before all of it is on disk.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import sqlalchemy as sa


class NotCommitted(Exception):
    """Nothing was stored: others worked for too long, or SQLite undid what was shared with one of them."""


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
        """Return whether SQLite has rolled everything back, as it does when the disk is full, not only the last savepoint."""
        return not self._raw.in_transaction

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
        """Return once all of it is on disk; raise NotCommitted where it is not."""
        self._ended.wait()
        if not self._is_on_disk:
            raise NotCommitted


class SharedCommits:
    """The writers of a process: one works, the others wait."""

    def __init__(self, begin: Callable[[float], AbstractContextManager[sa.Connection]]) -> None:
        """Take `begin`, which waits for the process's turn until a moment of time.monotonic()."""
        self._begin = begin
        self._changed = threading.Condition()
        self._is_taken, self._waiting = False, 0
        self._group: Group | None = None

    @contextmanager
    def joined(self, patience: float) -> Iterator[Group]:
        """Yield a group on whose connection nobody else works within the block; return when its commit is on disk.

        Raises NotCommitted, also when others work for more than `patience` seconds.
        """
        group = self._join(time.monotonic() + patience)
        saw_others = group.writers > 1
        try:
            yield group
        except BaseException:
            self._leave(group)
            if saw_others:  # it may have failed because of what they wrote, as where something was done already
                group.wait()
            raise
        self._leave(group)
        group.wait()

    def _join(self, until: float) -> Group:
        """Wait for the place; return the group that was left there, or a new one."""
        with self._changed:
            self._waiting += 1
            try:
                is_free = self._changed.wait_for(lambda: not self._is_taken, until - time.monotonic())
            finally:
                self._waiting -= 1
            if not is_free:
                raise NotCommitted
            self._is_taken = True
        try:
            group = self._group = self._group or Group(self._begin(until))
        except BaseException:
            self._free_place()
            raise
        group.writers += 1
        return group

    def _leave(self, group: Group) -> None:
        """Leave the group to the next writer; end it where nobody waits, or where something is to follow its commit."""
        with self._changed:  # so that no writer that is counted gives up before it has seen the place free
            if self._waiting and not group.after_commit and not group.is_undone:
                self._free_place()
                return
            self._group = None
        try:
            group.end()
        finally:
            self._free_place()

    def _free_place(self) -> None:
        with self._changed:
            self._is_taken = False
            self._changed.notify()
