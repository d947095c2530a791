"""The state of a language: what is there, what is missing, what its source has left behind, and what breaks its rules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from campaign.content.files import Block, Document, TextError, read_document, source_hash
from campaign.languages import SOURCE, Language
from campaign.translation import font_coverage, rules
from campaign.translation.messages import MISSING, STALE, Problem, catalogue_size, message_problems

MARKDOWN_LINK = re.compile(r"\]\(([^)\s]+)\)")
NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class LanguageStatus:
    """What there is of one language, and what is wrong with it."""

    language: Language
    texts: int
    parts: int
    messages: int
    problems: tuple[Problem, ...]

    def count(self, kind: str) -> int:
        """Return how many problems of a kind there are."""
        return sum(problem.kind == kind for problem in self.problems)


def language_status(translations: Path, language: Language) -> LanguageStatus:
    """The state of a language: its texts against the source's, its messages, and both against its rules. Raises TextError."""
    language_rules, texts, parts = rules.load_rules(translations / language.code), 0, 0
    found: list[Problem] = []
    for file in sorted((translations / SOURCE).glob("*.md")):
        source = read_document(file)
        ours = translations / language.code / file.name
        texts, parts = texts + ours.exists(), parts + len(source.pieces())
        found += text_problems(ours, source, language_rules, language)
    found += message_problems(translations, language, language_rules)
    return LanguageStatus(language, texts, parts, catalogue_size(translations, language.code), tuple(found))


def text_problems(file: Path, source: Document, language_rules: rules.Rules, language: Language) -> Iterator[Problem]:
    """What is wrong with one text."""
    name = "/".join(file.parts[-3:])
    if not file.exists():
        yield Problem(name, "", "the text is not there", MISSING)
        return
    try:
        ours = read_document(file).pieces()
    except TextError as error:
        yield Problem(name, "", str(error).removeprefix(f"{file}: "))
        return
    pieces = source.pieces()
    for id_ in ours.keys() - pieces.keys():
        yield Problem(name, id_, "the source has no such part")
    for id_, piece in pieces.items():
        for kind, what in part_problems(file.stem, piece, ours.get(id_), language_rules, language):
            yield Problem(name, id_, what, kind)
    if file.stem == "testimony":
        yield from misquotations(name, ours)


def part_problems(
    text: str, source: Block, ours: Block | None, language_rules: rules.Rules, language: Language
) -> Iterator[tuple[str, str]]:
    """What is wrong with one part of a text: its kind, and the words for it."""
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
    """Links of the source that a translation has not, and links and numbers that it has on top of them."""
    theirs, ours = link_targets(source, SOURCE), link_targets(words, language.code)
    yield from (f"it has a link to {link}, which the source does not have" for link in sorted(ours - theirs))
    yield from (f"it lacks the link to /{language.code}/{link}" for link in sorted(theirs - ours))
    more = set(NUMBER.findall(MARKDOWN_LINK.sub("", words))) - set(NUMBER.findall(MARKDOWN_LINK.sub("", source)))
    yield from (f"it has the number {number}, which the source does not have" for number in sorted(more))


def link_targets(words: str, code: str) -> set[str]:
    """Where words lead to on the site, whatever the language, and elsewhere: `about`, `testimony/beside/`, `https://...`."""
    return {re.sub(rf"^/{code}/|(?<=/beside/)\w+$", "", link) for link in MARKDOWN_LINK.findall(words)}


def misquotations(name: str, pieces: dict[str, Block]) -> Iterator[Problem]:
    """Passages of the testimony's front matter that are not word for word in it."""
    body = [piece.words for id_, piece in pieces.items() if re.fullmatch(r"p\d+", id_)]
    for id_, piece in pieces.items() if body else ():
        if (id_ == "description" or id_.startswith("heart.")) and not any(piece.words in words for words in body):
            yield Problem(name, id_, "it is not word for word in the testimony")
