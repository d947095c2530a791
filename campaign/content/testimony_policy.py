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
from campaign.content.editor_note import EditorNote
from campaign.content.files import TextError
from campaign.content.pages import Texts

POLICY_FILE = "testimony.toml"
ATTRIBUTIONS = ("full", "first", "initials", "none")
NAMED_ATTRIBUTIONS = ("full", "first")  # with these stands what is to be said of the name: `name_note`
UNKNOWN = "unknown"
DATE_SOURCES = (UNKNOWN, "stated", "inferred")


@dataclass(frozen=True)
class TestimonyPolicy:
    """What is known and decided about the testimony."""

    attribution: str  # which form of the byline is shown, everywhere
    source_sha256: str  # of the file as it was received; empty when unknown
    received_on: date | None
    dated: str
    withdrawn: bool  # whether its words were taken out of the files
    removed_with_testimony: dict[str, list[str]]  # by page: its blocks that go with the testimony when it is withdrawn
    corrections: tuple[Correction, ...] = ()
    notes: dict[str, EditorNote] = field(default_factory=dict)  # the editor's, by language
    has_redactions: bool = False  # whether any word of it is withheld

    @property
    def discloses_source_hash(self) -> bool:
        """Whether the source's hash may be told: where words or a name are held back, it would let guesses be tested."""
        return bool(self.source_sha256) and self.attribution == "full" and not self.has_redactions


def load_testimony(folder: Path) -> tuple[TestimonyPolicy, dict[str, Texts]]:
    """The rules, and the texts of every public language after them; raises TextError."""
    policy, raw = read_policy(folder / POLICY_FILE), pages.load_texts(folder)
    log = corrections.read_log(folder / corrections.LOG_FILE)
    withheld = {code: str(found.testimony.meta.get("withheld", redaction.OMISSION)) for code, found in raw.items()}
    if policy.withdrawn:
        return policy, {code: _redacted(found, withheld) for code, found in raw.items()}
    ready = {code: _redacted(_attributed(found, policy.attribution), withheld) for code, found in raw.items()}
    withholds = redaction.has_redactions(raw)
    wrong = [*corrections.unrecorded_changes(log, raw), *redaction.unequal_redactions(raw)]
    if withholds:  # else an inexact quotation is a fault, but not a danger; `campaign check` says it
        wrong += redaction.inexact_quotations(ready)
    if wrong:
        raise TextError(" ".join(wrong))
    return replace(
        policy, corrections=log.entries, notes=editor_note.read_notes(folder, list(raw)), has_redactions=withholds
    ), ready


def read_policy(file: Path) -> TestimonyPolicy:
    """The rules from their file; raises TextError."""
    try:
        data = tomllib.loads(file.read_text("utf-8"))
        source: dict[str, Any] = data["source"]
        policy = TestimonyPolicy(
            attribution=data["attribution"],
            source_sha256=source["sha256"],
            received_on=source["received_on"],
            dated=source["dated"],
            withdrawn=data["withdrawn"],
            removed_with_testimony=data["goes_too"],
        )
    except (OSError, ValueError) as error:
        raise TextError(f"{file}: {error}") from None
    except KeyError as error:
        raise TextError(f"{file}: {error} is missing.") from None
    if policy.attribution not in ATTRIBUTIONS:
        raise TextError(f"{file}: `attribution` is to be one of {', '.join(ATTRIBUTIONS)}.")
    if policy.dated not in DATE_SOURCES:
        raise TextError(f"{file}: `dated` is to be one of {', '.join(DATE_SOURCES)}.")
    if policy.received_on != UNKNOWN and not isinstance(policy.received_on, date):
        raise TextError(f"{file}: `received_on` is to be a day, such as 2026-11-20, or unknown.")
    if policy.source_sha256 != UNKNOWN and not re.fullmatch("[0-9a-f]{64}", policy.source_sha256):
        raise TextError(f"{file}: `sha256` is to be 64 digits from 0 to f, or unknown.")
    received_on = None if policy.received_on == UNKNOWN else policy.received_on
    return replace(policy, source_sha256=policy.source_sha256.removeprefix(UNKNOWN), received_on=received_on)


def texts_after_withdrawal(policy: TestimonyPolicy, found: dict[str, Texts]) -> dict[str, Texts]:
    """The texts once the testimony is withdrawn."""
    return {code: redaction.without_testimony(one, policy.removed_with_testimony) for code, one in found.items()}


def policy_advice(policy: TestimonyPolicy) -> Iterator[str]:
    """What is to be mended before the public comes, a sentence each."""
    if policy.source_sha256 and not policy.discloses_source_hash:
        yield (
            f"translations/{POLICY_FILE} holds the sha256 of the source, by which guesses of what is withheld can be tested:"
            f" write {UNKNOWN} instead, and take out of translations/{corrections.LOG_FILE} the hashes of what is withheld."
        )


def languages_that_quote(found: dict[str, Texts]) -> list[str]:
    """The languages in which the letter quotes the testimony."""
    return [code for code, one in found.items() if any(redaction.quotations(one.petition))]


def letter_depends_on_withdrawn_testimony(policy: TestimonyPolicy, found: dict[str, Texts], *, is_withdrawn: bool) -> bool:
    """Whether the letter quotes a testimony that is withdrawn, so that nobody can be asked to sign it."""
    return (policy.withdrawn or is_withdrawn) and bool(languages_that_quote(found))


def _redacted(found: Texts, withheld: dict[str, str]) -> Texts:
    """The texts of one language, marks turned into words."""
    return Texts(**{one.name: redaction.redact(getattr(found, one.name), withheld) for one in fields(Texts)})


def _attributed(found: Texts, attribution: str) -> Texts:
    """The texts of one language; the testimony with one form of its byline, and with what is to be said of that form."""
    text = found.testimony
    form = next((one for one in text.meta["byline"] if isinstance(one, dict) and one.get("key") == attribution), None)
    if form is None:
        raise TextError(f"translations/{text.language.code}/testimony.md: `byline` has no form `{attribution}`.")
    notes = ("translation_note", "name_note") if attribution in NAMED_ATTRIBUTIONS else ("translation_note",)
    data = " ".join(text.meta[note] for note in notes if text.meta.get(note))
    return replace(found, testimony=replace(text, meta=text.meta | {"byline": form["name"], "translation_note": data}))
