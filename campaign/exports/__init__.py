"""The confirmed signatures on their way out: as documents that a spreadsheet, a program or another machine reads.

`rows` reads them page by page, `opening` opens what is sealed in them, `columns` lists what is written of each, `formats` lists
the formats. `tables`, `spreadsheet`, `namebook` and `sealed` each write one or two of them. `outlet` is the file they go into.
"""
