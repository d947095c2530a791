"""The story of a translation: a language is added, its texts and messages are taken out and back, and every fault is said.

`add.py` makes the folder of a language, with the plural rule that `catalogues.py` takes from CLDR and a word on the letters
(`font_coverage.py`). `po_exchange.py` writes everything as PO files for people who work in a PO editor, and takes them back.
`status.py` says what is wrong: with texts, with catalogues (`catalogues.py`), and by the rules that lie beside each language
(`rules.py`).
"""
