"""What is wrong with the messages of a language: its catalogue against the source's, its plural rule, its rules and terms."""

import gettext
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError

from campaign.languages import SOURCE, Language
from campaign.translation import catalogues, plurals, rules
from campaign.translation.problem import FUZZY, MISSING, Trouble


def catalogue(translations: Path, code: str) -> Path:
    """Where the messages of a language lie."""
    return translations / code / "LC_MESSAGES" / "messages.po"


def messages_in(translations: Path, code: str) -> int:
    """How many messages a catalogue has; none where it is not there or does not parse."""
    try:
        return len(catalogues.read(catalogue(translations, code)))
    except (OSError, PoFileError, ValueError, LookupError):
        return 0


def troubles_of_messages(translations: Path, language: Language, house: rules.Rules) -> Iterator[Trouble]:
    """What is wrong with a catalogue, entry by entry."""
    file = catalogue(translations, language.code)
    name = "/".join(file.parts[-4:])
    if not file.exists():
        yield Trouble(name, "", "the catalogue is not there", MISSING)
        return
    try:
        ours = catalogues.read(file)
    except (PoFileError, ValueError, LookupError):
        for sentence in catalogues.check(file):
            where, _, what = sentence.removesuffix(".").partition(": ")
            yield Trouble(where, "", what)
        return
    yield from wrong_rule(name, ours, language)
    yield from (Trouble(name, "", f"“{id_}” is not there", MISSING) for id_ in missing(translations, ours))
    single = catalogues.single_forms(ours)
    for entry in ours:
        place = f"line {entry.lineno or 1}, “{catalogues.first_id(entry)}”"
        for what, kind in faults(entry, single, house):
            yield Trouble(name, place, what, kind)


def wrong_rule(name: str, ours: Catalog, language: Language) -> Iterator[Trouble]:
    """A plural rule that is not CLDR's."""
    right = plurals.header(language.locale)
    forms = [gettext.c2py(rule) for rule in (ours.plural_expr, right.partition("plural=")[2].rstrip(";"))]
    if any(forms[0](number) != forms[1](number) for number in plurals.WHOLE):
        yield Trouble(name, "the header", f"the plural rule is not CLDR's, which is: Plural-Forms: {right}")


def missing(translations: Path, ours: Catalog) -> list[str]:
    """The messages of the source that a catalogue does not have."""
    there = {(entry.context, catalogues.first_id(entry)) for entry in ours}
    source = catalogues.read(catalogue(translations, SOURCE))
    return [catalogues.first_id(entry) for entry in source if (entry.context, catalogues.first_id(entry)) not in there]


def faults(entry: Message, single: set[int], house: rules.Rules) -> Iterator[tuple[str, str]]:
    """What is wrong with one entry, and of what kind it is."""
    if entry.id and not any(catalogues.strings(entry)):
        yield "it is not translated", MISSING
    for what in catalogues.troubles_of(entry, single):
        yield what, FUZZY if entry.fuzzy else ""
    if entry.id:
        said = " ".join(catalogues.strings(entry))
        for string in catalogues.strings(entry):
            yield from ((what, "") for what in house.broken("messages", string))
        yield from ((what, "") for what in house.not_used(said, catalogues.last_id(entry)))
