"""Draw one print, as a separate program that does not need the site: `python typesetter.py TEMPLATE TARGET < data.json`.

With `names` or `tagged-names` as TARGET it draws a volume of names and writes it to standard output. Names may be in
any script: what the fonts here lack comes from those of the system. Where
nothing has a letter, a box stands for it, and the name is listed at the end.

The data reaches the template as one JSON text, never as markup, so nothing in it can be read as an instruction.
"""

import io
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import pikepdf
import typst
from PIL import Image

PIXELS_PER_INCH = 72  # one to a point, so a page in points is a picture in pixels
COLOURS = 64  # of the hundreds that Typst draws, most of them at the edges of letters
ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]+")
CMAP_LINE = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>")
BOX = 0  # the glyph of what a font has not
LONGEST_BLOCK = 100  # lines of a /ToUnicode that may stand together
Glyph = tuple[tuple[int, int], int]  # the font by its number in the PDF, the glyph by its number in the font
NAME_MODES = {"names": False, "tagged-names": True}  # whether they are tagged


def typeset(template: Path, data: str, ending: Literal["pdf", "png"], **options: Any) -> bytes:
    """Return a PDF, or a PNG with a palette; raise typst.TypstError."""
    fonts = str(Path(__file__).parent / "fonts")
    drawn = typst.compile(
        str(template), root=str(template.parent), font_paths=[fonts], format=ending, sys_inputs={"data": data}, **options
    )
    assert isinstance(drawn, bytes)
    return reduce_colours(drawn) if ending == "png" else drawn


def reduce_colours(png: bytes) -> bytes:
    """Return the same picture in a third of the bytes, in so few colours that nobody sees a difference."""
    picture, target = Image.open(io.BytesIO(png)).convert("RGB"), io.BytesIO()
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(target, "PNG", optimize=True)
    return target.getvalue()


def spell_arabic(drawn: bytes) -> tuple[bytes, list[tuple[Glyph, str]]]:
    """Return the PDF with one character for each Arabic glyph, and the glyphs in it with their texts.

    Typst gives a letter and its marks one text, /ActualText (ISO 32000-1, 14.9.4), which readers turn around with the line or
    leave out. In our fonts each of them is a glyph, so each gets its own character in /ToUnicode instead.
    """
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        pages = [(page, list(pikepdf.parse_content_stream(page))) for page in pdf.pages]
        fonts = {font.objgen: font for page, _ in pages for font in page.Resources.get("/Font", {}).values()}
        texts = {(key, glyph): text for key, font in fonts.items() for glyph, text in read_cmap(font.ToUnicode.read_bytes())}
        glyphs = [one for page, content in pages for one in shown(page, content, texts)]
        spelt: dict[Glyph, str] = {}
        for glyph, letter in letters(glyphs):
            spelt.setdefault(glyph, letter)
        for page, content in pages:
            page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(list(without_actual_text(content))))
        for key, font in fonts.items():
            own = {glyph: letter for (other, glyph), letter in spelt.items() if other == key}
            font.ToUnicode.write(write_cmap(font.ToUnicode.read_bytes(), own))
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue(), glyphs


def read_cmap(cmap: bytes) -> Iterator[tuple[int, str]]:
    """Yield the number of each glyph and its text."""
    for glyph, text in CMAP_LINE.findall(cmap):
        yield int(glyph, 16), bytes.fromhex(text.decode()).decode("utf-16-be")


def write_cmap(cmap: bytes, spelt: dict[int, str]) -> bytes:
    """Return a font's /ToUnicode with the character of each Arabic glyph; Typst leaves out those that stand for a mark."""
    texts = dict(read_cmap(cmap)) | spelt
    lines = [b"<%04X> <%s>" % (glyph, text.encode("utf-16-be").hex().upper().encode()) for glyph, text in sorted(texts.items())]
    blocks = [lines[start : start + LONGEST_BLOCK] for start in range(0, len(lines), LONGEST_BLOCK)]
    first, last = cmap.index(b"endcodespacerange\n") + len(b"endcodespacerange\n"), cmap.index(b"endcmap")
    return (
        cmap[:first] + b"".join(b"%d beginbfchar\n%s\nendbfchar\n" % (len(one), b"\n".join(one)) for one in blocks) + cmap[last:]
    )


