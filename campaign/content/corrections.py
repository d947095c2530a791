"""The public log of corrections, `translations/corrections.toml`, and the lock on the source of the testimony.

The log only grows: each entry carries the fingerprint of all before it. A paragraph of the source must be the one that the last
entry about it names, or the one that was received.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from campaign.content.files import TextError
from campaign.content.pages import Text, Texts
from campaign.languages import SOURCE

LOG_FILE = "corrections.toml"
CORRECTION_KINDS = ("typo", "substance", "withheld")
REQUIRED_ENTRY_KEYS = ("day", "language", "place", "kind", "what", "why", "before")


@dataclass(frozen=True)
class Correction:
    """One entry. `what` and `why` are by language."""

    day: date
    language: str
    place: str  # the id of the paragraph, or `title`
    kind: str
    what: dict[str, str]
    why: dict[str, str]
    before: str  # the fingerprint of the entries before
    sha256: str = ""  # of the paragraph since then


@dataclass(frozen=True)
class CorrectionLog:
    """The log, the oldest entry first, and the hashes of the paragraphs as they were received."""

    received: dict[str, str]
    entries: tuple[Correction, ...]


def read_log(file: Path) -> CorrectionLog:
    """The log from its file; raises TextError where an entry lacks something or an old one was changed."""
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise TextError(f"{file}: {error}") from None
    raw = data.get("entries", [])
    for number, entry in enumerate(raw, start=1):
        wrong = _fault(entry, log_fingerprint(raw[: number - 1]))
        if wrong:
            raise TextError(f"{file}: entry {number} {wrong}.")
    return CorrectionLog(data.get("received", {}), tuple(Correction(**entry) for entry in raw))


def _fault(entry: dict[str, Any], before: str) -> str:
    """What is wrong with an entry."""
    missing = [name for name in REQUIRED_ENTRY_KEYS if not entry.get(name)]
    if missing or entry["kind"] not in CORRECTION_KINDS or not isinstance(entry["day"], date):
        return f"is to have {', '.join(REQUIRED_ENTRY_KEYS)}; a kind is one of {', '.join(CORRECTION_KINDS)}"
    if set(entry) - set(REQUIRED_ENTRY_KEYS) - {"sha256"}:
        return "has something that no entry has"
    if entry["before"] != before:
        return f"does not follow on those before it: `before` is to be {before}, and no older entry may be changed or taken out"
    return ""


def log_fingerprint(entries: list[dict[str, Any]]) -> str:
    """What the next entry carries: a hash over the entries but for the hashes of paragraphs, which may be taken out again."""
    data = [{name: value for name, value in entry.items() if name != "sha256"} for entry in entries]
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()[:16]


def unrecorded_changes(log: CorrectionLog, texts: dict[str, Texts]) -> list[str]:
    """Where the source of the testimony was changed and the log does not say so: a sentence each."""
    locked = log.received | {one.place: one.sha256 for one in log.entries if one.language == SOURCE}
    found = []
    for place, sha256 in paragraph_hashes(texts[SOURCE].testimony).items():
        if locked.get(place) != sha256:
            found.append(
                f"translations/{SOURCE}/testimony.md: {place} is not as it is locked. Put it back, or add an entry to"
                f' translations/{LOG_FILE} with `sha256 = "{sha256}"` that says what was changed and why.'
            )
    return found + [f"translations/{SOURCE}/testimony.md: {place} is gone." for place in locked if place not in _places(texts)]


def paragraph_hashes(testimony: Text) -> dict[str, str]:
    """The SHA-256 of the title and of each paragraph."""
    parts = {"title": testimony.title} | {part.id: part.words for part in testimony.paragraphs}
    return {place: hashlib.sha256(words.encode()).hexdigest() for place, words in parts.items()}


def _places(texts: dict[str, Texts]) -> set[str]:
    return {"title", *(part.id for part in texts[SOURCE].testimony.paragraphs)}
