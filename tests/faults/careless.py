"""`campaign` as it must not be: SQLite with `synchronous=NORMAL`, which answers before anything is on disk."""

from campaign import sqlite_dialect
from campaign.cli.main import main

sqlite_dialect.PRAGMAS = tuple(  # type: ignore[assignment]  # as many as before
    pragma.replace("synchronous=FULL", "synchronous=NORMAL") for pragma in sqlite_dialect.PRAGMAS
)

if __name__ == "__main__":
    main()
