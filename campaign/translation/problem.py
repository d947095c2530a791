"""One thing that is wrong with a language, where it is, and in which words it is said."""

from dataclasses import dataclass

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
