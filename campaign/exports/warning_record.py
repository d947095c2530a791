"""The file beside a sealed export that says who was warned, so that a warning that was cut off goes on and nobody gets two.

One line a signature: the SHA-256 of its random id, never an address. A line is on disk before the next e-mail leaves, so a
process that is killed costs at most the one e-mail that it had just sent.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from campaign.crypto.keys import sync_folder
from campaign.file_lock import file_lock

FIRST_LINE = "campaign warnings, version 1"


class CannotWarn(Exception):
    """The warning cannot go on; its text is one sentence that says what to do."""


class WarningRecord:
    """Who was warned, as it stands in an open file."""

    def __init__(self, stream: IO[bytes], marks: set[str]) -> None:
        self._stream, self.marks = stream, marks

    def add(self, mark: str) -> None:
        """Record one more; it is on disk when this returns."""
        self._stream.write(f"{mark}\n".encode())
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self.marks.add(mark)


def record_file(export: Path) -> Path:
    """Return where it is recorded who in an export was warned."""
    return export.with_name(f"{export.name}.warned")


def read_marks(file: Path) -> set[str]:
    """Return who was warned; nobody where there is no such file, or an empty one. Raise CannotWarn for another file."""
    return set(_whole_lines(file)[1:]) if file.exists() else set()


@contextmanager
def open_record(file: Path) -> Iterator[WarningRecord]:
    """Open the record to add to it; raise CannotWarn while another process does."""
    with file_lock(file, wait=0) as is_ours:
        if not is_ours:
            raise CannotWarn(f"Another process is sending, and records it in {file}: wait for it to end.")
        lines = _whole_lines(file) or [FIRST_LINE]
        with file.open("r+b") as stream:
            stream.write("".join(f"{line}\n" for line in lines).encode())
            stream.truncate()  # a line that was cut off goes
            stream.flush()
            os.fsync(stream.fileno())
            sync_folder(file.parent)
            yield WarningRecord(stream, set(lines[1:]))


def _whole_lines(file: Path) -> list[str]:
    """Return the lines that were written to their end."""
    lines = file.read_bytes().decode("ascii", "replace").split("\n")[:-1]
    if lines and lines[0] != FIRST_LINE:
        raise CannotWarn(f"{file} is no record of warnings: move it away.")
    return lines
