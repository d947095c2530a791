"""What is decided about the testimony for all languages, and the texts as they are after it."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from campaign.content import corrections, editor_note, pages, redaction
from campaign.content.corrections import Correction
from campaign.content.editor_note import Note
from campaign.content.files import TextError
from campaign.content.pages import Texts

RULES = "testimony.toml"
ATTRIBUTIONS = ("full", "first", "initials", "none")
NAMING = ("full", "first")  # with these stands what is to be said of the name: `name_note`
UNKNOWN = "unknown"
DATED = (UNKNOWN, "stated", "inferred")


@dataclass(frozen=True)
class Care:
    """What is known and decided about the testimony."""

    attribution: str  # which form of the byline is shown, everywhere
    source_sha256: str  # of the file as it was received; empty when unknown
    received_on: date | None
    dated: str
    withdrawn: bool  # whether its words were taken out of the files
    goes_too: dict[str, list[str]]  # by page: its blocks that go with the testimony when it is withdrawn
    corrections: tuple[Correction, ...] = ()
    notes: dict[str, Note] = field(default_factory=dict)  # the editor's, by language
    withholds: bool = False  # whether any word of it is withheld

    @property
    def tells_source(self) -> bool:
        """Whether the source's hash may be told: where words or a name are held back, it would let guesses be tested."""
        return bool(self.source_sha256) and self.attribution == "full" and not self.withholds


def load(folder: Path) -> tuple[Care, dict[str, Texts]]:
    """The rules, and the texts of every public language after them; raises TextError."""
    care, raw = read(folder / RULES), pages.load(folder)
    log = corrections.read(folder / corrections.LOG)
    withheld = {code: str(found.testimony.meta.get("withheld", redaction.LEFT_OUT)) for code, found in raw.items()}
    if care.withdrawn:
        return care, {code: _masked(found, withheld) for code, found in raw.items()}
    ready = {code: _masked(_attributed(found, care.attribution), withheld) for code, found in raw.items()}
    withholds = redaction.is_marked(raw)
    wrong = [*corrections.faults(log, raw), *redaction.unequal(raw)]
    if withholds:  # else an inexact quotation is a fault, but not a danger; `campaign check` says it
        wrong += redaction.inexact(ready)
    if wrong:
        raise TextError(" ".join(wrong))
    return replace(care, corrections=log.entries, notes=editor_note.read(folder, list(raw)), withholds=withholds), ready


def read(file: Path) -> Care:
    """The rules from their file; raises TextError."""
    try:
        said = tomllib.loads(file.read_text("utf-8"))
        source: dict[str, Any] = said["source"]
        care = Care(
            attribution=said["attribution"],
            source_sha256=source["sha256"],
            received_on=source["received_on"],
            dated=source["dated"],
            withdrawn=said["withdrawn"],
            goes_too=said["goes_too"],
        )
    except (OSError, ValueError) as error:
        raise TextError(f"{file}: {error}") from None
    except KeyError as error:
        raise TextError(f"{file}: {error} is missing.") from None
    if care.attribution not in ATTRIBUTIONS:
        raise TextError(f"{file}: `attribution` is to be one of {', '.join(ATTRIBUTIONS)}.")
    if care.dated not in DATED:
        raise TextError(f"{file}: `dated` is to be one of {', '.join(DATED)}.")
    if care.received_on != UNKNOWN and not isinstance(care.received_on, date):
        raise TextError(f"{file}: `received_on` is to be a day, such as 2026-11-20, or unknown.")
    if care.source_sha256 != UNKNOWN and not re.fullmatch("[0-9a-f]{64}", care.source_sha256):
        raise TextError(f"{file}: `sha256` is to be 64 digits from 0 to f, or unknown.")
    received_on = None if care.received_on == UNKNOWN else care.received_on
    return replace(care, source_sha256=care.source_sha256.removeprefix(UNKNOWN), received_on=received_on)


def remaining(care: Care, found: dict[str, Texts]) -> dict[str, Texts]:
    """The texts once the testimony is withdrawn."""
    return {code: redaction.without_testimony(one, care.goes_too) for code, one in found.items()}


def advice(care: Care) -> Iterator[str]:
    """What is to be mended before the public comes, a sentence each."""
    if care.source_sha256 and not care.tells_source:
        yield (
            f"translations/{RULES} holds the sha256 of the source, by which guesses of what is withheld can be tested:"
            f" write {UNKNOWN} instead, and take out of translations/{corrections.LOG} the hashes of what is withheld."
        )


def quoting(found: dict[str, Texts]) -> list[str]:
    """The languages in which the letter quotes the testimony."""
    return [code for code, one in found.items() if any(redaction.quotations(one.petition))]


def has_lost_its_ground(care: Care, found: dict[str, Texts], *, is_withdrawn: bool) -> bool:
    """Whether the letter quotes a testimony that is withdrawn, so that nobody can be asked to sign it."""
    return (care.withdrawn or is_withdrawn) and bool(quoting(found))


def _masked(found: Texts, withheld: dict[str, str]) -> Texts:
    """The texts of one language, marks turned into words."""
    return Texts(**{one.name: redaction.masked(getattr(found, one.name), withheld) for one in fields(Texts)})


def _attributed(found: Texts, attribution: str) -> Texts:
    """The texts of one language; the testimony with one form of its byline, and with what is to be said of that form."""
    text = found.testimony
    form = next((one for one in text.meta["byline"] if isinstance(one, dict) and one.get("key") == attribution), None)
    if form is None:
        raise TextError(f"translations/{text.language.code}/testimony.md: `byline` has no form `{attribution}`.")
    notes = ("translation_note", "name_note") if attribution in NAMING else ("translation_note",)
    said = " ".join(text.meta[note] for note in notes if text.meta.get(note))
    return replace(found, testimony=replace(text, meta=text.meta | {"byline": form["name"], "translation_note": said}))
