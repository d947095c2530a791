"""Short news of the campaign, written at the desk: each has an address of its own, in every language or marked as missing.

The first line is the headline, which is the subject when the news goes out as an e-mail; what follows is Markdown. As an update
may retell the testimony, those from before its withdrawal are no longer shown until they are looked at and published again.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from campaign.content.pages import MARKDOWN
from campaign.content.redaction import REDACTED
from campaign.languages import LANGUAGES, SOURCE, Language
from campaign.petition.published import PublishedText, TextKind, Words

LONGEST_HEADLINE = 100  # characters; more of a subject is cut off in most lists of e-mails
MARKUP = re.compile(r"^\s*([#>-]|\d+\.\s)|\*\*|__|\]\(")


@dataclass(frozen=True)
class Update:
    """One piece of news as it is public."""

    key: str  # the last part of its address
    day: date  # on which it was first public
    changed_on: date
    words: Mapping[str, str]  # by language, without those in which it is missing

    def language(self, code: str) -> Language:
        """Return the language in which readers of a language see it."""
        return LANGUAGES[next(one for one in (code, SOURCE, *LANGUAGES) if one in self.words)]

    def headline(self, code: str) -> str:
        """Return its first line."""
        return headline(self.words[self.language(code).code])

    def html(self, code: str) -> Markup:
        """Return all but the first line as HTML; raw HTML in it is escaped."""
        rest = self.words[self.language(code).code].partition("\n")[2]
        return Markup(MARKDOWN.render(rest))  # noqa: S704  # html is switched off


def headline(words: str) -> str:
    """Return the first line of what was written."""
    return words.partition("\n")[0].strip()


def headline_faults(words: str) -> Iterator[str]:
    """Say what is wrong with the first line of what was written, a sentence each."""
    first = headline(words)
    if len(first) > LONGEST_HEADLINE:
        yield gettext("The first line is the headline. Make it shorter.")
    if MARKUP.search(first):
        yield gettext("The first line is the headline. Write it without signs such as # or **.")


def update_rows(words: Words) -> dict[str, list[PublishedText]]:
    """Return all that was public of each update by its key, the newest update first."""
    found: dict[str, list[PublishedText]] = {}
    for row in words.rows:
        if row.kind == TextKind.UPDATE:
            found.setdefault(row.name, []).append(row)
    return dict(reversed(found.items()))


def find_updates(words: Words, withheld: Mapping[str, str], *, is_withdrawn: bool) -> tuple[Update, ...]:
    """Return the updates that are shown, the newest first. `withheld` stands for words of the testimony that nobody may read."""
    found = []
    for key, rows in update_rows(words).items():
        names = _shown_words(rows[-1].value, withheld)
        if names and (rows[-1].value.get("without_testimony") or not is_withdrawn):
            found.append(Update(key, rows[0].day, rows[-1].day, names))
    return tuple(found)


def _shown_words(value: Mapping[str, Any], withheld: Mapping[str, str]) -> dict[str, str]:
    there = {code: words for code, words in value["names"].items() if words and code in LANGUAGES}
    return {code: words.replace(REDACTED, withheld[code]) for code, words in there.items()}
