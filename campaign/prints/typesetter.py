"""Draws one print; a program of its own that needs nothing of the site: `python typesetter.py TEMPLATE TARGET < data.json`.

With `names` or `tagged-names` in the place of TARGET it draws a volume of names and writes it to standard output. Names may be in
any script: what the fonts here lack comes from those of the system, and where nothing has a letter, a box stands for it.

The data reaches the template as one JSON text, never as markup, so nothing in it can be read as an instruction.
"""

import io
import sys
from pathlib import Path
from typing import Any, Literal

import typst
from PIL import Image

PIXELS_PER_INCH = 72  # one to a point, so a page in points is a picture in pixels
COLOURS = 64  # of the hundreds that Typst draws, most of them at the edges of letters
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


if __name__ == "__main__":
    template, target = Path(sys.argv[1]), Path(sys.argv[2])
    data = sys.stdin.buffer.read().decode()
    if target.name in NAME_MODES:  # no PDF/UA, which refuses a text as soon as one letter is in no font
        sys.stdout.buffer.write(typeset(template, data, "pdf", pdf_tags=NAME_MODES[target.name]))
    elif target.suffix == ".png":
        target.write_bytes(typeset(template, data, "png", ignore_system_fonts=True, ppi=PIXELS_PER_INCH))
    else:
        target.write_bytes(typeset(template, data, "pdf", ignore_system_fonts=True, pdf_standards=["ua-1"]))
