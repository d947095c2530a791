"""Make another language the source: the texts of all others count as translated from it then."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

from campaign.content.files import MADE_FROM, Block, Document, read_document, serialize, source_hash
from campaign.content.pages import ORIGINAL, TRANSLATED
from campaign.identity import CAMPAIGN_FILE, Identity
from campaign.languages import LANGUAGE_FILE

SOURCE_LINE = re.compile(r"""^(source\s*=\s*)(["'])[a-z]+\2""", re.MULTILINE)


class CannotBeSource(Exception):
    """A language that lacks words, or a file in which it cannot be named; its text is one sentence."""


def make_source(translations: Path, code: str) -> None:
    """Make a language the source, in every text and in `campaign.toml`; raise CannotBeSource, TextError or IdentityError.

    A text in the language is written after its translations, and `campaign.toml` last of all, each whole or not at all: where the
    command was cut off, running it again does what is left.
    """
    before = Identity.read(translations)
    if before.source == code:
        return
    others = [file.parent.name for file in sorted(translations.glob(f"*/{LANGUAGE_FILE}")) if file.parent.name != code]
    file, named = translations / CAMPAIGN_FILE, _named_as_source(translations / CAMPAIGN_FILE, code)
    texts = {file.name: read_document(file) for file in sorted((translations / before.source).glob("*.md"))}
    texts = {name: old for name, old in texts.items() if not _is_turned(translations / code / name, old)}
    lacking = [*before.missing_in(code), *(name for name in texts if not _is_whole(translations / code / name, texts[name]))]
    if lacking:
        raise CannotBeSource(f"{code} cannot be the source before it has all words; it lacks {', '.join(lacking)}.")
    for name, old in texts.items():
        source = _as_source(read_document(translations / code / name), old)
        for other in filter(lambda one: (translations / one / name).exists(), others):
            text = translations / other / name
            _replace(text, serialize(_linked(read_document(text), old, source, is_old_source=other == before.source)))
        _replace(translations / code / name, serialize(source))
    _replace(file, named)


def _named_as_source(file: Path, code: str) -> str:
    """Return the content of `campaign.toml` with another source, and with nothing else changed; raise CannotBeSource."""
    words = file.read_text("utf-8")
    named, count = SOURCE_LINE.subn(rf"\g<1>\g<2>{code}\g<2>", words)
    if count != 1 or tomllib.loads(named) != tomllib.loads(words) | {"source": code}:
        raise CannotBeSource(f'{file}: the source must stand once, in a line of its own, such as source = "en".')
    return named


def _replace(file: Path, words: str) -> None:
    """Write a file so that it is there as it was or as it will be, whenever one is cut off."""
    draft = file.with_name(f".{file.name}.part")
    draft.write_text(words, "utf-8")
    draft.replace(file)


def _is_turned(file: Path, old: Document) -> bool:
    """Return whether a text is the source already, and the old one its translation, as the command had begun."""
    document = read_document(file) if file.exists() else None
    return document is not None and document.meta.get("status") == ORIGINAL and _has_all(old, document)


def _is_whole(file: Path, old: Document) -> bool:
    """Return whether a text has every part of its source, translated from what it is now."""
    return file.exists() and _has_all(read_document(file), old)


def _has_all(document: Document, old: Document) -> bool:
    ours = document.pieces()
    return all(id_ in ours and ours[id_].is_translated and not ours[id_].is_stale(piece) for id_, piece in old.pieces().items())


def _as_source(document: Document, old: Document) -> Document:
    """Return a translation as the source: its parts in the order of the old one, without hashes."""
    arranged = document.arranged_like(old)
    meta = {name: value for name, value in arranged.meta.items() if name != MADE_FROM} | {"status": ORIGINAL}
    return Document(meta, tuple(replace(block, made_from="") for block in arranged.blocks))


def _linked(document: Document, old: Document, source: Document, *, is_old_source: bool) -> Document:
    """Return a text whose up-to-date parts are translated from the new source; the old source is no original any more."""
    was, now = old.pieces(), source.pieces()

    def linked(piece: Block) -> Block:
        is_current = is_old_source or (piece.id in was and not piece.is_stale(was[piece.id]))
        return replace(piece, made_from=source_hash(now[piece.id].words)) if is_current and piece.id in now else piece

    status = {"status": TRANSLATED} if is_old_source else {}
    return replace(document, meta=document.meta | status).with_pieces([linked(piece) for piece in document.pieces().values()])
