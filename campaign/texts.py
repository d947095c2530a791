"""The campaign's own words: the files in `translations/LANG/`, Markdown with front matter, read once at the start."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import frontmatter
import yaml
from markdown_it import MarkdownIt
from markupsafe import Markup

from campaign.languages import LANGUAGES

NAMES = ("testimony", "petition", "about", "privacy", "accessibility", "mirrors")
MARKDOWN = MarkdownIt("commonmark", {"html": False})


class TextError(Exception):
    """A text that cannot be published; its words say which file and why."""


@dataclass(frozen=True)
class Text:
    """One text in one language. The testimony is never read as Markdown: its paragraphs are shown word for word."""

    name: str
    body: str
    meta: dict[str, Any]

    @property
    def title(self) -> str:
        """The heading of its page."""
        return str(self.meta["title"])

    @property
    def description(self) -> str:
        """What search engines and shared links say of it."""
        return str(self.meta["description"])

    @property
    def status(self) -> str:
        """`original`, or what kind of translation it is."""
        return str(self.meta["status"])

    @cached_property
    def html(self) -> Markup:
        """The body as HTML; raw HTML in it is escaped."""
        return Markup(MARKDOWN.render(self.body))  # noqa: S704  # our own files, html switched off

    @cached_property
    def paragraphs(self) -> tuple[str, ...]:
        """The body's paragraphs as they stand."""
        return tuple(self.body.split("\n\n"))


@dataclass(frozen=True)
class Texts:
    """The texts of one language."""

    testimony: Text
    petition: Text
    about: Text
    privacy: Text
    accessibility: Text
    mirrors: Text

    @cached_property
    def consent_hash(self) -> str:
        """What is stored of the text that was signed: the SHA-256 over the letter and the consent text."""
        signed = f"{self.petition.body}\n\n{self.petition.meta['consent']}"
        return hashlib.sha256(signed.encode()).hexdigest()


def load(folder: Path) -> dict[str, Texts]:
    """The texts of every language; raises TextError."""
    return {code: Texts(**{name: read(folder / code / f"{name}.md") for name in NAMES}) for code in LANGUAGES}


def read(file: Path) -> Text:
    """One text; raises TextError when it is missing, not UTF-8, not YAML, or lacks its title, description or status."""
    try:
        document = frontmatter.loads(file.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise TextError(f"{file}: {' '.join(str(error).split())}") from None
    for needed in ("title", "description", "status"):
        if not document.metadata.get(needed):
            raise TextError(f"{file}: `{needed}` is missing in the front matter")
    return Text(file.stem, document.content.strip(), dict(document.metadata))
