"""The file of a backup: age format, encrypted to the backup key; inside are a line that says what it is, and the database.

`age --decrypt` opens it without this program. See docs/formats.md.
"""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pyrage
from pyrage.x25519 import Identity, Recipient

BACKUP_FORMAT, BACKUP_VERSION = "campaign backup", 1
LONGEST_FIRST_LINE = 10_000  # bytes of the first line


class BackupError(Exception):
    """A backup cannot be made, opened or put back; its text is one sentence that says what to do."""


@dataclass(frozen=True)
class BackupHeader:
    """What the first line of a backup says."""

    made_at: datetime  # a moment just before the database was read
    database: str  # sqlite or postgresql
    revision: str  # of the tables
    keys: dict[str, str]  # the fingerprints of the campaign's keys

    def line(self) -> bytes:
        """Return the line as it is written."""
        said = {"format": BACKUP_FORMAT, "version": BACKUP_VERSION, **asdict(self), "made_at": self.made_at.isoformat()}
        return json.dumps(said).encode() + b"\n"


class _Faithful:
    """Pass reads and writes on, and keep the exception that the library would replace with its own."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        return bytes(self._keep(self._stream.read, size))

    def write(self, data: bytes) -> int:
        self._keep(self._stream.write, data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the code that opened the stream closes it."""

    def _keep(self, act: Callable[[Any], Any], value: Any) -> Any:
        try:
            return act(value)
        except Exception as error:
            self.error = error
            raise


class _Joined(io.RawIOBase):
    """Reads the first line, then the rest."""

    def __init__(self, line: bytes, rest: IO[bytes]) -> None:
        self._line, self._rest = line, rest

    def read(self, size: int = -1) -> bytes:
        if self._line:
            part, self._line = self._line[:size], self._line[size:]
            return part
        return self._rest.read(size)


def encrypt_stream(source: IO[bytes], out: IO[bytes], recipient: Recipient) -> None:
    """Encrypt all there is to read to the backup key; what goes wrong in reading or writing is raised as it was."""
    with _own_errors(_Faithful(source), _Faithful(out)) as (reading, writing):
        pyrage.encrypt_io(reading, writing, [recipient])


def write_backup(header: BackupHeader, database: IO[bytes], out: IO[bytes], recipient: Recipient) -> None:
    """Write a backup into an open file."""
    encrypt_stream(_Joined(header.line(), database), out, recipient)  # type: ignore[arg-type]  # it reads, which is all it is for


def decrypt_file(file: Path, out: Any, identity: Identity) -> None:
    """Decrypt a file into an object with `write`; raise BackupError for a wrong key and for a damaged or cut-off file."""
    with file.open("rb") as stream:
        try:
            with _own_errors(_Faithful(stream), _Faithful(out)) as (reading, writing):
                pyrage.decrypt_io(reading, writing, [identity])
        except pyrage.DecryptError as error:
            if "No matching keys" in str(error):
                raise BackupError(f"{file} is encrypted to another backup key. Give the key that belongs to it.") from None
            raise BackupError(f"{file} is not a backup, or it is damaged. Use another one.") from None
        except OSError as error:
            if error.errno is not None:
                raise
            raise BackupError(f"{file} is damaged or cut off. Use another one.") from None


class BackupReader:
    """Takes a decrypted backup apart while it is written: the header first, then the database into a stream."""

    def __init__(self, begin: Callable[[BackupHeader], Any]) -> None:
        """`begin` is called with the header and returns what takes the database."""
        self._begin, self._line = begin, b""
        self._rest: Any = None
        self.header: BackupHeader | None = None

    def write(self, data: bytes) -> int:
        """Take the next part."""
        if self._rest is None:
            line, end, data = (self._line + data).partition(b"\n")
            if not end:
                self._line = line
                if len(line) > LONGEST_FIRST_LINE:
                    raise BackupError("This is not a backup of a campaign.")
                return 0
            self.header = parse_header(line)
            self._rest = self._begin(self.header)
        self._rest.write(data)
        return len(data)


def parse_header(line: bytes) -> BackupHeader:
    """Return what the first line says; raise BackupError for anything else, and for a version that is not known."""
    try:
        said = json.loads(line)
        if said["format"] != BACKUP_FORMAT:
            raise BackupError("This is not a backup of a campaign.")
        if said["version"] != BACKUP_VERSION:
            raise BackupError(f"The backup has version {said['version']}. Open it with a newer version of the program.")
        made_at = datetime.fromisoformat(said["made_at"])
        return BackupHeader(made_at, said["database"], said["revision"], said["keys"])
    except (ValueError, KeyError, TypeError):
        raise BackupError("This is not a backup of a campaign.") from None


@contextmanager
def _own_errors(*streams: _Faithful) -> Iterator[tuple[_Faithful, ...]]:
    """Raise what went wrong in a stream itself rather than what the library makes of it."""
    try:
        yield streams
    except Exception:
        for stream in streams:
            if stream.error is not None:
                raise stream.error from None
        raise
