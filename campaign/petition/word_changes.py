"""What a row that is to be published changes for readers: its parts, what the page says about them, and their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaign.petition.drafts import Drafted, readable
from campaign.petition.page_blocks import PAGES, page_files
from campaign.petition.published import LETTERS, PublishedText, TextKind, letter_from
from campaign.petition.versions import Piece, changed_words

STANDING = "standing"  # the name of what the page says of the translation


@dataclass(frozen=True)
class RowChange:
    """What one row changes. A row can also change what no reader sees, such as from which words a part was translated."""

    parts: Mapping[str, Sequence[Piece]]  # by the name of the part: what is kept, taken out and put in
    names: Sequence[str]  # of all parts, in their order
    is_reordered: bool
    has_other_notes: bool  # about paragraphs that are missing or behind their source


def change_of(row: PublishedText, drafted: Drafted) -> RowChange:
    """Return what a row would change in the public words."""
    kind, was = TextKind(row.kind), drafted.words.current.get((row.kind, row.name))
    program = {block.id: block.words for block in page_files(kind)[row.name].blocks} if kind in PAGES else {}
    before, after = program | _shown(row, was), program | _shown(row, row.value)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return RowChange(
        parts={name: list(changed_words(before.get(name, ""), after.get(name, ""))) for name in names},
        names=list({**after, **before}),
        is_reordered=_is_reordered(kind, was, row.value),
        has_other_notes=kind in LETTERS and _notes(was) != _notes(row.value),
    )


def _shown(row: PublishedText, value: Any) -> dict[str, str]:
    """Return all that readers see, by the name of its part."""
    if row.kind not in LETTERS or not value:
        return readable(row.kind, value)
    standing = letter_from(row.name, value).standing
    return readable(row.kind, value) | ({STANDING: standing} if standing else {})


def _is_reordered(kind: TextKind, was: Any, is_now: Any) -> bool:
    """Return whether paragraphs that are in both have another order."""
    if kind not in (*LETTERS, *PAGES) or not was or not is_now:
        return False
    old, new = ([part["id"] for part in value["paragraphs"]] if kind in LETTERS else list(value) for value in (was, is_now))
    return [name for name in old if name in new] != [name for name in new if name in old]


def _notes(value: Any) -> dict[str, str]:
    return {part["id"]: part["note"] for part in value["paragraphs"] if part["note"]} if value else {}
