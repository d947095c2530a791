"""The live mail workers of this machine: each holds a lock on its own file, which the system drops when it dies.

What a worker has claimed carries its id, so that nothing waits for the lease of a dead one to end.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from campaign.database import Database
from campaign.file_lock import file_lock
from campaign.outbox.queue import OutboxMessage

ID_LENGTH = 16  # bytes


@contextmanager
def registered(folder: Path) -> Iterator[bytes]:
    """Register this process as a mail worker in a folder while the block runs; yield its id."""
    folder.mkdir(mode=0o700, exist_ok=True)
    worker = secrets.token_bytes(ID_LENGTH)
    file = folder / worker.hex()
    with file_lock(file, wait=0):
        yield worker
        file.unlink(missing_ok=True)


def release_dead(database: Database, folder: Path) -> None:
    """Release what the dead workers of this machine had claimed."""
    for file in sorted(folder.iterdir()):
        with file_lock(file, wait=0) as is_dead:
            if is_dead:
                _release(database, bytes.fromhex(file.name))
                file.unlink(missing_ok=True)


def _release(database: Database, worker: bytes) -> None:
    with database.writing() as session:
        claimed = sa.update(OutboxMessage).where(OutboxMessage.claimed_by == worker)
        session.execute(claimed.values(lease_until=None, claimed_by=None))
