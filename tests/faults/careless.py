"""`campaign` as it must not be: SQLite with `synchronous=NORMAL`, which answers before anything is on disk."""

from campaign import database
from campaign.cli.main import main

database.PRAGMAS = tuple(  # type: ignore[assignment]  # as many as before
    pragma.replace("synchronous=FULL", "synchronous=NORMAL") for pragma in database.PRAGMAS
)

if __name__ == "__main__":
    main()
