"""Read and write a text: front matter, then blocks (a paragraph, a heading, a list), each under a line with its id.

The line is `<!-- p3 -->` in the source and `<!-- p3 from 1a2b3c4d -->` in a translation, with the hash of the source words that
were translated. Pages do not show it. The hashes of translated front matter fields are under `made_from`.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import frontmatter
import yaml

BLOCK_MARK = re.compile(r"^<!-- ([a-z0-9-]+)(?: from ([0-9a-f]{8}))? -->$", re.MULTILINE)
TRANSLATED_FIELDS = (*("title", "byline", "description", "undated", "warning", "withheld", "call", "consent", "heart"),)
MADE_FROM = "made_from"
LINE_WIDTH = 100_000  # characters; no line of the front matter is folded


class TextError(Exception):
    """A text cannot be published; the message says which file and why."""


@dataclass(frozen=True)
class Block:
    """Words with an id, the same in every language, and the hash of the source words that were translated."""

    id: str
    words: str
    made_from: str = ""

    @property
    def is_translated(self) -> bool:
        """Return whether the hash of its source is known, and the words are not the source's own."""
        return self.made_from not in {"", source_hash(self.words)}

    def is_stale(self, source: "Block") -> bool:
        """Return whether the source has changed since the translation."""
        return self.made_from != source_hash(source.words)


@dataclass(frozen=True)
class Document:
    """The file of a text in one language."""

    meta: dict[str, Any]
    blocks: tuple[Block, ...]

    def pieces(self) -> dict[str, Block]:
        """Return all that is translated, by id: the fields (`title`, `heart.1`, `byline.KEY`), then the blocks."""
        hashes = self.meta.get(MADE_FROM) or {}
        pieces = {name: Block(name, words, str(hashes.get(name, ""))) for name, words in translated_fields(self.meta).items()}
        return pieces | {block.id: block for block in self.blocks}

    def with_pieces(self, pieces: Iterable[Block]) -> "Document":
        """Return this document with its pieces replaced by those with the same ids; other ids are left out."""
        new = {piece.id: piece for piece in pieces}
        meta = {name: _replaced(name, value, new) if name in TRANSLATED_FIELDS else value for name, value in self.meta.items()}
        hashes = {name: new[name].made_from for name in translated_fields(meta) if name in new and new[name].made_from}
        if hashes:
            meta[MADE_FROM] = (meta.get(MADE_FROM) or {}) | hashes
        return Document(meta, tuple(new.get(block.id, block) for block in self.blocks))

    def arranged_like(self, source: "Document") -> "Document":
        """Return this document with every piece of the source, in its order.

        A piece that is missing here has the words of the source, and counts as not translated. Blocks that the source does not
        have come last.
        """
        fields = {name: source.meta[name] for name in TRANSLATED_FIELDS if name in source.meta}
        source_ids = {block.id for block in source.blocks}
        other_blocks = [block for block in self.blocks if block.id not in source_ids]
        untranslated = {id_: replace(piece, made_from=source_hash(piece.words)) for id_, piece in source.pieces().items()}
        pieces = untranslated | self.pieces()
        return Document(self.meta | fields, (*source.blocks, *other_blocks)).with_pieces(pieces.values())


def source_hash(words: str) -> str:
    """Return what a translation records of its source: the first 8 digits of the SHA-256."""
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def read_document(file: Path) -> Document:
    """Return the text of a file; raises TextError when it is missing, not UTF-8, or its blocks have no ids."""
    try:
        return parse_document(file.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise TextError(f"{file}: {' '.join(str(error).split())}") from None


def parse_document(text: str) -> Document:
    """Return the text that is the content of a file; raises ValueError or YAMLError."""
    document = frontmatter.loads(text)
    if not isinstance(document.get(MADE_FROM) or {}, dict):
        raise ValueError(f"{MADE_FROM} is no list of names with a hash each")
    return Document(dict(document.metadata), tuple(parse_blocks(document.content)))


def parse_blocks(body: str) -> Iterator[Block]:
    """Yield the blocks of a body; raises ValueError for words before the first id and for an id used twice."""
    before, *parts = BLOCK_MARK.split(body.strip())
    if before.strip():
        raise ValueError("the text does not begin with an id such as <!-- p1 -->")
    known = set()
    for block, made_from, words in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if block in known:
            raise ValueError(f"the id {block} is there twice")
        known.add(block)
        yield Block(block, words.strip(), made_from or "")


def write_document(file: Path, document: Document) -> None:
    """Write a text as `read_document` reads it; the same document always gives the same bytes."""
    file.write_text(serialize(document), "utf-8")


def serialize(document: Document) -> str:
    """Return the content of the file of a text."""
    lines = ["---", yaml.safe_dump(document.meta, allow_unicode=True, sort_keys=False, width=LINE_WIDTH) + "---"]
    for block in document.blocks:
        origin = f" from {block.made_from}" if block.made_from else ""
        lines.append(f"<!-- {block.id}{origin} -->\n{block.words}\n")
    return "\n".join(lines)


def translated_fields(meta: dict[str, Any]) -> dict[str, str]:
    """Return the translated front matter fields by id; each item of a list has its own: `heart.1`, `byline.KEY`."""
    found = {}
    for name in TRANSLATED_FIELDS:
        value = meta.get(name)
        if isinstance(value, list):
            for number, item in enumerate(value, start=1):
                found[_item_id(name, number, item)] = _item_words(item)
        elif value:
            found[name] = str(value)
    return found


def _item_id(name: str, number: int, item: Any) -> str:
    return f"{name}.{item['key'] if isinstance(item, dict) else number}"


def _item_words(item: Any) -> str:
    return str(item["name"] if isinstance(item, dict) else item)


def _replaced(name: str, value: Any, new: dict[str, Block]) -> Any:
    """Return the value of a field with its words replaced by those of the new pieces."""
    if not isinstance(value, list):
        return new[name].words if name in new else value
    items = []
    for number, item in enumerate(value, start=1):
        piece = new.get(_item_id(name, number, item))
        words = piece.words if piece else _item_words(item)
        items.append(item | {"name": words} if isinstance(item, dict) else words)
    return items
