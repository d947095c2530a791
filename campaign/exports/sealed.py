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
FORMAT_VERSION = 1  # of the files that are written from now on; READERS has every version that is read
MAX_LINE = 200  # bytes of the first and of the last line
ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False)
LAST_LINE_START = b'{"count": '


def write_sealed(pages: Iterable[list[StoredSignature]], out: IO[bytes], key_id: bytes) -> None:
    """Write the pages as they are; `key_id` is the key that records are sealed to now."""
    count = 0
    out.write(_line({"format": FORMAT_NAME, "version": FORMAT_VERSION, "key": key_id.hex()}))
    for page in pages:
        out.writelines(_line(_plain(stored)) for stored in page)
        count += len(page)
    out.write(_line({"count": count}))


def count_sealed(file: Path) -> int:
    """Return how many signatures a sealed export holds; raise CannotOpen unless it is whole."""
    with file.open("rb") as stream:
        _head(file, stream)
        stream.seek(-min(MAX_LINE, file.stat().st_size), os.SEEK_END)
        last = _object(stream.read().rstrip(b"\n").rpartition(b"\n")[2])
    if not isinstance(last.get("count"), int):
        raise CannotOpen(f"{file} is cut off: take it from the server again.")
    return int(last["count"])


def read_sealed(file: Path, expected: int) -> Iterator[list[StoredSignature]]:
    """Yield the pages of a sealed export, still sealed; raise CannotOpen at a damaged line, and if a signature is missing."""
    found = 0
    with file.open("rb") as stream:
        read = READERS[_head(file, stream)["version"]]
        lines = enumerate(takewhile(lambda line: not line.startswith(LAST_LINE_START), stream), 2)
        while page := [_stored(read, file, number, line) for number, line in islice(lines, PAGE)]:
            found += len(page)
            yield page
    if found != expected:
        raise CannotOpen(f"{file} is damaged: it holds {found:,} signatures of {expected:,}.")


def _head(file: Path, stream: IO[bytes]) -> dict[str, Any]:
    """Read the first line of a sealed export; raise CannotOpen unless it names a version in READERS."""
    head = _object(stream.readline(MAX_LINE))
    version = head.get("version")
    if head.get("format") != FORMAT_NAME or not isinstance(version, int) or version not in READERS:
        raise CannotOpen(f"{file} is not a sealed export that this version knows.")
    return head


def _line(fields: dict[str, Any]) -> bytes:
    return ENCODER.encode(fields).encode() + b"\n"


def _plain(stored: StoredSignature) -> dict[str, Any]:
    sealed = base64.b64encode(stored.sealed).decode()
    return stored._asdict() | {"id": stored.id.hex(), "confirmed_on": stored.confirmed_on.isoformat(), "sealed": sealed}


def _stored(read: Callable[[bytes], StoredSignature], file: Path, number: int, line: bytes) -> StoredSignature:
    try:
        return read(line)
    except (ValueError, TypeError):
        raise CannotOpen(f"Line {number:,} of {file} is damaged.") from None


def _read_first(line: bytes) -> StoredSignature:
    """Read one signature of a file of version 1."""
    found = StoredSignature(**json.loads(line))
    return found._replace(
        id=bytes.fromhex(str(found.id)),
        confirmed_on=date.fromisoformat(str(found.confirmed_on)),
        sealed=base64.b64decode(found.sealed, validate=True),
    )


READERS: dict[int, Callable[[bytes], StoredSignature]] = {1: _read_first}


def _object(line: bytes) -> dict[str, Any]:
    """Return the JSON object in a line; an empty one where there is none."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


SEALED = Format(
    name="sealed",
    content_type="application/octet-stream",
    label=lazy_gettext("Sealed file"),
    hint=lazy_gettext("Opens only where the private key is."),
    write=lambda source, out: write_sealed(source.track(source.pages), out, source.key_id),
    needs_key=False,
)
