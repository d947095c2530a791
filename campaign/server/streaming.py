"""Stream files that are made while they are sent, in constant memory.

granian buffers what an application sends, however much that is (its issue 885), but reads a file on disk as it goes. So the
content is written into a named pipe, which has a path like a file and never touches the disk, and granian reads from that.
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

from werkzeug.wsgi import FileWrapper

OPEN_TIMEOUT = 10
"""The seconds that granian may take to open the pipe; it never does for a client that has gone."""

log = logging.getLogger(__name__)


def stream_to_fifo(pieces: FileWrapper) -> Path:
    """Return a named pipe into which a thread writes the pieces, as fast as they are read.

    A file that cannot be read to its end is cut off, which the client sees by its length.
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
    except Exception as error:  # such as a client that has gone, or a damaged file
        log.warning("A file was not sent to its end: %s", type(error).__name__)


@contextlib.contextmanager
def _open_fifo(pipe: Path) -> Iterator[Any]:
    """Yield the pipe opened for writing once it is read from; delete its name as soon as both ends are open."""
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
    """Return the pipe opened for writing; None while it is not read from."""
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        return None
