"""A text as it lies in its file: front matter, then blocks (a paragraph, a heading, a list), each under a line with its id.

The line is `<!-- p3 -->` in the source and `<!-- p3 from 1a2b3c4d -->` in a translation: the fingerprint of the words it was
made from. Readers never see it. Fields of the front matter that are translated have theirs under `made_from`.
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
TRANSLATED_FIELDS = ("title", "byline", "description", "undated", "warning", "withheld", "call", "consent", "heart", "addressees")
MADE_FROM = "made_from"
LINE_WIDTH = 100_000  # characters; no line of the front matter is folded


class TextError(Exception):
    """A text that cannot be published; its words say which file and why."""


@dataclass(frozen=True)
class Block:
    """Words with the id that they keep in every language, and the fingerprint of the source that they were made from."""

    id: str
    words: str
    made_from: str = ""

    @property
    def is_translated(self) -> bool:
        """Whether it says which words it was made from, and is not those words themselves."""
        return self.made_from not in {"", source_hash(self.words)}

    def is_stale(self, source: "Block") -> bool:
        """Whether the source has changed since."""
        return self.made_from != source_hash(source.words)


@dataclass(frozen=True)
class Document:
    """A text in one language as its file has it."""

    meta: dict[str, Any]
    blocks: tuple[Block, ...]

    def pieces(self) -> dict[str, Block]:
        """All that is to be translated, by id: the fields (`title`, `heart.1`, `addressees.KEY`), then the blocks."""
        origins = self.meta.get(MADE_FROM) or {}
        fields = [Block(name, words, str(origins.get(name, ""))) for name, words in _flat(self.meta)]
        return {piece.id: piece for piece in (*fields, *self.blocks)}

    def with_pieces(self, pieces: Iterable[Block]) -> "Document":
        """The same with these pieces in the place of those that have their ids; unknown ids are left out."""
        taken = {piece.id: piece for piece in pieces}
        meta = {name: _filled(name, value, taken) if name in TRANSLATED_FIELDS else value for name, value in self.meta.items()}
        origins = {name: taken[name].made_from for name, _ in _flat(meta) if name in taken and taken[name].made_from}
        if origins:
            meta[MADE_FROM] = (meta.get(MADE_FROM) or {}) | origins
        return replace(self, meta=meta, blocks=tuple(taken.get(block.id, block) for block in self.blocks))

    def arranged_like(self, source: "Document") -> "Document":
        """The same with every part of the source, in its order; what is not there has the source's words, and is missing."""
        untranslated = {id_: replace(piece, made_from=source_hash(piece.words)) for id_, piece in source.pieces().items()}
        ours = self.pieces()
        known = {block.id for block in source.blocks}
        fields = {name: source.meta[name] for name in TRANSLATED_FIELDS if name in source.meta}
        more = tuple(block for block in self.blocks if block.id not in known)
        whole = Document(self.meta | fields, (*source.blocks, *more))
        return whole.with_pieces((untranslated | ours).values())


def source_hash(words: str) -> str:
    """What a translation remembers of its source: the first 8 digits of the SHA-256."""
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def read_document(file: Path) -> Document:
    """A text from its file; raises TextError when it is missing, not UTF-8, or its blocks have no ids."""
    try:
        document = frontmatter.loads(file.read_text("utf-8"))
        return Document(dict(document.metadata), tuple(parse_blocks(document.content)))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise TextError(f"{file}: {' '.join(str(error).split())}") from None


def parse_blocks(body: str) -> Iterator[Block]:
    """The blocks of a body; raises ValueError where words stand before the first id or an id stands twice."""
    before, *parts = BLOCK_MARK.split(body.strip())
    if before.strip():
        raise ValueError("the text does not begin with an id such as <!-- p1 -->")
    known = set()
    for block, made_from, words in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if block in known:
            raise ValueError(f"the id {block} stands there twice")
        known.add(block)
        yield Block(block, words.strip(), made_from or "")


def write_document(file: Path, document: Document) -> None:
    """Writes a text as `read_document` reads it; always the same bytes for the same words."""
    file.write_text(serialize(document), "utf-8")


def serialize(document: Document) -> str:
    """A text as its file has it."""
    front = yaml.safe_dump(document.meta, allow_unicode=True, sort_keys=False, width=LINE_WIDTH)
    marks = ((block, f" from {block.made_from}" if block.made_from else "") for block in document.blocks)
    return "\n".join(["---", f"{front}---", *(f"<!-- {block.id}{origin} -->\n{block.words}\n" for block, origin in marks)])


def _flat(meta: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields that are translated, with a name for each of a list: `heart.1`, `addressees.KEY`."""
    for name in TRANSLATED_FIELDS:
        value = meta.get(name)
        if isinstance(value, list):
            yield from ((f"{name}.{key}", words) for key, words in _items(value))
        elif value:
            yield name, str(value)


def _items(values: list[Any]) -> Iterator[tuple[str, str]]:
    for place, value in enumerate(values, start=1):
        yield (value["key"], value["name"]) if isinstance(value, dict) else (str(place), str(value))


def _filled(name: str, value: Any, taken: dict[str, Block]) -> Any:
    """A field with what was taken for it."""
    if not isinstance(value, list):
        return taken[name].words if name in taken else value
    words = [taken[f"{name}.{key}"].words if f"{name}.{key}" in taken else old for key, old in _items(value)]
    return [old | {"name": new} if isinstance(old, dict) else new for old, new in zip(value, words, strict=True)]
