"""The rules of one language, as data beside its texts: `rules.toml`, what may not stand there, and `glossary.toml`, its terms.

A rule is a regular expression and the words for what it finds; it holds in every text and message, or in the texts it names.
A term says: where the source has the one, the translation has the other. Both may leave vowel marks out of account.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaign.content.files import TextError

VOWELS = re.compile("[\u064b-\u0652\u0670]")
# What is no word of the language: code, where a link leads, what stands isolated, addresses, placeholders.
IN_BACKTICKS = re.compile(r"`[^`]*`")  # which is the same in every language
FOREIGN = re.compile(r"`[^`]*`|(?<=\])\([^)]*\)|\u2068[^\u2069]*\u2069|https?://\S+|%\(\w+\)[sd]")


@dataclass(frozen=True)
class Rule:
    """Something that the words of a language must not contain."""

    fault: str
    pattern: re.Pattern[str]
    texts: tuple[str, ...] = ()  # all texts and messages, where it names none
    bare: bool = False  # whether vowel marks are left out of account

    def found(self, words: str) -> str | None:
        """Return the first match, which the words must not contain."""
        match = self.pattern.search(VOWELS.sub("", words) if self.bare else words)
        return match[0].strip() or match[0] if match else None


@dataclass(frozen=True)
class Term:
    """A word of the source, and the forms that it may have in a translation."""

    source: re.Pattern[str]
    forms: re.Pattern[str]

    def missing(self, words: str, source: str) -> str | None:
        """Return the word of the source for which the translation has none of the forms."""
        match = self.source.search(source)
        return match[0] if match and not self.forms.search(VOWELS.sub("", words)) else None


@dataclass(frozen=True)
class Rules:
    """The rules and terms of one language."""

    rules: tuple[Rule, ...]
    terms: tuple[Term, ...]

    def faults(self, text: str, words: str, source: str) -> Iterator[str]:
        """Say what is wrong with words of a text (`testimony`, ..., `messages`) that were made from words of the source."""
        yield from self.broken(text, words)
        yield from self.not_used(words, source)

    def broken(self, text: str, words: str) -> Iterator[str]:
        """Say what words of a text contain and must not."""
        own = FOREIGN.sub("0", words)
        for rule in self.rules:
            found = rule.found(own) if not rule.texts or text in rule.texts else None
            if found is not None:
                yield f"there is {rule.fault} in it: {found}"

    def not_used(self, words: str, source: str) -> Iterator[str]:
        """Name the terms of the source that words do not render as the glossary does."""
        said = IN_BACKTICKS.sub("", source)
        for term in self.terms:
            word = term.missing(words, said)
            if word is not None:
                yield f"the glossary's word for “{word}” is not in it"


def load_rules(folder: Path) -> Rules:
    """Return the rules in the folder of a language; none if it has no files. Raise TextError."""
    data, terms = _toml(folder / "rules.toml"), _toml(folder / "glossary.toml")
    try:
        rules = [
            Rule(rule["fault"], re.compile(rule["pattern"]), tuple(rule.get("texts", ())), rule.get("bare", False))
            for rule in data.get("rule", [])
        ]
        found = [
            Term(re.compile(rf"\b(?:{source})\b", re.IGNORECASE), re.compile(forms))
            for source, forms in terms.get("terms", {}).items()
        ]
    except (KeyError, TypeError, re.error) as error:
        raise TextError(f"{folder}: a rule or a term is not as it should be: {error}") from None
    return Rules(tuple(rules), tuple(found))


def _toml(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise TextError(f"{file}: {error}") from None
