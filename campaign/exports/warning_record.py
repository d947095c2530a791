"""The file that says who was warned, or got news, so that what was cut off goes on and nobody gets two.

One line an e-mail: the SHA-256 of something random, never an address, and perhaps a note. A line is on disk before the next
e-mail leaves, so a process that is killed costs at most the one e-mail that it had just sent.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from campaign.crypto.keys import sync_folder
from campaign.file_lock import file_lock

FIRST_LINE = "campaign warnings, version 1"


class CannotWarn(Exception):
    """The mailing cannot go on; its text is one sentence that says what to do."""


class WarningRecord:
    """The people who got an e-mail, from an open file or several joined ones; every file gets each addition."""

    def __init__(self, streams: list[IO[bytes]], marks: dict[str, str]) -> None:
        self._streams, self.marks = streams, marks  # with the note of each

    def add(self, mark: str, note: str = "") -> None:
        """Record one more; it is on disk when this returns. Neither has a line break, the mark no space."""
        for stream in self._streams:
            stream.write(f"{mark} {note}".rstrip().encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        self.marks[mark] = note


def record_file(export: Path) -> Path:
    """Return where it is recorded who in an export was warned."""
    return export.with_name(f"{export.name}.warned")


def read_marks(file: Path, first_line: str = FIRST_LINE) -> dict[str, str]:
    """Return who got an e-mail, with the note of each; nobody where there is no such file, or an empty one.

    Raise CannotWarn for another file.
    """
    return _marks(_whole_lines(file, first_line)) if file.exists() else {}


def read_all_marks(files: Iterable[Path], first_line: str) -> dict[str, str]:
    """Return who got an e-mail by any of several records; raise CannotWarn for another file."""
    return {mark: note for file in files for mark, note in read_marks(file, first_line).items()}


@contextmanager
def open_record(*files: Path, first_line: str = FIRST_LINE) -> Iterator[WarningRecord]:
    """Open the record, or several as one, to add to it; raise CannotWarn while another process does."""
    with ExitStack() as stack:
        opened = [stack.enter_context(_open_file(file, first_line)) for file in files]
        yield WarningRecord([stream for stream, _ in opened], {mark: note for _, marks in opened for mark, note in marks.items()})


@contextmanager
def _open_file(file: Path, first_line: str) -> Iterator[tuple[IO[bytes], dict[str, str]]]:
    with file_lock(file, wait=0) as is_ours:
        if not is_ours:
            raise CannotWarn(f"Another process is sending, and records it in {file}: wait until it ends.")
        lines = _whole_lines(file, first_line) or [first_line]
        with file.open("r+b") as stream:
            stream.write("".join(f"{line}\n" for line in lines).encode())
            stream.truncate()  # a line that was cut off goes
            stream.flush()
            os.fsync(stream.fileno())
            sync_folder(file.parent)
            yield stream, _marks(lines)


def _marks(lines: list[str]) -> dict[str, str]:
    """Return the marks behind the first line, each with its note."""
    return {mark: note for mark, _, note in (line.partition(" ") for line in lines[1:])}


def _whole_lines(file: Path, first_line: str) -> list[str]:
    """Return the lines that were written to their end."""
    lines = file.read_bytes().decode("ascii", "replace").split("\n")[:-1]
    if lines and lines[0] != first_line:
        kind = first_line.partition(",")[0].removeprefix("campaign ")
        raise CannotWarn(f"{file} is not a record of {kind}. Move it away.")
    return lines
