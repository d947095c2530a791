"""The sealed export: a file that leaves the server unopened, for the machine that has the private key.

JSON Lines in UTF-8. The first line names the format, its version and the newest key; then one object a signature, its fields
those of `rows.StoredSignature`: `id` in hex, `sealed` (see `sealing.seal`) in base64, the others as they are; the last line says
how many there were, so that a file that was cut off is known. docs/formats.md describes it, and tests/formats holds it.
"""

import base64
import json
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice, takewhile
from pathlib import Path
from typing import IO, Any

from flask_babel import lazy_gettext

from campaign.crypto.sealing import CannotOpen
from campaign.exports.format import Format
from campaign.exports.rows import PAGE, StoredSignature

FORMAT_NAME = "campaign sealed export"
FORMAT_VERSION = 2  # of the files that are written from now on; READERS has every version that is read
MAX_LINE = 200  # bytes of the first and of the last line
MAX_RECORD = 16_384  # bytes of a line with a signature; a true one has less than 4,000
MAX_TEXT = 1000  # characters of one of its texts
ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False)
MAX_VERSION = 100_000  # versions of the letter in one language
OPTIONAL = ("country", "shown_as", "sealed_for", "version")  # the fields that may be null
LAST_LINE_START = b'{"count": '


def write_sealed(pages: Iterable[list[StoredSignature]], out: IO[bytes], key_id: bytes) -> None:
    """Write the pages as they are; `key_id` is the key that records are sealed to now."""
    count = 0
    out.write(json_line({"format": FORMAT_NAME, "version": FORMAT_VERSION, "key": key_id.hex()}))
    for page in pages:
        out.writelines(json_line(_plain(stored)) for stored in page)
        count += len(page)
    out.write(json_line({"count": count}))


def count_sealed(file: Path) -> int:
    """Return how many signatures a sealed export holds; raise CannotOpen unless it is whole."""
    with file.open("rb") as stream:
        _head(file, stream)
        return read_count(file, stream)


def read_count(file: Path, stream: IO[bytes]) -> int:
    """Return the number in the last line; raise CannotOpen where there is none."""
    stream.seek(-min(MAX_LINE, file.stat().st_size), os.SEEK_END)
    count = json_object(stream.read().rstrip(b"\n").rpartition(b"\n")[2]).get("count")
    if type(count) is not int or count < 0:
        raise CannotOpen(f"{file} is cut off. Take it from the server again.")
    return count


def read_sealed(file: Path, expected: int, repeated: list[bytes]) -> Iterator[list[StoredSignature]]:
    """Yield the pages of a sealed export, still sealed; raise CannotOpen at a damaged line, and if a signature is missing.

    A signature that was in the file before is left out, and its id goes to `repeated`.
    """
    found, known = 0, set[bytes]()
    with file.open("rb") as stream:
        read = READERS[_head(file, stream)["version"]]
        every_line = iter(lambda: stream.readline(MAX_RECORD), b"")
        lines = enumerate(takewhile(lambda line: not line.startswith(LAST_LINE_START), every_line), 2)
        while page := [_stored(read, file, number, line) for number, line in islice(lines, PAGE)]:
            found += len(page)
            yield [stored for stored in page if _is_new(stored.id, known, repeated)]
    if found != expected:
        raise CannotOpen(f"{file} is damaged: it holds {found:,} signatures of {expected:,}.")


def _is_new(record: bytes, known: set[bytes], repeated: list[bytes]) -> bool:
    """Note one id; return whether it was unknown."""
    if record in known:
        repeated.append(record)
        return False
    known.add(record)
    return True


def _head(file: Path, stream: IO[bytes]) -> dict[str, Any]:
    """Read the first line of a sealed export; raise CannotOpen unless it names a version in READERS."""
    head = json_object(stream.readline(MAX_LINE))
    version = head.get("version")
    if head.get("format") != FORMAT_NAME or type(version) is not int or version not in READERS:
        raise CannotOpen(f"{file} is not a sealed export that this version knows.")
    return head


def json_line(fields: dict[str, Any]) -> bytes:
    """Return one line of a sealed file."""
    return ENCODER.encode(fields).encode() + b"\n"


def _plain(stored: StoredSignature) -> dict[str, Any]:
    sealed = base64.b64encode(stored.sealed).decode()
    return stored._asdict() | {"id": stored.id.hex(), "confirmed_on": stored.confirmed_on.isoformat(), "sealed": sealed}


def _stored(read: Callable[[bytes], StoredSignature], file: Path, number: int, line: bytes) -> StoredSignature:
    try:
        return read(line)
    except (ValueError, TypeError, RecursionError):
        raise CannotOpen(f"Line {number:,} of {file} is damaged.") from None


def _read(line: bytes) -> StoredSignature:
    """Read one signature: a file of version 1 lacks `sealed_for` and `version`, which are as if they were null."""
    found = StoredSignature(**json.loads(line))
    for name, value in found._asdict().items():
        _check_value(name, value)
    return found._replace(
        id=bytes.fromhex(str(found.id)),
        confirmed_on=date.fromisoformat(str(found.confirmed_on)),
        sealed=base64.b64decode(found.sealed, validate=True),
    )


def _check_value(name: str, value: object) -> None:
    """Raise TypeError or ValueError for what no export of ours holds in this field: the server may be in other hands."""
    if name == "news":
        is_ours = isinstance(value, bool)
    elif value is None:
        is_ours = name in OPTIONAL
    elif name == "version":
        is_ours = type(value) is int and 0 < value <= MAX_VERSION
    else:
        is_ours = isinstance(value, str) and (name == "sealed" or len(value) <= MAX_TEXT)
    if not is_ours:
        raise TypeError(name)
    if isinstance(value, str):
        value.encode()  # a lone surrogate can be written into no document


READERS: dict[int, Callable[[bytes], StoredSignature]] = {1: _read, 2: _read}


def json_object(line: bytes) -> dict[str, Any]:
    """Return the JSON object in a line; an empty one where there is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


SEALED = Format(
    name="sealed",
    content_type="application/octet-stream",
    label=lazy_gettext("Sealed file"),
    hint=lazy_gettext("Opens only where the private key is."),
    care=lazy_gettext("Take it to the machine that has the private key, open it there, and delete it here."),
    write=lambda source, out: write_sealed(source.track(source.pages), out, source.key_id),
    needs_key=False,
)
