"""One part of the campaign's own words, as the desk shows and changes it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from campaign.content.files import source_hash
from campaign.petition.published import TextKind

NEW = "new"  # in the address of a part that is not there yet
ONLY = ""  # the name of words that are in no language


class PartState(StrEnum):
    """How far the words of a part are, in one language."""

    PUBLISHED = "published"
    DRAFT = "draft"
    STALE = "stale"  # the words of the source have changed since
    MISSING = "missing"
    OUTDATED = "outdated"  # the program has had other words in its place since


def hash_of(words: Mapping[str, str], day: date | None) -> str:
    """Return a hash of words by language and of a day."""
    return source_hash("\0".join([*(f"{code}\0{said}" for code, said in words.items()), str(day)]))


@dataclass(frozen=True)
class Part:
    """One part as it is drafted, or else as it is public."""

    kind: TextKind
    key: str
    words: Mapping[str, str]  # by language; by ONLY where it is one for all
    states: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_markdown: bool = False
    day: date | None = None  # of a delivery
    within: str = ""  # of an office

    @property
    def seen(self) -> str:
        """Return the hash of all that its form shows, by which a later change by somebody else is noticed."""
        return hash_of(self.words, self.day)


@dataclass(frozen=True)
class Typed:
    """What somebody typed into the form of a part."""

    words: Mapping[str, str]
    still_right: Collection[str] = ()  # languages whose words say the same as the source's, though those have changed
    day: date | None = None
    within: str = ""
    after: str = ""  # of a new paragraph: the one before it
    without_testimony: bool = False  # whether it was typed when the testimony was withdrawn already
