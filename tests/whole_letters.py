"""Gives each Arabic letter and each vowel mark one glyph of its own, for the fonts that are printed with.

A PDF knows letters by their glyphs, and readers turn a line that runs from right to left around glyph by glyph. So as many
glyphs must stand there as letters and marks were written, side by side on the line. A letter with its dots and marks becomes one
picture, and each mark after it a blank of no width. Ligatures of two letters go; of lam with alef, which must be one, the alef is
the picture and the lam a blank. Then what is copied, searched or read aloud is what was written.
"""

import io
from collections.abc import Iterator
from itertools import product
from types import SimpleNamespace
from typing import Any, NamedTuple
from unicodedata import normalize

import uharfbuzz as hb
from fontTools.otlLib import builder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables

from tests.kerning import kern_like

LETTERS = [chr(code) for code in (*range(0x621, 0x63B), *range(0x641, 0x64B))]
# Letters of Persian, Kurdish, Urdu and their like, which get no marks.
OTHERS = [chr(code) for code in (*range(0x671, 0x6D4), 0x6D5)]
SHADDA, SUKUN, JOINER = "\u0651", "\u0652", "\u200d"
VOWELS = [chr(code) for code in (*range(0x64B, 0x651), 0x670)]
MARKS = [*VOWELS, SHADDA, SUKUN, *(normalize("NFC", SHADDA + vowel) for vowel in VOWELS)]
LAM_ALEFS = [before + "ل" + alef for before in ("", JOINER) for alef in "اأإآ"]
INVISIBLE = "space"  # what HarfBuzz shows a joiner as
BASE_CLASS, MARK_CLASS, IGNORE_MARKS = 1, 3, 8
Parts = tuple[tuple[str, int, int], ...]  # glyphs, and where they sit from the first one
Rule = tuple[list[set[str]], str, list[set[str]], str]  # before it, the old glyph, after it, the new one


class Shaped(NamedTuple):
    """A glyph of a text, the letter it stands for by its place in the text, and where it sits."""

    name: str
    letter: int
    x: int
    y: int


class Shaper:
    """HarfBuzz with a font as it is now."""

    def __init__(self, font: TTFont) -> None:
        written = io.BytesIO()
        font.save(written)
        self.font, self.order = hb.Font(hb.Face(written.getvalue())), font.getGlyphOrder()
        self.marks = {name for name, kind in font["GDEF"].table.GlyphClassDef.classDefs.items() if kind == MARK_CLASS}

    def shape(self, text: str) -> list[Shaped]:
        """The glyphs of a text in the order in which it is written."""
        buffer, pen, shaped = hb.Buffer(), 0, []
        buffer.cluster_level = hb.BufferClusterLevel.CHARACTERS
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(self.font, buffer)
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            name = self.order[info.codepoint]
            if name != INVISIBLE:
                shaped.append(Shaped(name, info.cluster, pen + position.x_offset, position.y_offset))
            pen += position.x_advance
        return shaped[::-1]

    def letter(self, text: str, place: int) -> Parts:
        """What the letter at a place of a text without vowel marks is made of, the letter before its dots."""
        return moved([one for one in self.shape(text) if one.letter == place])

    def marked(self, text: str, place: int, marks: str) -> Parts:
        """The letter at a place with marks on it."""
        bare, shaped = self.shape(text), self.shape(text[: place + 1] + marks + text[place + 1 :])
        dots = sum(one.name in self.marks for one in bare if one.letter <= place)
        added = sum(one.name in self.marks for one in shaped) - sum(one.name in self.marks for one in bare)
        last = [at for at, one in enumerate(shaped) if one.name in self.marks][dots + added - 1]
        first = next(at for at in range(last, -1, -1) if shaped[at].name not in self.marks)
        return moved(shaped[first : last + 1])


def moved(parts: list[Shaped]) -> Parts:
    """The parts where they sit when the first stands at the beginning of a line."""
    return tuple((one.name, one.x - parts[0].x, one.y - parts[0].y) for one in parts)


def texts(letters: list[str]) -> Iterator[tuple[str, int]]:
    """Each letter alone and beside each other one, with nothing or another letter around them, and its place."""
    for before, after in product(("", JOINER), repeat=2):
        for pair in product(letters, ["", *letters]):
            text = before + "".join(pair) + after
            yield from ((text, place) for place, letter in enumerate(text) if letter != JOINER)


