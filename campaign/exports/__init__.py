"""The confirmed signatures on their way out: as documents that a spreadsheet, a program or another machine reads."""
