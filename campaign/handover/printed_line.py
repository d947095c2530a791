"""A line that is typed for a package to print, such as the contact person: what the desk and the command refuse in it."""

from collections.abc import Iterator

from flask_babel import gettext, lazy_gettext

from campaign.languages import isolate
from campaign.petition.word_faults import word_faults
from campaign.prints.letters import unprintable

LONGEST_PRINTED = 120  # characters; two such lines, of four bytes each, can be encrypted together
TOO_LONG = lazy_gettext("Use at most 120 characters.")


def line_faults(line: str) -> Iterator[str]:
    """Say what is wrong with a line that `clean_words` returned, a sentence each."""
    if len(line) > LONGEST_PRINTED:
        yield str(TOO_LONG)
    if faults := list(word_faults(line, is_markdown=False)):
        yield from faults
        return  # what nobody sees has been named by its code
    if "@" in line:
        yield gettext("Do not write an e-mail address here: the package contains none.")
    if letters := unprintable(line):
        yield gettext(
            "These cannot be printed: “%(letters)s”. Use Arabic, Latin, Greek or Cyrillic letters.",
            letters=isolate(" ".join(letters)),
        )
