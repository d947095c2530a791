"""The confirmed signatures on their way out: as documents that a spreadsheet, a program or another machine reads.

`rows` reads them page by page, `unsealing` opens what is sealed in them, `columns` lists what is written of each, `formats`
lists the formats. `csv_jsonl`, `xlsx`, `pdf` and `sealed` each write one or two of them, into an `atomic_file`.
"""
