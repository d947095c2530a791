"""Which letters a typed line can be printed in: those of the fonts of `plain` in templates/prints/voices.typ."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import regex

FONTS = Path(__file__).parent / "fonts"
TYPED_FONTS = ("campaign-latin", "campaign-accents", "campaign-arabic", "names-latin", "names-arabic")
SEGMENTS_FORMAT = 4  # of a cmap: the one for the Basic Multilingual Plane, which all of our fonts have
GRAPHEME = regex.compile(r"\X")


def unprintable(words: str) -> list[str]:
    """Return the letters, each with its marks, that no font of a typed line has; in their order, each once."""
    lacking = (letter for letter in GRAPHEME.findall(words) if not {ord(sign) for sign in letter} <= printable())
    return list(dict.fromkeys(lacking))


@cache
def printable() -> frozenset[int]:
    """Return the code points that the fonts of a typed line have."""
    return frozenset(code for name in TYPED_FONTS for code in _code_points((FONTS / f"{name}.ttf").read_bytes()))


def _code_points(font: bytes) -> Iterator[int]:
    """Yield the code points of a TrueType font (OpenType, “cmap”, format 4)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4s4xII", font, 12 + 16 * place) for place in range(tables))
    start = next(offset for tag, offset, _ in records if tag == b"cmap")
    (encodings,) = struct.unpack_from(">H", font, start + 2)
    for place in range(encodings):
        (offset,) = struct.unpack_from(">I", font, start + 8 + 8 * place)
        kind, twice = struct.unpack_from(">H4xH", font, start + offset)
        if kind == SEGMENTS_FORMAT:
            ends = struct.unpack_from(f">{twice // 2}H", font, start + offset + 14)
            starts = struct.unpack_from(f">{twice // 2}H", font, start + offset + 16 + twice)
            yield from (code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1))
