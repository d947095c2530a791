"""Load the texts of the pages: the files in `translations/LANG/`, Markdown with front matter, read once at the start.

A paragraph that a translation does not have is shown in the source language; one whose source has changed since is shown with
a note that says so.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from flask_babel import gettext, lazy_gettext
from markdown_it import MarkdownIt
from markupsafe import Markup

from campaign.content.files import TRANSLATED_FIELDS, Block, Document, TextError, read_document, translated_fields
from campaign.languages import LANGUAGES, SOURCE, Language, day, isolate, language_name, speaking

PAGE_NAMES = (
    "testimony",
    "petition",
    "letter-without-testimony",
    "about",
    "privacy",
    "accessibility",
    "mirrors",
    "channels",
    "write",
)
REQUIRED_FIELDS = ("title", "description", "status")
ORIGINAL, MACHINE, TRANSLATED, REVIEWED = STATUSES = ("original", "machine", "translated", "reviewed")
WITHHELD = "name withheld"
MARKDOWN = MarkdownIt("commonmark", {"html": False})
MISSING_NOTE = lazy_gettext("This part has not been translated yet, so you see it in the language of the source.")
STALE_NOTE = lazy_gettext("The source of this part has changed since it was translated.")


@dataclass(frozen=True)
class Paragraph:
    """A block as readers see it."""

    id: str
    words: str
    language: Language  # of the words: the source's where the translation lacks them
    note: Any = ""  # MISSING_NOTE or STALE_NOTE, in the language of the page

    @cached_property
    def html(self) -> Markup:
        """Return the words as HTML; raw HTML in them is escaped."""
        return Markup(MARKDOWN.render(self.words))  # noqa: S704  # our own files, html switched off


@dataclass(frozen=True)
class Text:
    """One text in one language. The testimony is never read as Markdown: its paragraphs are shown word for word."""

    name: str
    language: Language
    meta: dict[str, Any]
    paragraphs: tuple[Paragraph, ...]
    is_behind: bool = False  # whether the source of its title or of another front matter field has changed since

    @property
    def title(self) -> str:
        """Return the heading of its page."""
        return str(self.meta["title"])

    @property
    def description(self) -> str:
        """Return what search engines and shared links say of it."""
        return str(self.meta["description"])

    @property
    def status(self) -> str:
        """`original`, or what kind of translation it is."""
        return str(self.meta["status"])

    @cached_property
    def parts(self) -> dict[str, Paragraph]:
        """Return the paragraphs by their ids, for pages that put each into its place."""
        return {paragraph.id: paragraph for paragraph in self.paragraphs}

    @property
    def body(self) -> str:
        """Return the words of all paragraphs, without ids."""
        return "\n\n".join(paragraph.words for paragraph in self.paragraphs)

    @property
    def standing(self) -> str:
        """Return the kind of translation it is, in a sentence in its own language; empty for an original."""
        with speaking(self.language.code):
            behind = (
                gettext("The source of its title or description has changed since it was translated.") if self.is_behind else ""
            )
            return " ".join(
                filter(
                    None,
                    (
                        _standing(self.status, self.meta, self.language),
                        behind,
                        self.meta.get("translation_note"),
                    ),
                )
            )


def _standing(status: str, meta: dict[str, Any], language: Language) -> Any:
    """Return the status of a translation into a language as a sentence in it."""
    source = language_name(SOURCE, language)
    if status == MACHINE:
        return gettext("This is a machine translation from the %(language)s text that nobody has read over yet.", language=source)
    if status == TRANSLATED:
        return gettext(
            "This is a translation from the %(language)s text that no native speaker has reviewed yet.", language=source
        )
    if status == ORIGINAL:
        return ""
    reviewer, reviewed_on = meta.get("reviewer", WITHHELD), day(meta["reviewed_on"])
    if reviewer == WITHHELD:
        return gettext(
            "This is a translation from the %(language)s text. A native speaker whose name is withheld reviewed it on %(day)s.",
            language=source,
            day=reviewed_on,
        )
    return gettext(
        "This is a translation from the %(language)s text, reviewed by %(reviewer)s on %(day)s.",
        language=source,
        reviewer=isolate(str(reviewer)),
        day=reviewed_on,
    )


@dataclass(frozen=True)
class Texts:
    """The texts of one language."""

    testimony: Text
    petition: Text  # the letter
    letter_without_testimony: Text  # the one that takes its place when the testimony is withdrawn
    about: Text
    privacy: Text
    accessibility: Text
    mirrors: Text
    channels: Text  # the rules of petition/channels.toml in words
    write: Text

    @cached_property
    def consent_hash(self) -> str:
        """Return the SHA-256 of the letter and the consent text, stored with each signature."""
        return text_hash(self.petition)


def text_hash(letter: Text) -> str:
    """Return the SHA-256 of what is signed: the letter and the consent text under it."""
    return hashlib.sha256(f"{letter.body}\n\n{letter.meta['consent']}".encode()).hexdigest()


def load_texts(folder: Path) -> dict[str, Texts]:
    """Return the texts of every public language; raises TextError."""
    return {
        code: Texts(**{name.replace("-", "_"): load_text(folder, name, language) for name in PAGE_NAMES})
        for code, language in LANGUAGES.items()
    }


def load_text(folder: Path, name: str, language: Language) -> Text:
    """Return one text as readers of a language see it; raises TextError when it lacks its title, description or status."""
    file = folder / language.code / f"{name}.md"
    ours, source = read_document(file), read_document(folder / SOURCE / f"{name}.md")
    for needed in REQUIRED_FIELDS:
        if not ours.meta.get(needed):
            raise TextError(f"{file}: `{needed}` is missing in the front matter")
    if ours.meta["status"] not in STATUSES:
        raise TextError(f"{file}: `status` must be one of {', '.join(STATUSES)}")
    if ours.meta["status"] == REVIEWED and not ours.meta.get("reviewed_on"):
        raise TextError(f"{file}: `reviewed_on` is missing in the front matter")
    return text_from(name, ours, source, language)


def text_from(name: str, ours: Document, source: Document, language: Language) -> Text:
    """Return one text as readers of a language see it, from what it is in that language and in the source."""
    shared = {field: source.meta[field] for field in TRANSLATED_FIELDS if field in source.meta}
    pieces = ours.pieces()
    paragraphs = tuple(_paragraph(block, pieces.get(block.id), language) for block in source.blocks)
    is_behind = language.code != SOURCE and _has_stale_field(ours, source)
    return Text(name, language, shared | ours.meta, paragraphs, is_behind)


def _has_stale_field(ours: Document, source: Document) -> bool:
    """Return whether the source of a translated front matter field has changed."""
    ours_by_id, source_by_id = ours.pieces(), source.pieces()
    names = translated_fields(ours.meta).keys() & translated_fields(source.meta).keys()
    return any(ours_by_id[name].is_stale(source_by_id[name]) for name in names)


def _paragraph(source: Block, ours: Block | None, language: Language) -> Paragraph:
    """Return a block as readers of a language see it: in the source language where it is not translated."""
    if language.code == SOURCE:
        return Paragraph(source.id, source.words, language)
    if ours is None or not ours.is_translated:
        return Paragraph(source.id, source.words, LANGUAGES[SOURCE], MISSING_NOTE)
    return Paragraph(source.id, ours.words, language, STALE_NOTE if ours.is_stale(source) else "")
