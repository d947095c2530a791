"""The documents an export can be: `for row in opened(key, pages): ...`, in a format by its name."""

from collections.abc import Callable, Iterable
from typing import IO

from campaign.exports.rows import Row
from campaign.exports.spreadsheet import write_xlsx
from campaign.exports.tables import write_csv, write_jsonl
from campaign.tongues import Language

Write = Callable[[Iterable[Row], IO[bytes], Language], None]
OPEN: dict[str, Write] = {"csv": write_csv, "xlsx": write_xlsx, "jsonl": write_jsonl}
SEALED = "sealed"
FORMATS = (*OPEN, SEALED)
