"""Draws one print; a program of its own that needs nothing of the site: `python typesetter.py TEMPLATE TARGET < data.json`.

With `names` or `tagged-names` in the place of TARGET it draws a volume of names and writes it to standard output. Names may be in
any script: what the fonts here lack comes from those of the system, and where nothing has a letter, a box stands for it.

The data reaches the template as one JSON text, never as markup, so nothing in it can be read as an instruction.
"""

import io
import sys
from pathlib import Path
from typing import Literal

import typst
from PIL import Image

PIXELS_PER_INCH = 72  # one to a point, so a page in points is a picture in pixels
COLOURS = 64  # of the hundreds that Typst draws, most of them at the edges of letters
NAME_MODES = {"names": False, "tagged-names": True}  # whether they are tagged


def typeset(template: Path, data: str, fonts: Path, ending: Literal["pdf", "png"]) -> bytes:
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
    return reduce_colours(drawn) if ending == "png" else drawn


def typeset_names(template: Path, data: str, fonts: Path, *, tagged: bool) -> bytes:
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


def reduce_colours(png: bytes) -> bytes:
    """Return the same picture in a third of the bytes, in so few colours that nobody sees a difference."""
    picture, target = Image.open(io.BytesIO(png)).convert("RGB"), io.BytesIO()
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(target, "PNG", optimize=True)
    return target.getvalue()


if __name__ == "__main__":
    template, target = Path(sys.argv[1]), Path(sys.argv[2])
    data, fonts = sys.stdin.buffer.read().decode(), Path(__file__).parent / "fonts"
    if target.name in NAME_MODES:
        sys.stdout.buffer.write(typeset_names(template, data, fonts, tagged=NAME_MODES[target.name]))
    else:
        ending: Literal["pdf", "png"] = "png" if target.suffix == ".png" else "pdf"
        target.write_bytes(typeset(template, data, fonts, ending))
