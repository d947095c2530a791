"""The state of a language: what is there, what is missing, what its source has left behind, and what breaks its rules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from campaign.content.files import Block, Document, TextError, fingerprint, read
from campaign.languages import SOURCE, Language
from campaign.translation import font_coverage, rules
from campaign.translation.messages import messages_in, troubles_of_messages
from campaign.translation.problem import MISSING, STALE, Trouble

LINK = re.compile(r"\]\(([^)\s]+)\)")
NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class State:
    """What there is of one language, and what is wrong with it."""

    language: Language
    texts: int
    parts: int
    messages: int
    troubles: tuple[Trouble, ...]

    def count(self, kind: str) -> int:
        """How many troubles of a kind there are."""
        return sum(trouble.kind == kind for trouble in self.troubles)


def state(translations: Path, language: Language) -> State:
    """The state of a language: its texts against the source's, its messages, and both against its rules. Raises TextError."""
    house, texts, parts = rules.load(translations / language.code), 0, 0
    found: list[Trouble] = []
    for file in sorted((translations / SOURCE).glob("*.md")):
        source = read(file)
        ours = translations / language.code / file.name
        texts, parts = texts + ours.exists(), parts + len(source.pieces())
        found += troubles_of_text(ours, source, house, language)
    found += troubles_of_messages(translations, language, house)
    return State(language, texts, parts, messages_in(translations, language.code), tuple(found))


def troubles_of_text(file: Path, source: Document, house: rules.Rules, language: Language) -> Iterator[Trouble]:
    """What is wrong with one text."""
    name = "/".join(file.parts[-3:])
    if not file.exists():
        yield Trouble(name, "", "the text is not there", MISSING)
        return
    try:
        ours = read(file).pieces()
    except TextError as error:
        yield Trouble(name, "", str(error).removeprefix(f"{file}: "))
        return
    pieces = source.pieces()
    for id_ in ours.keys() - pieces.keys():
        yield Trouble(name, id_, "the source has no such part")
    for id_, piece in pieces.items():
        for kind, what in faults(file.stem, piece, ours.get(id_), house, language):
            yield Trouble(name, id_, what, kind)
    if file.stem == "testimony":
        yield from not_in_it(name, ours)


def faults(text: str, source: Block, ours: Block | None, house: rules.Rules, language: Language) -> Iterator[tuple[str, str]]:
    """What is wrong with one part of a text: its kind, and the words for it."""
    words = ours.words if ours else ""
    if not any(map(str.isalnum, source.words)):  # a line that is left of a text that was withdrawn
        return
    if language.code != SOURCE:
        if not ours or not words or fingerprint(words) == (ours.made_from or fingerprint(source.words)):
            yield MISSING, "it is not translated"
            return
        if not ours.made_from:
            yield MISSING, f"it does not say from which words it was made; the source is {fingerprint(source.words)} now"
        elif ours.is_stale(source):
            yield (
                STALE,
                f"the source has changed since it was translated: it was {ours.made_from}, it is {fingerprint(source.words)} now",
            )
        yield from (("", what) for what in differences(source.words, words, language))
    letter = font_coverage.unprinted(words)
    if letter:
        yield "", f"{letter} (U+{ord(letter):04X}) is in none of our fonts, so it cannot be printed"
    yield from (("", what) for what in house.faults(text, words, source.words))


def differences(source: str, words: str, language: Language) -> Iterator[str]:
    """Links of the source that a translation has not, and links and numbers that it has on top of them."""
    theirs, ours = links(source, SOURCE), links(words, language.code)
    yield from (f"it has a link to {link}, which the source does not have" for link in sorted(ours - theirs))
    yield from (f"it lacks the link to /{language.code}/{link}" for link in sorted(theirs - ours))
    more = set(NUMBER.findall(LINK.sub("", words))) - set(NUMBER.findall(LINK.sub("", source)))
    yield from (f"it has the number {number}, which the source does not have" for number in sorted(more))


def links(words: str, code: str) -> set[str]:
    """Where words lead to on the site, whatever the language, and elsewhere: `about`, `testimony/beside/`, `https://...`."""
    return {re.sub(rf"^/{code}/|(?<=/beside/)\w+$", "", link) for link in LINK.findall(words)}


def not_in_it(name: str, pieces: dict[str, Block]) -> Iterator[Trouble]:
    """Passages of the testimony's front matter that are not word for word in it."""
    body = [piece.words for id_, piece in pieces.items() if re.fullmatch(r"p\d+", id_)]
    for id_, piece in pieces.items() if body else ():
        if (id_ == "description" or id_.startswith("heart.")) and not any(piece.words in words for words in body):
            yield Trouble(name, id_, "it is not word for word in the testimony")
