"""What is decided about the testimony for all languages, the texts as they are after it, and the author's consent.

The consent is a private record in the data folder, `consent.toml`: by whom it was given, for what, on which day, and when to
ask again. No page, copy or export ever shows it.
"""

import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from campaign.content import corrections, pages, redaction
from campaign.content.corrections import Correction, EditorNote
from campaign.content.files import TextError
from campaign.content.pages import Texts
from campaign.languages import SOURCE

POLICY_FILE = "testimony.toml"
ATTRIBUTIONS = ("full", "first", "initials", "none")
NAMED_ATTRIBUTIONS = ("full", "first")  # with these stands what is to be said of the name: `name_note`
SHORTEST_NAME = 2  # letters: a single one is of many words
PREFIXES = "[وفبلك]{0,2}(?:ال)?"  # that Arabic writes onto a name, such as "and" and "for"
NAMELESS = "nameless"  # in the front matter of a testimony that was read: what it says instead once its author is hidden
UNKNOWN = "unknown"
DATE_SOURCES = (UNKNOWN, "stated", "inferred")
CONSENT_FILE = "consent.toml"
OWNER_ONLY = 0o600
SCOPE_MEANINGS = {
    "text": "that the text is published",
    "name": "that the author is named as the byline does",
    "translation": "that it is translated",
    "social": "that a picture with its title goes with shared links",
}
REQUIRED_CONSENT_KEYS = ("given_by", "given_on", "scope", "review_by")


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
        """Return whether the source's hash may be shown; if words or a name are withheld, it would confirm guesses."""
        return bool(self.source_sha256) and self.attribution == "full" and not self.has_redactions


def load_testimony(folder: Path) -> tuple[TestimonyPolicy, dict[str, Texts]]:
    """Return the rules, and the texts of every public language after them; raises TextError."""
    policy, raw = read_policy(folder / POLICY_FILE), pages.load_texts(folder)
    log = corrections.read_log(folder / corrections.LOG_FILE)
    withheld = redaction.withheld_words(raw)
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
        policy, corrections=log.entries, notes=corrections.read_notes(folder, list(raw)), has_redactions=withholds
    ), ready


def read_policy(file: Path) -> TestimonyPolicy:
    """Return the rules from their file; raise TextError."""
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
        raise TextError(f"{file}: `attribution` must be one of {', '.join(ATTRIBUTIONS)}.")
    if policy.dated not in DATE_SOURCES:
        raise TextError(f"{file}: `dated` must be one of {', '.join(DATE_SOURCES)}.")
    if policy.received_on != UNKNOWN and not isinstance(policy.received_on, date):
        raise TextError(f"{file}: `received_on` must be a day, such as 2026-11-20, or unknown.")
    if policy.source_sha256 != UNKNOWN and not re.fullmatch("[0-9a-f]{64}", policy.source_sha256):
        raise TextError(f"{file}: `sha256` must be 64 digits from 0 to f, or unknown.")
    received_on = None if policy.received_on == UNKNOWN else policy.received_on
    return replace(policy, source_sha256=policy.source_sha256.removeprefix(UNKNOWN), received_on=received_on)


def texts_after_withdrawal(policy: TestimonyPolicy, found: dict[str, Texts]) -> dict[str, Texts]:
    """Return the texts once the testimony is withdrawn."""
    return {code: redaction.without_testimony(one, policy.removed_with_testimony) for code, one in found.items()}


def without_author(found: dict[str, Texts]) -> dict[str, Texts]:
    """Return the texts with the form of the byline that names nobody, and nothing said of a name."""
    return {
        code: replace(one, testimony=replace(one.testimony, meta=one.testimony.meta | one.testimony.meta.get(NAMELESS, {})))
        for code, one in found.items()
    }


def author_pattern(found: Mapping[str, Texts]) -> re.Pattern[str] | None:
    """Return what finds a part of the author's name in any language, as the byline shows it; None where nobody is named."""
    names = "|".join(sorted({re.escape(name) for one in found.values() for name in _names(one.testimony.meta)}))
    return re.compile(rf"\b{PREFIXES}(?:{names})\b") if names else None


