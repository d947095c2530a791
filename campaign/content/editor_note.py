"""The editor's note, `translations/LANG/note.md`: the campaign's words beside the testimony, signed and dated; off by default."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from markupsafe import Markup

from campaign.content.files import TextError
from campaign.content.files import read_document as read_file
from campaign.content.pages import MARKDOWN

NOTE_FILE = "note.md"


@dataclass(frozen=True)
class EditorNote:
    """A note in one language."""

    signed_by: str
    day: date
    html: Markup  # raw HTML in it is escaped


def read_notes(folder: Path, codes: list[str]) -> dict[str, EditorNote]:
    """The notes by language: in all of them or in none; raises TextError."""
    there = [code for code in codes if (folder / code / NOTE_FILE).exists()]
    missing = [code for code in codes if code not in there]
    if there and missing:
        raise TextError(
            f"The editor's note stands in every language or in none: translations/{missing[0]}/{NOTE_FILE} is missing."
        )
    return {code: read_note(folder / code / NOTE_FILE) for code in there}


def read_note(file: Path) -> EditorNote:
    """One note; raises TextError unless somebody signed it and it says when."""
    found = read_file(file)
    signed_by, day = found.meta.get("signed_by"), found.meta.get("day")
    if not signed_by or not isinstance(day, date):
        raise TextError(f"{file}: `signed_by` and `day` are to say who signs the note, and of which day it is.")
    words = "\n\n".join(block.words for block in found.blocks)
    return EditorNote(str(signed_by), day, Markup(MARKDOWN.render(words)))  # noqa: S704  # our own files, html switched off
