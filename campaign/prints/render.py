"""Draw prints and keep them: files in the data folder's `prints/`, named by the hash of all they are made from."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from unicodedata import normalize

from flask import Flask

from campaign.config import PACKAGE, TEMPLATES
from campaign.file_lock import file_lock
from campaign.languages import LANGUAGES
from campaign.prints.documents import Print, all_prints

FONTS = PACKAGE / "prints" / "fonts"
TYPESETTER = PACKAGE / "prints" / "typesetter.py"
SOURCES = TEMPLATES / "prints"
RENDER_TIMEOUT = 20  # seconds for one drawing, which takes less than one
RETRY_RENDER_AFTER = 60.0  # seconds in which a print that failed is not tried again by this process
_failed: dict[Path, float] = {}


class RenderError(Exception):
    """A print that could not be drawn; its text says which one and the last words of the typesetter."""


def print_file(wanted: Print, folder: Path) -> Path:
    """Return where a print is kept: other texts, templates, fonts or another typesetter, and it is another file."""
    made_from = hashlib.sha256(f"{_toolchain_hash()}\n{wanted.template}\n{_json(wanted)}".encode()).hexdigest()
    return folder / f"{wanted.name}.{made_from[:16]}.{wanted.ending}"


def get_or_render(wanted: Print, folder: Path) -> bytes:
    """Return a print, drawn now if it never was; raise RenderError."""
    file = print_file(wanted, folder)
    if not file.exists():
        render(wanted, file)
    return file.read_bytes()


def render(wanted: Print, file: Path) -> None:
    """Draw into `file`, which is there when it is whole; of all processes one draws at a time. Raise RenderError."""
    if _failed.get(file, float("-inf")) > time.monotonic() - RETRY_RENDER_AFTER:
        raise RenderError(f"{wanted.name} could not be drawn a moment ago.")
    try:
        with _folder_lock(file.parent):
            if not file.exists():
                _typeset(wanted, file)
    except (OSError, subprocess.SubprocessError) as error:
        _failed[file] = time.monotonic()
        output = getattr(error, "stderr", None) or b""
        raise RenderError(
            f"{wanted.name} could not be drawn: {output.decode(errors='replace').strip()[-500:] or error}"
        ) from None


def prerender_next(app: Flask, folder: Path, say: Callable[[str], None]) -> bool:
    """Draw one missing print; return True when no more can be drawn, once those no longer needed are deleted."""
    with app.app_context():
        wanted = list(all_prints())
    for one in wanted:
        try:
            if not print_file(one, folder).exists():
                render(one, print_file(one, folder))
                return False
        except RenderError as error:
            say(str(error))
    delete_unneeded_prints(wanted, folder)
    return True


def delete_unneeded_prints(wanted: Iterable[Print], folder: Path) -> None:
    """Forget what was drawn from older texts, and what was left unfinished."""
    needed = {print_file(one, folder) for one in wanted}
    with _folder_lock(folder):
        for file in [*folder.glob("*.pdf"), *folder.glob("*.png")]:
            if file not in needed:
                file.unlink()


def _typeset(wanted: Print, file: Path) -> None:
    unfinished = file.with_name(f"unfinished.{wanted.ending}")
    command = [sys.executable, str(TYPESETTER), str(SOURCES / wanted.template), str(unfinished)]
    subprocess.run(command, input=_json(wanted).encode(), check=True, capture_output=True, timeout=RENDER_TIMEOUT)
    unfinished.replace(file)


@contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
    """Let one process at a time work in the folder of prints, which is made on the way."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file_lock(folder / ".lock", wait=float("inf")):
        yield


@cache
def _toolchain_hash() -> str:
    """Return the hash of what all prints share: templates, fonts, typesetter."""
    files = sorted([*SOURCES.glob("*.typ"), *FONTS.glob("*.ttf"), TYPESETTER])
    parts = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return "\n".join([version("typst"), version("pillow"), *parts])


def _json(wanted: Print) -> str:
    rtl = [code for code, language in LANGUAGES.items() if language.is_rtl]
    return normalize("NFC", json.dumps(wanted.data | {"rtl": rtl}, ensure_ascii=False, sort_keys=True))  # marks in one order
