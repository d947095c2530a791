"""The page for organizers calls what there is at the desk by the words that stand there."""

import re
from pathlib import Path

from babel.messages.pofile import read_po

TOP = Path(__file__).resolve().parents[2]
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
ITALIC = re.compile(r"(?<![*\w])\*(?!\*)([^*]+?)\*(?![*\w])")
AFTER = re.compile(r"( …| \(\w+\)|:.*)$")  # what a label has beside its name


def plain(words):
    """The name in a label, without its signs."""
    return AFTER.sub("", words.strip()).rstrip(".").casefold()


def test_each_label_of_the_desk_that_the_page_for_organizers_names_is_there():
    with (TOP / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    labels = {plain(word) for message in catalogue for word in message.string if message.pluralizable}
    labels |= {plain(message.string) for message in catalogue if not message.pluralizable}
    page = CODE.sub("", (TOP / "docs/organizers.md").read_text("utf-8"))

    named = [" ".join(words.split()) for paragraph in page.split("\n\n") for words in ITALIC.findall(paragraph)]

    assert len(named) > 40
    assert [name for name in named if plain(name) not in labels] == []