def separate(font: TTFont) -> None:
    """Changes a font so that what is set in it can be copied."""
    cmap, original = font.getBestCmap(), Shaper(font)
    drop_ligatures(font)
    shaper = Shaper(font)
    seen: dict[Parts, tuple[str, int]] = {}
    for text, place in texts([letter for letter in [*LETTERS, *OTHERS] if ord(letter) in cmap]):
        seen.setdefault(shaper.letter(text, place), (text, place))
    blanks = {mark: add_glyph(font, f"blank{ord(mark):04X}", (), kind=MARK_CLASS) for mark in MARKS if not mark[1:]}
    made = [parts for parts in seen if parts[1:]]
    marked: dict[Parts, str] = {}
    for text, place in seen.values():
        if text[place] in LETTERS:
            marked |= {shaper.marked(text, place, marks): marks for marks in MARKS}
    rules = [rule for text in LAM_ALEFS for rule in add_lam_alef(font, original, shaper, text, marked)]
    names = {parts: add_glyph(font, f"whole{number}", parts) for number, parts in enumerate([*made, *marked])}
    for parts, name in names.items():
        kern_like(font, parts[0][0], name)
    append_rules(font, rules)
    append(font, builder.buildLigatureSubstSubtable({tuple(one for one, _, _ in parts): name for parts, name in names.items()}))
    after = {names[parts]: [names[parts], *(blanks[mark] for mark in marks)] for parts, marks in marked.items()}
    append(font, builder.buildMultipleSubstSubtable(after))


def drop_ligatures(font: TTFont) -> None:
    """Takes away what makes one glyph of two letters; marks may still be one."""
    kinds = font["GDEF"].table.GlyphClassDef.classDefs
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in (getattr(table, "ExtSubTable", table) for table in lookup.SubTable):
            if isinstance(table, otTables.LigatureSubst):
                of_marks = {
                    first: [one for one in ligatures if all(kinds.get(part) == MARK_CLASS for part in one.Component)]
                    for first, ligatures in table.ligatures.items()
                }
                table.ligatures = {first: ligatures for first, ligatures in of_marks.items() if ligatures}


def add_glyph(font: TTFont, name: str, parts: Parts, *, width: int | None = None, kind: int = BASE_CLASS) -> str:
    """A glyph of the parts where they sit, as wide as the first if no width is given."""
    pen = TTGlyphPen(font.getGlyphSet())
    for part, x, y in parts:
        pen.addComponent(part, (1, 0, 0, 1, x, y))
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = glyph = pen.glyph()
    glyph.recalcBounds(font["glyf"])
    if width is None:
        width = font["hmtx"][parts[0][0]][0] if parts else 0
    font["hmtx"][name] = (width, getattr(glyph, "xMin", 0))
    font["GDEF"].table.GlyphClassDef.classDefs[name] = kind
    return name


def add_lam_alef(font: TTFont, original: Shaper, shaper: Shaper, text: str, marked: dict[Parts, str]) -> list[Rule]:
    """Draws lam with alef as two glyphs where the font has one, with every mark on either."""
    joined, *more = original.shape(text)
    if more:
        return []
    at = len(text) - 2
    ((lam, _, _),), ((alef, _, _),) = shaper.letter(text, at), shaper.letter(text, at + 1)
    width = font["hmtx"][joined.name][0]
    half = width // 2
    blank = add_glyph(font, f"{joined.name}.lam", (), width=half)
    picture = add_glyph(font, f"{joined.name}.alef", ((joined.name, 0, 0),), width=width - half)
    kern_like(font, joined.name, picture)
    for marks in MARKS:
        _, *on_lam = original.marked(text, at, marks)
        _, *on_alef = original.marked(text, at + 1, marks)
        marked[(blank, 0, 0), *((one, x - (width - half), y) for one, x, y in on_lam)] = marks
        marked[(picture, 0, 0), *on_alef] = marks
    return [([], lam, [{alef}], blank), ([{blank}], alef, [], picture)]


def append(font: TTFont, *tables: Any, flags: int = 0, used: bool = True) -> int:
    """Adds a lookup, as the last thing that shaping does if it is used, and returns its number."""
    table = font["GSUB"].table
    lookups = table.LookupList.Lookup
    lookups.append(builder.buildLookup(list(tables), flags))
    table.LookupList.LookupCount = len(lookups)
    last = "liga" if any(record.FeatureTag == "liga" for record in table.FeatureList.FeatureRecord) else "calt"
    for record in table.FeatureList.FeatureRecord:
        if used and record.FeatureTag == last:
            record.Feature.LookupListIndex.append(len(lookups) - 1)
            record.Feature.LookupCount = len(record.Feature.LookupListIndex)
    return len(lookups) - 1


def append_rules(font: TTFont, rules: list[Rule]) -> None:
    """Adds the rules, whatever marks are between the letters."""
    if rules:
        lookup = builder.ChainContextSubstBuilder(font, None)
        for before, old, after, new in rules:
            number = append(font, builder.buildSingleSubstSubtable({old: new}), used=False)
            lookup.rules.append(builder.ChainContextualRule(before, [{old}], after, [[SimpleNamespace(lookup_index=number)]]))
        append(font, *lookup.build().SubTable, flags=IGNORE_MARKS)