def says_name(pattern: re.Pattern[str] | None, value: object) -> bool:
    """Return whether any of the words in a value that was published says a part of the author's name."""
    if isinstance(value, Mapping):
        return any(says_name(pattern, one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(says_name(pattern, one) for one in value)
    return bool(pattern and isinstance(value, str) and pattern.search(value))


def address_says_name(pattern: re.Pattern[str] | None, address: str) -> bool:
    """Return whether a web address says a part of the author's name, in capitals or not, between any signs."""
    words = re.sub(r"[\W_]+", " ", unquote(address))
    return bool(pattern and re.search(pattern.pattern, words, re.IGNORECASE))


def _names(meta: Mapping[str, Any]) -> set[str]:
    """Return the words of a byline that the one without a name leaves out."""
    shown, nameless = (re.findall(r"\w+", str(line)) for line in (meta.get("byline"), meta.get(NAMELESS, {}).get("byline", "")))
    return {word for word in shown if nameless and word not in nameless and len(word) >= SHORTEST_NAME}


def check_published(found: dict[str, Texts]) -> None:
    """Raise TextError where the letter that is published still quotes words of the testimony that are withheld."""
    if any(redaction.says_withheld(one.petition, one.testimony) for one in found.values()):
        raise TextError("The published letter quotes words that are withheld: run `campaign publish` to publish it without them.")


def policy_advice(policy: TestimonyPolicy) -> Iterator[str]:
    """Say what to fix before the public comes, a sentence each."""
    if policy.source_sha256 and not policy.discloses_source_hash:
        yield (
            f"translations/{POLICY_FILE} holds the sha256 of the source, by which guesses of what is withheld can be tested:"
            f" write {UNKNOWN} instead, and take out of translations/{corrections.LOG_FILE} the hashes of what is withheld."
        )


def _redacted(found: Texts, withheld: dict[str, str]) -> Texts:
    """Return the texts of one language, marks turned into words."""
    return Texts(**{one.name: redaction.redact(getattr(found, one.name), withheld) for one in fields(Texts)})


def _attributed(found: Texts, attribution: str) -> Texts:
    """Return the texts of one language; the testimony with one form of its byline, and with what is to be said of that form."""
    text = found.testimony
    forms = {one.get("key"): one["name"] for one in text.meta["byline"] if isinstance(one, dict)}
    if attribution not in forms:
        raise TextError(f"translations/{text.language.code}/testimony.md: `byline` has no form `{attribution}`.")
    note = text.meta.get("translation_note") or ""
    name_note = text.meta.get("name_note") if attribution in NAMED_ATTRIBUTIONS else ""
    nameless = {"byline": forms.get("none", ""), "translation_note": note}
    data = {"byline": forms[attribution], "translation_note": " ".join(filter(None, (note, name_note))), NAMELESS: nameless}
    return replace(found, testimony=replace(text, meta=text.meta | data))


def consent_problems(data: Path, policy: TestimonyPolicy, codes: list[str], today: date) -> Iterator[str]:
    """Say what is missing for a public launch, a sentence each; no sentence repeats what the record holds."""
    file = data / CONSENT_FILE
    try:
        if not file.exists():
            yield f"There is no record of the author's consent: write {file}; docs/organizers.md says what to write."
            return
        if stat.S_IMODE(file.stat().st_mode) != OWNER_ONLY:
            yield f"{file} can be read by others: run `chmod 600 {file}`."
        record = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        yield f"{file} cannot be read ({error.strerror}): it must belong to the user that runs the site."
        return
    except ValueError:
        yield f"{file} cannot be read as TOML. docs/organizers.md shows how to write it."
        return
    yield from _missing_parts(file, record, today)
    scope = record.get("scope") or []
    if not (isinstance(scope, list) and all(isinstance(one, str) for one in scope)):
        yield f'{file}: scope must be a list of words, such as ["text", "name"].'
        return
    for name in sorted(required_scope(policy, codes) - set(scope)):
        yield f"The author's consent does not say {SCOPE_MEANINGS[name]}: ask, and add {name} to the scope in {file}."


def required_scope(policy: TestimonyPolicy, codes: list[str]) -> set[str]:
    """Return for what the site as it is needs the author's consent."""
    if policy.withdrawn:
        return set()
    with_name = {"name"} if policy.attribution != "none" else set()
    return {"text", "social"} | with_name | ({"translation"} if set(codes) - {SOURCE} else set())


def _missing_parts(file: Path, record: dict[str, Any], today: date) -> Iterator[str]:
    missing = [name for name in REQUIRED_CONSENT_KEYS if not record.get(name)]
    if missing:
        yield f"{file} does not say {', '.join(missing)}."
    for name in ("given_on", "review_by"):
        if record.get(name) and type(record[name]) is not date:  # a moment is a date too, and cannot be compared with one
            yield f"{file}: {name} must be a day, such as 2026-11-20."
    review_by = record.get("review_by")
    if type(review_by) is date and review_by < today:
        yield f"The day to ask the author again has passed. Ask, and write a new review_by into {file}."
