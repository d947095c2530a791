"""Draws one print; a program of its own that needs nothing of the site: `python typesetter.py TEMPLATE TARGET < data.json`.

With `names` or `tagged-names` in the place of TARGET it draws a volume of names and writes it to standard output. Names may be in
any script: what the fonts here lack comes from those of the system, and where nothing has a letter, a box stands for it.

The data reaches the template as one JSON text, never as markup, so nothing in it can be read as an instruction.
"""

import struct
import sys
import zlib
from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import Literal

import typst

PIXELS_PER_INCH = 72  # one to a point, so a page in points is a picture in pixels
PIXEL = 4  # bytes, as Typst writes them: RGBA
NAMES = {"names": False, "tagged-names": True}  # whether they are tagged
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def draw(template: Path, data: str, fonts: Path, ending: Literal["pdf", "png"]) -> bytes:
    """A tagged PDF (PDF/UA-1), or a PNG with a palette; raises typst.TypstError."""
    drawn = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=[str(fonts)],
        ignore_system_fonts=True,
        format=ending,
        ppi=PIXELS_PER_INCH,
        sys_inputs={"data": data},
        pdf_standards=["ua-1"] if ending == "pdf" else [],
    )
    assert isinstance(drawn, bytes)
    return squeezed(drawn) if ending == "png" else drawn


def draw_names(template: Path, data: str, fonts: Path, *, tagged: bool) -> bytes:
    """A PDF that need not satisfy PDF/UA, which refuses a text as soon as one letter is in no font; raises typst.TypstError."""
    drawn = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=[str(fonts)],
        format="pdf",
        sys_inputs={"data": data},
        pdf_tags=tagged,
    )
    assert isinstance(drawn, bytes)
    return drawn


def squeezed(png: bytes) -> bytes:
    """The same picture in a third of the bytes: its few hundred colours become the most common of those that look alike."""
    width, height = struct.unpack(">II", png[16:24])
    lines = rows(png, width * PIXEL)
    counted = Counter(pixel for line in lines for pixel in memoryview(line).cast("I"))
    palette: dict[int, int] = {}  # of the colours that look alike, the most common
    for pixel, _ in counted.most_common():
        palette.setdefault(pixel & 0xF8F8F8, pixel)
    places = {look: place for place, look in enumerate(palette)}
    body = b"".join(b"\0" + bytes(places[pixel & 0xF8F8F8] for pixel in memoryview(line).cast("I")) for line in lines)
    colours = b"".join(pixel.to_bytes(PIXEL, sys.byteorder)[:3] for pixel in palette.values())
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", head), (b"PLTE", colours), (b"IDAT", zlib.compress(body, 9)), (b"IEND", b"")]
    return SIGNATURE + b"".join(chunk(kind, content) for kind, content in parts)


def chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk of a PNG (its specification, 5.3)."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def rows(png: bytes, length: int) -> list[bytes]:
    """The pixels of each row of a PNG that is not interlaced, its filters undone (9.2)."""
    packed, at = b"", len(SIGNATURE)
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + size]
        at += size + 12
    raw, found = zlib.decompress(packed), [bytes(length)]
    for start in range(0, len(raw), length + 1):
        found.append(unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + length]), found[-1]))
    return found[1:]


def unfiltered(kind: int, row: bytearray, above: bytes) -> bytes:
    """One row: each byte is the difference to a guess from its neighbours to the left, above, and above to the left."""
    if kind == 1:
        for lane in range(PIXEL):
            row[lane::PIXEL] = bytes(total & 0xFF for total in accumulate(row[lane::PIXEL]))
    elif kind == 2:
        return bytes((difference + up) & 0xFF for difference, up in zip(row, above, strict=True)) if any(row) else above
    elif kind:
        for at, up in enumerate(above):
            left, corner = (row[at - PIXEL], above[at - PIXEL]) if at >= PIXEL else (0, 0)
            row[at] = (row[at] + ((left + up) // 2 if kind == 3 else paeth(left, up, corner))) & 0xFF
    return bytes(row)


def paeth(left: int, up: int, corner: int) -> int:
    """The neighbour that is nearest to left + up - corner (9.4)."""
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner


if __name__ == "__main__":
    template, target = Path(sys.argv[1]), Path(sys.argv[2])
    data, fonts = sys.stdin.buffer.read().decode(), Path(__file__).parent / "fonts"
    if target.name in NAMES:
        sys.stdout.buffer.write(draw_names(template, data, fonts, tagged=NAMES[target.name]))
    else:
        ending: Literal["pdf", "png"] = "png" if target.suffix == ".png" else "pdf"
        target.write_bytes(draw(template, data, fonts, ending))