def shown(page: Any, content: list[Any], texts: dict[Glyph, str]) -> Iterator[tuple[Glyph, str]]:
    """Yield each glyph of a page as it is drawn, and the text that it has or shares with its neighbours."""
    font, marked = (0, 0), [""]
    for operands, operator in content:
        match str(operator):
            case "Tf":
                font = page.Resources.Font[operands[0]].objgen
            case "BMC":
                marked.append(marked[-1])
            case "BDC":
                marked.append(str(operands[1].get("/ActualText", marked[-1])))
            case "EMC":
                marked.pop()
            case "Tj" | "TJ":
                parts = operands if str(operator) == "Tj" else operands[0]
                codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
                for place in range(0, len(codes), 2):
                    glyph = (font, int.from_bytes(codes[place : place + 2]))
                    yield glyph, marked[-1] or texts.get(glyph, "")


def letters(glyphs: Iterable[tuple[Glyph, str]]) -> Iterator[tuple[Glyph, str]]:
    """Yield the character of each Arabic glyph: those that share a text come in the order in which it is read from the left."""
    group: list[Glyph] = []
    before = ""
    for glyph, text in glyphs:
        group = [*(group if text == before else []), glyph]
        before = text
        if len(group) == len(text) and ARABIC.fullmatch(text):
            yield from zip(group, reversed(text), strict=True)
            group = []


def without_actual_text(content: list[Any]) -> Iterator[Any]:
    """Yield what is drawn, without the texts of Arabic letters."""
    dropped: list[bool] = []
    for instruction in content:
        operator = str(instruction.operator)
        if operator in ("BMC", "BDC"):
            text = str(instruction.operands[1].get("/ActualText", "")) if operator == "BDC" else ""
            dropped.append(bool(ARABIC.fullmatch(text)))
        if not (dropped and dropped[-1] and operator in ("BDC", "EMC")):
            yield instruction
        if operator == "EMC":
            dropped.pop()


def unseen(data: dict[str, Any], glyphs: list[tuple[Glyph, str]]) -> list[str]:
    """Return the characters of names for which there are only boxes."""
    if all(number != BOX for (_, number), _ in glyphs):
        return []
    seen = set().union(*(text for (_, number), text in glyphs if number != BOX))
    named = {letter for _, names in data["days"] for _, name in names for letter in name}
    return sorted(letter for letter in named - seen if unicodedata.category(letter)[0] not in "ZC")


def name_book(template: Path, data: str, *, tagged: bool) -> bytes:
    """Return a volume of names; its end lists those with a character that no font has."""
    drawn, glyphs = spell_arabic(typeset(template, data, "pdf", pdf_tags=tagged))
    if missing := unseen(json.loads(data), glyphs):
        again = json.dumps(json.loads(data) | {"missing": missing})
        drawn, _ = spell_arabic(typeset(template, again, "pdf", pdf_tags=tagged))
    return drawn


if __name__ == "__main__":
    template, target = Path(sys.argv[1]), Path(sys.argv[2])
    data = sys.stdin.buffer.read().decode()
    if target.name in NAME_MODES:  # no PDF/UA, which refuses a text as soon as one letter is in no font
        sys.stdout.buffer.write(name_book(template, data, tagged=NAME_MODES[target.name]))
    elif target.suffix == ".png":
        target.write_bytes(typeset(template, data, "png", ignore_system_fonts=True, ppi=PIXELS_PER_INCH))
    else:
        drawn, _ = spell_arabic(typeset(template, data, "pdf", ignore_system_fonts=True, pdf_standards=["ua-1"]))
        target.write_bytes(drawn)
