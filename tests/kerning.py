"""Lets a new glyph of a font keep the distances to its neighbours that another glyph has."""

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables


def kern_like(font: TTFont, letter: str, name: str) -> None:
    """The glyph `name` is kerned as `letter` is."""
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
