"""Faults in words that somebody typed for everybody to read: invisible characters, and broken Markdown."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from flask_babel import gettext
from markdown_it.token import Token

from campaign.content.pages import MARKDOWN
from campaign.identity import OFFICE_KEY
from campaign.languages import LANGUAGES, SOURCE, isolate
from campaign.petition.drafts import Drafted
from campaign.petition.published import LETTERS, TextKind
from campaign.petition.validation import CONTROL, INVISIBLE
from campaign.petition.word_parts import parts_of

TAG = re.compile(r"</?[A-Za-z!][^>\s]*>?")
LEFT_OVER = re.compile(r"\*\*|__|\]\(|`")
LINK = re.compile(r"(https://|mailto:|/[^/]|#)")
BLOCKS = {"paragraph", "bullet_list", "ordered_list", "list_item", "heading", "inline"}
INLINE = {"text", "softbreak", "hardbreak", "strong", "em", "link"}
SHOWN_BEFORE = 20  # characters


def clean_words(typed: str, *, is_markdown: bool) -> str:
    """Return words in NFC, with one kind of line end; those that are no Markdown on one line."""
    lines = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    if is_markdown:
        return "\n".join(line.rstrip() for line in lines.split("\n")).strip()
    return " ".join(lines.split())


def word_faults(words: str, *, is_markdown: bool) -> Iterator[str]:
    """Say what is wrong with words, a sentence each."""
    yield from _unseen(words)
    if is_markdown:
        for token in MARKDOWN.parse(words):
            yield from _block_faults(token)


def _unseen(words: str) -> Iterator[str]:
    """Name characters that nobody sees and that reorder or hide what is beside them."""
    for place, letter in enumerate(words):
        if INVISIBLE.match(letter) or (letter != "\n" and CONTROL.match(letter)):
            yield gettext(
                "After “%(before)s” there is the invisible character %(code)s, which can change how the text is read. Delete it.",
                before=isolate(INVISIBLE.sub("", words[max(0, place - SHOWN_BEFORE) : place])),
                code=isolate(f"U+{ord(letter):04X}"),
            )


def _block_faults(token: Token) -> Iterator[str]:
    if token.nesting < 0:
        return
    kind = token.type.removesuffix("_open")
    if kind not in BLOCKS:
        yield gettext("Only paragraphs, lists and headings can be used; line %(line)s is something else.", line=_line(token))
    if kind == "heading" and token.tag == "h1":
        yield gettext("Begin a heading with ## and a space: the page already has its one main heading.")
    for one in token.children or ():
        yield from _inline_faults(one)


def _inline_faults(token: Token) -> Iterator[str]:
    if token.nesting < 0:
        return
    kind = token.type.removesuffix("_open")
    if kind == "image":
        yield gettext("Pictures cannot be shown. Remove the picture.")
    elif kind not in INLINE:
        yield gettext("“%(words)s” cannot be used here.", words=isolate(token.content))
    if token.type == "link_open" and not LINK.match(str(token.attrs.get("href", ""))):
        address = isolate(str(token.attrs.get("href", "")))
        yield gettext("The link to %(address)s must begin with https://, or with / for a page of this site.", address=address)
    for found in TAG.findall(token.content if kind == "text" else ""):
        yield gettext("“%(words)s” is HTML, and readers would see it as it is written.", words=isolate(found))
    for found in LEFT_OVER.findall(token.content if kind == "text" else ""):
        yield gettext("The sign “%(words)s” has no partner, so readers would see it as it is written.", words=isolate(found))


def _line(token: Token) -> str:
    return str((token.map or [0])[0] + 1)


def publishing_faults(drafted: Drafted, kind: TextKind, today: date) -> Iterator[str]:
    """Say what keeps drafts from being published, a sentence each."""
    if broken := drafted.faults(kind):
        yield from broken
        return
    yield from beside_faults(drafted, kind)
    parts = parts_of(drafted, kind)
    if kind in LETTERS and not any(part.is_markdown for part in parts):
        yield gettext("The letter has no paragraph.")
    for part in parts:
        missing = [code for code, words in part.words.items() if not words]
        if kind in (TextKind.TITLE, TextKind.DELIVERIES) and missing:
            yield gettext("It is missing in this language: %(language)s", language=isolate(LANGUAGES[missing[0]].name))
        elif SOURCE in missing and kind != TextKind.UPDATE:
            yield gettext("A part that every letter needs is empty.")
        elif kind == TextKind.CONTACT and missing:
            yield gettext("Say who is responsible for the campaign and how to reach them.")
        if part.day and part.day > today:
            yield gettext("The day of a delivery is in the future. Publish it once the letter has been handed over.")


def beside_faults(drafted: Drafted, kind: TextKind) -> Iterator[str]:
    """Say what is wrong with drafts apart from the words of their parts: in offices and in facts about a translation."""
    if kind in LETTERS:
        for document in drafted.documents(kind).values():
            for name in ("translation_note", "reviewer"):
                yield from word_faults(str(document.meta.get(name) or ""), is_markdown=False)
    for _, key in drafted.of_kind(TextKind.ADDRESSEE) if kind == TextKind.ADDRESSEE else ():
        yield from _office_faults(drafted, key)


def _office_faults(drafted: Drafted, key: str) -> Iterator[str]:
    was, within = drafted.words.current.get((TextKind.ADDRESSEE, key)), _within(drafted, key)
    if was is None and not OFFICE_KEY.fullmatch(key):
        yield gettext(
            "The key of an office can have lower-case letters from a to z, digits and hyphens, and cannot be “new”: %(key)s",
            key=isolate(key),
        )
    if was is not None and was.get("within", "") != within:
        yield gettext(
            "This office has already been published, so you can no longer change whether it is part of another one: %(key)s",
            key=isolate(key),
        )
    elif within and (within == key or _within(drafted, within) != ""):
        yield gettext(
            "An office can only be part of an existing office that is not itself part of another: %(key)s",
            key=isolate(key),
        )


def _within(drafted: Drafted, key: str) -> str | None:
    """Return of which office one is a part; empty where of none, None where there is no such office."""
    value = drafted.value(TextKind.ADDRESSEE, key)
    return str(value.get("within", "")) if value else None
