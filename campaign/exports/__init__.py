"""The confirmed signatures on their way out: as documents that a spreadsheet, a program or another machine reads.

`rows` reads them page by page and lists the columns, `unsealing` opens what is sealed in them, `formats` lists the formats.
`tables`, `pdf` and `sealed` each write one or more of them, into an `atomic_file`.
"""
