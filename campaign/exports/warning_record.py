"""The file that says who was warned, or got news, so that what was cut off goes on and nobody gets two.

One line an e-mail: the SHA-256 of something random, never an address, and perhaps a note. A line is on disk before the next
e-mail leaves, so a process that is killed costs at most the one e-mail that it had just sent.
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
    """The mailing cannot go on; its text is one sentence that says what to do."""


class WarningRecord:
    """Who got an e-mail, as it stands in an open file."""

    def __init__(self, stream: IO[bytes], marks: dict[str, str]) -> None:
        self._stream, self.marks = stream, marks  # with the note of each

    def add(self, mark: str, note: str = "") -> None:
        """Record one more; it is on disk when this returns. Neither has a line break, the mark no space."""
        self._stream.write(f"{mark} {note}".rstrip().encode() + b"\n")
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self.marks[mark] = note


def record_file(export: Path) -> Path:
    """Return where it is recorded who in an export was warned."""
    return export.with_name(f"{export.name}.warned")


def read_marks(file: Path, first_line: str = FIRST_LINE) -> dict[str, str]:
    """Return who got an e-mail, with the note of each; nobody where there is no such file, or an empty one.

    Raise CannotWarn for another file.
    """
    return _marks(_whole_lines(file, first_line)) if file.exists() else {}


@contextmanager
def open_record(file: Path, first_line: str = FIRST_LINE) -> Iterator[WarningRecord]:
    """Open the record to add to it; raise CannotWarn while another process does."""
    with file_lock(file, wait=0) as is_ours:
        if not is_ours:
            raise CannotWarn(f"Another process is sending, and records it in {file}: wait for it to end.")
        lines = _whole_lines(file, first_line) or [first_line]
        with file.open("r+b") as stream:
            stream.write("".join(f"{line}\n" for line in lines).encode())
            stream.truncate()  # a line that was cut off goes
            stream.flush()
            os.fsync(stream.fileno())
            sync_folder(file.parent)
            yield WarningRecord(stream, _marks(lines))


def _marks(lines: list[str]) -> dict[str, str]:
    """Return the marks behind the first line, each with its note."""
    return {mark: note for mark, _, note in (line.partition(" ") for line in lines[1:])}


def _whole_lines(file: Path, first_line: str) -> list[str]:
    """Return the lines that were written to their end."""
    lines = file.read_bytes().decode("ascii", "replace").split("\n")[:-1]
    if lines and lines[0] != first_line:
        kind = first_line.partition(",")[0].removeprefix("campaign ")
        raise CannotWarn(f"{file} is no record of {kind}: move it away.")
    return lines
