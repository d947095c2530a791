"""The versions of what is signed: a letter and its consent text in one language, numbered by the day on which they came.

With the testimony withdrawn, the letter without it is a version of its own, and the texts of those before are no longer shown.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from campaign.content.pages import Text
from campaign.languages import LANGUAGES, Language
from campaign.petition.published import PublishedText, TextKind, Words, letter_from

KEPT, TAKEN_OUT, PUT_IN = "kept", "taken out", "put in"
Piece = tuple[str, str]  # KEPT, TAKEN_OUT or PUT_IN, and the words
WORD_AND_SPACE = re.compile(r"\S+\s*")


@dataclass(frozen=True)
class Version:
    """What can be signed, or could once, in one language."""

    language: Language
    number: int  # in its language, from 1
    day: date  # since when it was public
    sha256: str  # the hash that its signatures carry
    letter: Text
    is_current: bool
    is_withheld: bool  # it retells a testimony that is withdrawn, or says what is withheld, so its words are not shown

    @property
    def consent(self) -> str:
        """Return the words beside the box that its signers ticked."""
        return str(self.letter.meta["consent"])

    @property
    def signed_parts(self) -> dict[str, str]:
        """Return the hashed words, by the ids of the paragraphs, and `consent`."""
        return {part.id: part.words for part in self.letter.paragraphs} | {"consent": self.consent}


@dataclass(frozen=True)
class SignedVersions:
    """How many signatures stand under which version."""

    current: int  # under the letter as it stands, in any language
    earlier: tuple[tuple[Version, int], ...]  # the newest version first, without those that nobody signed
    unknown: int  # under texts that were not kept

    @property
    def earlier_number(self) -> int:
        """Return how many signatures are on an earlier version that was kept."""
        return sum(number for _, number in self.earlier)


def find_versions(words: Words, *, is_withdrawn: bool, withdrawn_on: date | None = None) -> dict[str, Version]:
    """Return every version by its hash, those of a language in their order; `withdrawn_on` is the day of the testimony's end."""
    found: dict[str, Version] = {}
    for code, language in LANGUAGES.items():
        letters, others = (_rows(words, kind, code) for kind in (TextKind.LETTER, TextKind.LETTER_WITHOUT_TESTIMONY))
        public = [*_published_by(letters, withdrawn_on), *_in_force_since(others, withdrawn_on)] if is_withdrawn else letters
        first = {str(row.sha256): row for row in reversed(public)}
        for number, sha256 in enumerate(sorted(first, key=lambda one: public.index(first[one])), 1):
            row = first[sha256]
            version = Version(
                language=language,
                number=number,
                day=max(row.day, withdrawn_on) if withdrawn_on and row.kind == TextKind.LETTER_WITHOUT_TESTIMONY else row.day,
                sha256=sha256,
                letter=letter_from(code, row.value),
                is_current=sha256 == public[-1].sha256,
                is_withheld=is_withdrawn and row.kind == TextKind.LETTER and sha256 not in {one.sha256 for one in others},
            )
            found.setdefault(sha256, version)
    return found


def _rows(words: Words, kind: TextKind, code: str) -> list[PublishedText]:
    return [row for row in words.rows if (row.kind, row.name) == (kind, code)]


def _published_by(rows: list[PublishedText], day: date | None) -> list[PublishedText]:
    """Return those that were published by a day."""
    return [row for row in rows if day is None or row.day <= day]


def _in_force_since(rows: list[PublishedText], day: date | None) -> list[PublishedText]:
    """Return those that were in force on a day or after it; the last alone where the day is not known."""
    ends = [row.day for row in rows[1:]]
    return [row for row, end in zip(rows, [*ends, None], strict=False) if end is None or (day is not None and end >= day)]


def count_versions(versions: Mapping[str, Version], signed: Mapping[str, int]) -> SignedVersions:
    """Return the number of signatures of each version, counted by the hash that they carry."""
    known = [(versions[sha256], number) for sha256, number in signed.items() if sha256 in versions]
    earlier = sorted((one for one in known if not one[0].is_current), key=lambda one: (one[0].day, one[0].number), reverse=True)
    return SignedVersions(
        current=sum(number for version, number in known if version.is_current),
        earlier=tuple(earlier),
        unknown=sum(number for sha256, number in signed.items() if sha256 not in versions),
    )


def current_version(versions: Mapping[str, Version], code: str) -> Version | None:
    """Return the version that is signed now in a language."""
    return next((one for one in versions.values() if one.is_current and one.language.code == code), None)


def changed_parts(older: Version, newer: Version) -> Iterator[list[Piece]]:
    """Yield the paragraphs that are not the same in two versions, each as pieces in the order of reading."""
    was, is_now = older.signed_parts, newer.signed_parts
    for name in {**was, **is_now}:
        if was.get(name) != is_now.get(name):
            yield list(changed_words(was.get(name, ""), is_now.get(name, "")))


def changed_words(was: str, is_now: str) -> Iterator[Piece]:
    """Yield what two texts share and what each has alone, word by word."""
    old, new = WORD_AND_SPACE.findall(was), WORD_AND_SPACE.findall(is_now)
    for kind, old_start, old_end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield KEPT, "".join(old[old_start:old_end])
            continue
        if old_end > old_start:
            yield TAKEN_OUT, "".join(old[old_start:old_end])
        if new_end > new_start:
            yield PUT_IN, "".join(new[new_start:new_end])
