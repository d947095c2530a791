"""Which mail workers of this machine live: each holds a lock on a file of its own, which the system drops when it dies.

What a worker has claimed carries its id, so that nothing waits for the lease of a dead one to end.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from campaign.database import Database
from campaign.mail import Letter

ID = 16  # bytes


@contextmanager
def registered(folder: Path) -> Iterator[bytes]:
    """Register this process as a mail worker in a folder while the block runs; yield its id."""
    folder.mkdir(mode=0o700, exist_ok=True)
    worker = secrets.token_bytes(ID)
    file = folder / worker.hex()
    opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield worker
        file.unlink(missing_ok=True)
    finally:
        os.close(opened)


def release_dead(database: Database, folder: Path) -> None:
    """Release what the dead workers of this machine had claimed."""
    for file in sorted(folder.iterdir()):
        if not _is_dead(file):
            continue
        with database.writing() as session:
            claimed = sa.update(Letter).where(Letter.claimed_by == bytes.fromhex(file.name))
            session.execute(claimed.values(lease_until=None, claimed_by=None))
        file.unlink(missing_ok=True)


def _is_dead(file: Path) -> bool:
    """Whether no process holds the lock of a worker's file."""
    try:
        opened = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:  # another worker was faster
        return False
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(opened)
    return True
