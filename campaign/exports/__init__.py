"""The confirmed signatures on their way out: as documents that a spreadsheet, a program or another machine reads.

`rows` reads them page by page, `opening` opens what is sealed in them, `documents` names the formats, `tables` and
`spreadsheet` write them, `sealed` carries them unopened to the machine that has the key, `outlet` is the file they go into.
"""
