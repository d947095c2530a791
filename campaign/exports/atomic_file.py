"""The file that an export goes into: there when it is whole, and not before."""

import errno
import hashlib
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from campaign.crypto.keys import sync_folder


class HashingWriter(io.RawIOBase):
    """Passes on what is written and knows its size and SHA-256; it cannot be sought in, so nothing is changed afterwards."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.size = 0  # bytes
        self._stream = stream
        self._sha256 = hashlib.sha256()

    def writable(self) -> bool:
        """Return True, as a writer does."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # nothing else is ever written
        """Write all of it."""
        self._stream.write(data)
        self._sha256.update(data)
        self.size += len(data)
        return len(data)

    @property
    def sha256(self) -> str:
        """Return the hash of everything written so far, in hex."""
        return self._sha256.hexdigest()


@contextmanager
def atomic_file(file: Path, *, replaces: bool = False) -> Iterator[IO[bytes]]:
    """Yield a new file, readable by its owner alone, that gets its name when it is complete and on disk.

    Raises FileExistsError when there is one of that name, unless it is to be replaced. What was written goes when anything goes
    wrong.
    """
    if file.exists() and not replaces:
        raise FileExistsError(f"{file} already exists. Name another file, or move it away.")
    if not file.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "there is no such folder", str(file.parent))
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(file.parent)
