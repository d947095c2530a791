"""Make another language the source: the texts of all others count as translated from it then."""

import re
from dataclasses import replace
from pathlib import Path

from campaign.content.files import MADE_FROM, Block, Document, read_document, source_hash, write_document
from campaign.content.pages import ORIGINAL, TRANSLATED
from campaign.identity import CAMPAIGN_FILE, Identity
from campaign.languages import LANGUAGE_FILE

SOURCE_LINE = re.compile(r'^source\s*=\s*"[a-z]+"', re.MULTILINE)


class CannotBeSource(Exception):
    """A language that lacks words; its text is one sentence."""


def make_source(translations: Path, code: str) -> None:
    """Make a language the source, in every text and in `campaign.toml`; raise CannotBeSource, TextError or IdentityError."""
    before = Identity.read(translations)
    if before.source == code:
        return
    others = [file.parent.name for file in sorted(translations.glob(f"*/{LANGUAGE_FILE}")) if file.parent.name != code]
    texts = {file.name: read_document(file) for file in sorted((translations / before.source).glob("*.md"))}
    lacking = [*before.missing_in(code), *(name for name in texts if not _is_whole(translations / code / name, texts[name]))]
    if lacking:
        raise CannotBeSource(f"{code} cannot be the source before it has all words; it lacks {', '.join(lacking)}.")
    for name, old in texts.items():
        source = _as_source(read_document(translations / code / name), old)
        for other in filter(lambda one: (translations / one / name).exists(), others):
            file = translations / other / name
            write_document(file, _linked(read_document(file), old, source, is_old_source=other == before.source))
        write_document(translations / code / name, source)
    file = translations / CAMPAIGN_FILE
    file.write_text(SOURCE_LINE.sub(f'source = "{code}"', file.read_text("utf-8"), count=1), "utf-8")


def _is_whole(file: Path, old: Document) -> bool:
    """Return whether a text has every part of its source, translated from what it is now."""
    if not file.exists():
        return False
    ours = read_document(file).pieces()
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
