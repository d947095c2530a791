"""A file that one process at a time holds locked; the system lets go of it when that process ends, however it ends."""

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def file_lock(file: Path, *, wait: float, shared: bool = False) -> Iterator[bool]:
    """Hold `file` locked within the block; yield False when another process still holds it after `wait` seconds.

    Several can hold it `shared`, while nobody holds it alone.
    Waiters try again at random times of well under a millisecond, so that none of them is last for ever.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        give_up = time.monotonic() + wait
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        while not (is_ours := _locked(descriptor, kind)) and time.monotonic() < give_up:
            time.sleep(random.uniform(0.0002, 0.0008))  # noqa: S311  # spreads waiters, hides nothing
        yield is_ours
    finally:
        os.close(descriptor)


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
