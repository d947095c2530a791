"""The state of a language: what is there, what is missing, what its source has left behind, and what breaks its rules.

Its texts are compared with those of the source, its messages with the source's catalogue and with CLDR's plural rule.
"""

import gettext
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError

from campaign.content.files import Block, Document, TextError, read_document, source_hash
from campaign.content.pages import ORIGINAL
from campaign.identity import CAMPAIGN_FILE, Identity, IdentityError
from campaign.languages import MESSAGES, SOURCE, Language, digits
from campaign.translation import catalogues, font_coverage, rules

MARKDOWN_LINK = re.compile(r"\]\(([^)\s]+)\)")
NUMBER = re.compile(r"\d+")
MISSING, STALE, FUZZY = "missing", "stale", "fuzzy"


@dataclass(frozen=True)
class Problem:
    """A sentence with its place: the file, and the part or the line in it."""

    file: str
    place: str
    what: str
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.file}{', ' if self.place else ''}{self.place}: {self.what}."


@dataclass(frozen=True)
class LanguageStatus:
    """The content of one language, and what is wrong with it."""

    language: Language
    texts: int
    parts: int
    messages: int
    problems: tuple[Problem, ...]

    def count(self, kind: str) -> int:
        """Return how many problems of a kind there are."""
        return sum(problem.kind == kind for problem in self.problems)


def language_status(translations: Path, language: Language) -> LanguageStatus:
    """Return the state of a language: texts and messages against the source's, and both against its rules. Raise TextError."""
    language_rules, texts, parts = rules.load_rules(translations / language.code), 0, 0
    found: list[Problem] = []
    for file in sorted((translations / SOURCE).glob("*.md")):
        source = read_document(file)
        ours = translations / language.code / file.name
        texts, parts = texts + ours.exists(), parts + len(source.pieces())
        found += text_problems(ours, source, language_rules, language)
    found += identity_problems(translations, language)
    found += message_problems(translations, language, language_rules)
    return LanguageStatus(language, texts, parts, catalogue_size(translations, language.code), tuple(found))


def identity_problems(translations: Path, language: Language) -> Iterator[Problem]:
    """Say what `campaign.toml` lacks in a language, or what is wrong with the file."""
    name = f"{translations.name}/{CAMPAIGN_FILE}"
    try:
        missing = list(Identity.read(translations).missing_in(language.code))
    except IdentityError as error:
        yield Problem(name, "", str(error).partition(": ")[2].removesuffix("."))
        return
    yield from (Problem(name, place, f"it has no words for {language.code}", MISSING) for place in missing)


def text_problems(file: Path, source: Document, language_rules: rules.Rules, language: Language) -> Iterator[Problem]:
    """Say what is wrong with one text."""
    name = "/".join(file.parts[-3:])
    if not file.exists():
        yield Problem(name, "", "the text is missing", MISSING)
        return
    try:
        document = read_document(file)
    except TextError as error:
        yield Problem(name, "", str(error).removeprefix(f"{file}: "))
        return
    ours = document.pieces()
    if file.stem == "petition":
        moved = [field for field in ("campaign", "addressees") if field in document.meta]
        yield from (Problem(name, field, f"it belongs into {CAMPAIGN_FILE} now and is not read here") for field in moved)
    yield from (Problem(name, "deliveries", what) for what in delivery_differences(document, source))
    has_words = any(map(str.isalnum, "".join(piece.words for piece in ours.values())))  # a text that was withdrawn has none
    if language.code != SOURCE and document.meta.get("status") == ORIGINAL and has_words:
        yield Problem(name, "status", f"it is {ORIGINAL}, which only a text in the source language, {SOURCE}, can be")
    pieces = source.pieces()
    for id_ in ours.keys() - pieces.keys():
        yield Problem(name, id_, "the source has no such part")
    for id_, piece in pieces.items():
        for kind, what in part_problems(file.stem, piece, ours.get(id_), language_rules, language):
            yield Problem(name, id_, what, kind)
    if file.stem == "testimony":
        yield from misquotations(name, ours)


def delivery_differences(ours: Document, source: Document) -> Iterator[str]:
    """Name what was delivered in one of two languages only, by its day."""
    days, theirs = (Counter(str(one["day"]) for one in text.meta.get("deliveries") or ()) for text in (ours, source))
    yield from (f"the delivery of {day} is missing, which the source has" for day in (theirs - days).elements())
    yield from (f"there is a delivery of {day}, which the source does not have" for day in (days - theirs).elements())


def part_problems(
    text: str, source: Block, ours: Block | None, language_rules: rules.Rules, language: Language
) -> Iterator[tuple[str, str]]:
    """Say what is wrong with one part of a text: its kind, and the words for it."""
    words = ours.words if ours else ""
    if not any(map(str.isalnum, source.words)):  # a line that is left of a text that was withdrawn
        return
    if language.code != SOURCE:
        if not ours or not words or source_hash(words) == (ours.made_from or source_hash(source.words)):
            yield MISSING, "it is not translated"
            return
        if not ours.made_from:
            yield MISSING, f"it does not say from which words it was made; the source is {source_hash(source.words)} now"
        elif ours.is_stale(source):
            yield (
                STALE,
                f"the source has changed since it was translated: it was {ours.made_from}, it is {source_hash(source.words)} now",
            )
        yield from (("", what) for what in link_differences(source.words, words, language))
    letter = font_coverage.first_unprintable(words)
    if letter:
        yield "", f"{letter} (U+{ord(letter):04X}) is in none of our fonts, so it cannot be printed"
    yield from (("", what) for what in language_rules.faults(text, words, source.words))


