"""What is wrong with the messages of a language: its catalogue against the source's, its plural rule, its rules and terms."""

import gettext
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError

from campaign.languages import SOURCE, Language
from campaign.translation import catalogues, plurals, rules

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


def catalogue_path(translations: Path, code: str) -> Path:
    """Where the messages of a language lie."""
    return translations / code / "LC_MESSAGES" / "messages.po"


def catalogue_size(translations: Path, code: str) -> int:
    """How many messages a catalogue has; none where it is not there or does not parse."""
    try:
        return len(catalogues.read_catalogue(catalogue_path(translations, code)))
    except (OSError, PoFileError, ValueError, LookupError):
        return 0


def message_problems(translations: Path, language: Language, language_rules: rules.Rules) -> Iterator[Problem]:
    """What is wrong with a catalogue, entry by entry."""
    file = catalogue_path(translations, language.code)
    name = "/".join(file.parts[-4:])
    if not file.exists():
        yield Problem(name, "", "the catalogue is not there", MISSING)
        return
    try:
        ours = catalogues.read_catalogue(file)
    except (PoFileError, ValueError, LookupError):
        for sentence in catalogues.check_catalogue(file):
            where, _, what = sentence.removesuffix(".").partition(": ")
            yield Problem(where, "", what)
        return
    yield from plural_rule_problems(name, ours, language)
    yield from (Problem(name, "", f"“{id_}” is not there", MISSING) for id_ in missing_messages(translations, ours))
    single = catalogues.single_forms(ours)
    for entry in ours:
        place = f"line {entry.lineno or 1}, “{catalogues.first_id(entry)}”"
        for what, kind in entry_problems(entry, single, language_rules):
            yield Problem(name, place, what, kind)


def plural_rule_problems(name: str, ours: Catalog, language: Language) -> Iterator[Problem]:
    """A plural rule that is not CLDR's."""
    right = plurals.plural_forms_header(language.locale)
    forms = [gettext.c2py(rule) for rule in (ours.plural_expr, right.partition("plural=")[2].rstrip(";"))]
    if any(forms[0](number) != forms[1](number) for number in plurals.WHOLE_NUMBERS):
        yield Problem(name, "the header", f"the plural rule is not CLDR's, which is: Plural-Forms: {right}")


def missing_messages(translations: Path, ours: Catalog) -> list[str]:
    """The messages of the source that a catalogue does not have."""
    there = {(entry.context, catalogues.first_id(entry)) for entry in ours}
    source = catalogues.read_catalogue(catalogue_path(translations, SOURCE))
    return [catalogues.first_id(entry) for entry in source if (entry.context, catalogues.first_id(entry)) not in there]


def entry_problems(entry: Message, single: set[int], language_rules: rules.Rules) -> Iterator[tuple[str, str]]:
    """What is wrong with one entry, and of what kind it is."""
    if entry.id and not any(catalogues.entry_strings(entry)):
        yield "it is not translated", MISSING
    for what in catalogues.entry_errors(entry, single):
        yield what, FUZZY if entry.fuzzy else ""
    if entry.id:
        said = " ".join(catalogues.entry_strings(entry))
        for string in catalogues.entry_strings(entry):
            yield from ((what, "") for what in language_rules.broken("messages", string))
        yield from ((what, "") for what in language_rules.not_used(said, catalogues.last_id(entry)))
