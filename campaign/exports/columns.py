"""The columns of an export, in their order: a new column is one line here."""

from collections.abc import Callable
from dataclasses import dataclass

from campaign.exports.rows import ExportRow

ONLINE = "online"
Value = str | int | bool | None


@dataclass(frozen=True)
class Column:
    """One column: its name, its width in a spreadsheet in characters, and what stands in it."""

    name: str
    width: int
    value: Callable[[ExportRow], Value]


COLUMNS = (
    Column("number", 10, lambda row: row.number),
    Column("confirmed_on", 14, lambda row: row.stored.confirmed_on.isoformat()),
    Column("name", 32, lambda row: row.name),
    Column("email", 36, lambda row: row.email),
    Column("country", 10, lambda row: row.stored.country),  # ISO 3166
    Column("language", 10, lambda row: row.stored.language),
    Column("shown_as", 32, lambda row: row.stored.shown_as),  # None: not among the names
    Column("news", 8, lambda row: row.stored.news),
    Column("text_sha256", 20, lambda row: row.stored.text_sha256),  # of the text that was signed
    Column("source", 10, lambda _row: ONLINE),
)
NAMES = tuple(column.name for column in COLUMNS)


def values(row: ExportRow) -> dict[str, Value]:
    """Return the values of a row by the names of the columns."""
    return {column.name: column.value(row) for column in COLUMNS}


def texts(row: ExportRow) -> list[str]:
    """Return the values of a row as text."""
    return [text(column.value(row)) for column in COLUMNS]


def text(value: Value) -> str:
    """Return a value as text: nothing for what is not given, yes or no for true and false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
