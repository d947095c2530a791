"""The published count and the texts as every page knows them, without asking the database each time."""

import time
from dataclasses import replace

import sqlalchemy as sa

from campaign.content.pages import Texts
from campaign.database import Database
from campaign.petition.counting import Snapshot, read_snapshot
from campaign.state import state

SNAPSHOT_LIFETIME = 1.0  # seconds
RETRY_DATABASE_AFTER = 15.0  # seconds; reading must not wait for a database that does not answer, page after page


class SnapshotCache:
    """The last publication, read again at most once a second; when the database is away, the one known before."""

    def __init__(self, database: Database, *, is_withdrawn: bool = False) -> None:
        """`is_withdrawn` is whether the texts say that the testimony is, whatever the database says."""
        self._database = database
        self._is_withdrawn = is_withdrawn
        self._known = Snapshot(is_testimony_withdrawn=is_withdrawn)
        self._read_at = float("-inf")

    def __call__(self) -> Snapshot:
        """The publication; the same object for as long as nothing new was published."""
        if time.monotonic() - self._read_at > SNAPSHOT_LIFETIME:
            self._read_at = time.monotonic()
            self.refresh()
        return self._known

    def refresh(self) -> None:
        """Reads it now."""
        try:
            with self._database.reading() as session:
                found = read_snapshot(session)
                found = replace(found, is_testimony_withdrawn=found.is_testimony_withdrawn or self._is_withdrawn)
        except sa.exc.SQLAlchemyError:
            self._read_at = time.monotonic() + RETRY_DATABASE_AFTER - SNAPSHOT_LIFETIME
            return  # the pages go on with what is known; /readyz says that the database is away
        if found != self._known:
            self._known = found


def current_snapshot() -> Snapshot:
    """What this site last published."""
    return state().snapshots()


def shown_texts() -> dict[str, Texts]:
    """The texts by language as they are shown now: without the testimony once it is withdrawn."""
    return state().texts_after_withdrawal if current_snapshot().is_testimony_withdrawn else state().texts
