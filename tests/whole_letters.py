"""Makes each Arabic letter one glyph with its dots and vowel marks, for the fonts that are printed with.

A font sets them apart: the bare letter, its dots, its marks. A PDF then knows no longer which glyph stands for which letter, and
what is copied from it, searched in it or read out from it is wrong. So every form of every letter with every mark is shaped once,
and what comes out becomes a glyph of its own, which takes the place of its parts as a ligature does. Nothing changes to the eye.
"""

import io
from collections.abc import Iterator
from itertools import groupby, product
from operator import itemgetter

import uharfbuzz as hb
from fontTools.otlLib.builder import buildLigatureSubstSubtable, buildLookup
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables

LETTERS = [chr(code) for code in (*range(0x621, 0x63B), *range(0x641, 0x64B))]
# Letters of Persian, Kurdish, Urdu and their like, for fonts that names are set in.
OTHERS = [chr(code) for code in (*range(0x671, 0x6D4), 0x6D5)]
MARKS = [chr(code) for code in (*range(0x64B, 0x653), 0x670)]
SHADDA, JOINER = "\u0651", "\u200d"
MARKED = ["", *MARKS, *(SHADDA + mark for mark in MARKS if mark not in (SHADDA, "\u0652"))]
INVISIBLE = "space"  # what HarfBuzz shows a joiner as
Parts = tuple[tuple[str, int, int], ...]  # the letter, then its dots and marks: glyph, and where it sits


def words(others: list[str]) -> Iterator[str]:
    """Each letter with each mark: alone, at the beginning, in the middle, at the end; and lam with alef, which may be one."""
    for marks, (before, after) in product(MARKED, product(("", JOINER), repeat=2)):
        yield from (before + letter + marks + after for letter in LETTERS)
        yield from (before + letter + after for letter in others if not marks)
        yield from (before + "ل" + marks + alef for alef in "اأإآ")


def compose(font: TTFont, others: list[str]) -> int:
    """Adds the glyphs and the ligatures; returns how many. The `others` are made whole without marks, as they are written."""
    found = {tuple(name for name, _, _ in parts): parts for parts in clusters(font, others)}
    names = {sequence: add_glyph(font, parts, f"whole{number}") for number, (sequence, parts) in enumerate(found.items())}
    for sequence, name in names.items():
        kern_like(font, sequence[0], name)
    append_ligatures(font, names)
    return len(names)


def clusters(font: TTFont, others: list[str]) -> Iterator[Parts]:
    """What each letter of the words is made of, where that is more than one glyph."""
    order, shaper = font.getGlyphOrder(), shaper_of(font)
    for word in words(others):
        text = hb.Buffer()
        text.add_str(word)
        text.guess_segment_properties()
        hb.shape(shaper, text)
        at, parts = 0, []
        for info, position in zip(text.glyph_infos, text.glyph_positions, strict=True):
            if order[info.codepoint] != INVISIBLE:
                parts.append((info.cluster, order[info.codepoint], at + position.x_offset, position.y_offset))
            at += position.x_advance
        for _, letter in groupby(parts, key=itemgetter(0)):
            whole = [(name, x, y) for _, name, x, y in letter]
            if len(whole) > 1 and sum(font["hmtx"][name][0] > 0 for name, _, _ in whole) == 1:
                yield moved(whole[::-1])  # shaped from right to left, so the letter came last


def moved(parts: list[tuple[str, int, int]]) -> Parts:
    """The parts where they sit when the letter stands at the beginning of a line."""
    _, at, _ = parts[0]
    return tuple((name, x - at, y) for name, x, y in parts)


def shaper_of(font: TTFont) -> hb.Font:
    """HarfBuzz with this font."""
    written = io.BytesIO()
    font.save(written)
    return hb.Font(hb.Face(written.getvalue()))


def add_glyph(font: TTFont, parts: Parts, name: str) -> str:
    """A glyph of the parts where they sit, as wide as the letter."""
    pen = TTGlyphPen(font.getGlyphSet())
    for part, x, y in parts:
        pen.addComponent(part, (1, 0, 0, 1, x, y))
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = pen.glyph()
    font["glyf"][name].recalcBounds(font["glyf"])
    width, _ = font["hmtx"][parts[0][0]]
    font["hmtx"][name] = (width, font["glyf"][name].xMin)
    font["GDEF"].table.GlyphClassDef.classDefs[name] = 1
    return name


def kern_like(font: TTFont, letter: str, name: str) -> None:
    """The new glyph keeps the distances to its neighbours that the bare letter has."""
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in (getattr(table, "ExtSubTable", table) for table in lookup.SubTable):
            if isinstance(table, otTables.PairPos):
                (kern_by_class if table.Format == 2 else kern_by_pair)(table, letter, name)


def kern_by_class(table: otTables.PairPos, letter: str, name: str) -> None:
    """Joins the letter's classes."""
    if letter in table.Coverage.glyphs:
        table.Coverage.glyphs.append(name)
    for classes in (table.ClassDef1.classDefs, table.ClassDef2.classDefs):
        if letter in classes:
            classes[name] = classes[letter]


def kern_by_pair(table: otTables.PairPos, letter: str, name: str) -> None:
    """Copies the letter's pairs."""
    for pairs in table.PairSet:
        for record in [record for record in pairs.PairValueRecord if record.SecondGlyph == letter]:
            twin = otTables.PairValueRecord()
            twin.SecondGlyph, twin.Value1, twin.Value2 = name, record.Value1, getattr(record, "Value2", None)
            pairs.PairValueRecord.append(twin)
        pairs.PairValueCount = len(pairs.PairValueRecord)
    if letter in table.Coverage.glyphs:
        table.PairSet.append(table.PairSet[table.Coverage.glyphs.index(letter)])
        table.Coverage.glyphs.append(name)
        table.PairSetCount = len(table.PairSet)


def append_ligatures(font: TTFont, names: dict[tuple[str, ...], str]) -> None:
    """The last thing that shaping does is to put the whole letters in; the longest sequence first."""
    tags = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    last = "liga" if "liga" in tags else "calt"
    table = font["GSUB"].table
    lookup = buildLookup([buildLigatureSubstSubtable(dict(sorted(names.items())))])
    table.LookupList.Lookup.append(lookup)
    table.LookupList.LookupCount = len(table.LookupList.Lookup)
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == last:
            record.Feature.LookupListIndex.append(len(table.LookupList.Lookup) - 1)
            record.Feature.LookupCount = len(record.Feature.LookupListIndex)
