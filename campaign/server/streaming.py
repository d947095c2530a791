"""Files that the site makes while they are sent: as fast as their reader takes them, in constant memory.

granian keeps what an application sends in memory until the reader has taken it, however much that is (its issue 885). A file on
the disk it reads as it goes. So what is made is written into a named pipe, which has a name like a file and a content that
never touches the disk, and granian reads from that.
"""

import contextlib
import errno
import logging
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OPEN_TIMEOUT = 10
"""How long granian may take to open the pipe; a client that is gone is not waited for."""

log = logging.getLogger(__name__)


class FileWrapper:
    """A file that the site answers with, in place of its content: PEP 3333's `wsgi.file_wrapper`."""

    def __init__(self, file: Any, size: int) -> None:
        self.file, self.size = file, size

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self.size), b"")

    def close(self) -> None:
        """The file is no longer needed."""
        self.file.close()


def stream_to_fifo(pieces: FileWrapper) -> Path:
    """A pipe that gives the pieces to whoever reads it, from a thread of its own, which waits for slow readers.

    A file that cannot be read to its end is cut off, which the reader knows by its length.
    """
    pipe = Path(tempfile.mkdtemp(prefix="campaign-")) / "pipe"
    os.mkfifo(pipe, 0o600)
    threading.Thread(target=_stream, args=(pieces, pipe), name="pipe", daemon=True).start()
    return pipe


def _stream(pieces: FileWrapper, pipe: Path) -> None:
    try:
        with contextlib.closing(pieces), _open_fifo(pipe) as end:
            for piece in pieces:
                end.write(piece)
    except Exception as error:  # whatever it is: a reader who has gone away, a file that is damaged
        log.warning("A file was not sent to its end: %s", type(error).__name__)


@contextlib.contextmanager
def _open_fifo(pipe: Path) -> Iterator[Any]:
    """The end to write into, once somebody reads at the other; the name goes as soon as both have it."""
    give_up = time.monotonic() + OPEN_TIMEOUT
    try:
        while (end := _try_open(pipe)) is None:
            if time.monotonic() > give_up:
                raise TimeoutError
            time.sleep(0.005)
    finally:
        pipe.unlink()
        pipe.parent.rmdir()
    os.set_blocking(end, True)
    with os.fdopen(end, "wb") as stream:
        yield stream


def _try_open(pipe: Path) -> int | None:
    """The pipe, opened for writing; None while nobody reads."""
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        return None
