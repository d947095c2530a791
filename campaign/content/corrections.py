"""Read the public log of corrections and the editor's note, and compare the source of the testimony with the log.

The log, `translations/corrections.toml`, only grows: each entry carries the hash of all before it. A paragraph of the source
must have the hash that the last entry about it names, or the one of the text as received. The editor's note,
`translations/LANG/note.md`, is off by default: the campaign's words beside the testimony, signed and dated.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from markupsafe import Markup

from campaign.content.files import TextError, read_document
from campaign.content.pages import MARKDOWN, Text, Texts, load_text
from campaign.languages import LANGUAGES, SOURCE

LOG_FILE = "corrections.toml"
CORRECTION_KINDS = ("typo", "substance", "withheld")
REQUIRED_ENTRY_KEYS = ("day", "language", "place", "kind", "what", "why", "before")
NOTE_FILE = "note.md"
LOG_COMMENT = """\
# The public log of corrections to the testimony, shown on the page about the site. It only grows: docs/organizers.md
# says how an entry is written. What was received comes first: the SHA-256 of each part of the source. A part that
# differs from it must be the one that the last entry about it names.
"""


@dataclass(frozen=True)
class Correction:
    """One entry of the log; `what` and `why` are by language."""

    day: date
    language: str
    place: str  # the id of the paragraph, or `title`
    kind: str
    what: dict[str, str]
    why: dict[str, str]
    before: str  # the hash of the entries before
    sha256: str = ""  # of the paragraph since then


@dataclass(frozen=True)
class CorrectionLog:
    """The log, oldest entry first, and the hashes of the paragraphs as received."""

    received: dict[str, str]
    entries: tuple[Correction, ...]


def read_log(file: Path) -> CorrectionLog:
    """Return the log of a file; raises TextError where an entry lacks something or an older one was changed."""
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise TextError(f"{file}: {error}") from None
    entries = data.get("entries", [])
    for number, entry in enumerate(entries):
        problem = _entry_problem(entry, log_fingerprint(entries[:number]))
        if problem:
            raise TextError(f"{file}: entry {number + 1} {problem}.")
    return CorrectionLog(data.get("received", {}), tuple(Correction(**entry) for entry in entries))


def _entry_problem(entry: dict[str, Any], before: str) -> str:
    """Return what is wrong with an entry, or an empty string."""
    missing = [name for name in REQUIRED_ENTRY_KEYS if not entry.get(name)]
    if missing or entry["kind"] not in CORRECTION_KINDS or not isinstance(entry["day"], date):
        return f"must have {', '.join(REQUIRED_ENTRY_KEYS)}; a kind is one of {', '.join(CORRECTION_KINDS)}"
    if set(entry) - {*REQUIRED_ENTRY_KEYS, "sha256"}:
        return "has something that no entry has"
    if entry["before"] != before:
        return f"does not follow on those before it: `before` is to be {before}, and no older entry may be changed or taken out"
    return ""


def log_fingerprint(entries: list[dict[str, Any]]) -> str:
    """Return the hash that the next entry carries: of all entries, without their `sha256`, which may be taken out later."""
    data = [{name: value for name, value in entry.items() if name != "sha256"} for entry in entries]
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()[:16]


def unrecorded_changes(log: CorrectionLog, texts: dict[str, Texts]) -> list[str]:
    """Return a sentence for each part of the source testimony that was changed without an entry in the log."""
    file = f"translations/{SOURCE}/testimony.md"
    locked = log.received | {entry.place: entry.sha256 for entry in log.entries if entry.language == SOURCE}
    current = paragraph_hashes(texts[SOURCE].testimony)
    if not locked:
        return [f"translations/{LOG_FILE}: the testimony is not locked yet: run `campaign testimony lock`."]
    changed = [
        f"{file}: {place} is not as it is locked. Put it back, or add an entry to translations/{LOG_FILE} with"
        f' `sha256 = "{sha256}"` that says what was changed and why.'
        for place, sha256 in current.items()
        if locked.get(place) != sha256
    ]
    return changed + [f"{file}: {place} is gone." for place in locked if place not in current]


def lock_received(folder: Path) -> None:
    """Write the hashes of the testimony as received into a log that has none yet; raise TextError where it has some."""
    file = folder / LOG_FILE
    log = read_log(file) if file.exists() else CorrectionLog({}, ())
    if log.received or log.entries:
        raise TextError(f"{file}: the testimony is locked already; what is changed since needs an entry there.")
    testimony = load_text(folder, "testimony", LANGUAGES[SOURCE])
    lines = [f'{place} = "{sha256}"' for place, sha256 in paragraph_hashes(testimony).items()]
    file.write_text("\n".join([LOG_COMMENT, "[received]", *lines, ""]), "utf-8")


def paragraph_hashes(testimony: Text) -> dict[str, str]:
    """Return the SHA-256 of the title and of each paragraph."""
    parts = {"title": testimony.title} | {part.id: part.words for part in testimony.paragraphs}
    return {place: hashlib.sha256(words.encode()).hexdigest() for place, words in parts.items()}


@dataclass(frozen=True)
class EditorNote:
    """A note in one language."""

    signed_by: str
    day: date
    html: Markup  # raw HTML in it is escaped


def read_notes(folder: Path, codes: list[str]) -> dict[str, EditorNote]:
    """Return the notes by language: in all of them or in none; raise TextError."""
    there = [code for code in codes if (folder / code / NOTE_FILE).exists()]
    missing = [code for code in codes if code not in there]
    if there and missing:
        raise TextError(
            f"The editor's note must be there in every language or in none: translations/{missing[0]}/{NOTE_FILE} is missing."
        )
    return {code: read_note(folder / code / NOTE_FILE) for code in there}


def read_note(file: Path) -> EditorNote:
    """Return one note; raise TextError unless somebody signed it and it says when."""
    found = read_document(file)
    signed_by, day = found.meta.get("signed_by"), found.meta.get("day")
    if not signed_by or not isinstance(day, date):
        raise TextError(f"{file}: `signed_by` and `day` must say who signs the note, and its day.")
    words = "\n\n".join(block.words for block in found.blocks)
    return EditorNote(str(signed_by), day, Markup(MARKDOWN.render(words)))  # noqa: S704  # our own files, html switched off