def link_differences(source: str, words: str, language: Language) -> Iterator[str]:
    """Name links of the source that a translation has not, and links and numbers that it has on top of them."""
    theirs, ours = link_targets(source, SOURCE), link_targets(words, language.code)
    yield from (f"it has a link to {link}, which the source does not have" for link in sorted(ours - theirs))
    yield from (f"it lacks the link to /{language.code}/{link}" for link in sorted(theirs - ours))
    more = set(NUMBER.findall(MARKDOWN_LINK.sub("", digits(words)))) - set(NUMBER.findall(MARKDOWN_LINK.sub("", digits(source))))
    yield from (f"it has the number {number}, which the source does not have" for number in sorted(more))


def link_targets(words: str, code: str) -> set[str]:
    """Return the targets of links, on the site without the language, and elsewhere: `about`, `testimony/beside/`, `https://...`."""
    return {re.sub(rf"^/{code}/|(?<=/beside/)\w+$", "", link) for link in MARKDOWN_LINK.findall(words)}


def misquotations(name: str, pieces: dict[str, Block]) -> Iterator[Problem]:
    """Name passages of the testimony's front matter that are not word for word in it."""
    body = [piece.words for id_, piece in pieces.items() if re.fullmatch(r"p\d+", id_)]
    for id_, piece in pieces.items() if body else ():
        if (id_ == "description" or id_.startswith("heart.")) and not any(piece.words in words for words in body):
            yield Problem(name, id_, "it is not word for word in the testimony")


def catalogue_path(translations: Path, code: str) -> Path:
    """Return the file of the messages of a language."""
    return translations / code / "LC_MESSAGES" / "messages.po"


def catalogue_size(translations: Path, code: str) -> int:
    """Return how many messages a catalogue has; none where it is not there or does not parse."""
    try:
        return len(catalogues.read_catalogue(catalogue_path(translations, code)))
    except (OSError, PoFileError, ValueError, LookupError):
        return 0


def message_problems(translations: Path, language: Language, language_rules: rules.Rules) -> Iterator[Problem]:
    """Say what is wrong with a catalogue, entry by entry."""
    file = catalogue_path(translations, language.code)
    name = "/".join(file.parts[-4:])
    if not file.exists():
        yield Problem(name, "", "the catalogue is missing", MISSING)
        return
    try:
        ours = catalogues.read_catalogue(file)
    except (PoFileError, ValueError, LookupError):
        for sentence in catalogues.check_catalogue(file):
            where, _, what = sentence.removesuffix(".").partition(": ")
            yield Problem(where, "", what)
        return
    if not file.with_suffix(".mo").exists():
        yield Problem(name, "", f"it is not compiled, so the site would show English; run `pybabel compile -d {translations}`")
    yield from plural_rule_problems(name, ours, language)
    yield from (Problem(name, "", f"“{id_}” is not there", MISSING) for id_ in missing_messages(translations, ours))
    single = catalogues.single_forms(ours)
    for entry in ours:
        place = f"line {entry.lineno or 1}, “{catalogues.first_id(entry)}”"
        for what, kind in entry_problems(entry, single, language_rules):
            yield Problem(name, place, what, kind)


def plural_rule_problems(name: str, ours: Catalog, language: Language) -> Iterator[Problem]:
    """Say when the plural rule is not CLDR's."""
    right = catalogues.plural_forms_header(language.locale)
    forms = [gettext.c2py(rule) for rule in (ours.plural_expr, right.partition("plural=")[2].rstrip(";"))]
    if any(forms[0](number) != forms[1](number) for number in catalogues.WHOLE_NUMBERS):
        yield Problem(name, "the header", f"the plural rule is not CLDR's, which is: Plural-Forms: {right}")


def missing_messages(translations: Path, ours: Catalog) -> list[str]:
    """Return the messages of the source that a catalogue does not have."""
    there = {(entry.context, catalogues.first_id(entry)) for entry in ours}
    source = catalogues.read_catalogue(catalogue_path(translations, MESSAGES))
    return [catalogues.first_id(entry) for entry in source if (entry.context, catalogues.first_id(entry)) not in there]


def entry_problems(entry: Message, single: set[int], language_rules: rules.Rules) -> Iterator[tuple[str, str]]:
    """Say what is wrong with one entry, and of what kind it is."""
    if entry.id and not any(catalogues.entry_strings(entry)):
        yield "it is not translated", MISSING
    for what in catalogues.entry_errors(entry, single):
        yield what, FUZZY if entry.fuzzy else ""
    if entry.id:
        said = " ".join(catalogues.entry_strings(entry))
        for string in catalogues.entry_strings(entry):
            yield from ((what, "") for what in language_rules.broken("messages", string))
        yield from ((what, "") for what in language_rules.not_used(said, catalogues.last_id(entry)))
