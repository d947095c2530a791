"""The published count and the texts as every page knows them, without asking the database each time."""

import time
from dataclasses import replace

import sqlalchemy as sa
from flask import current_app

from campaign.content.pages import Texts
from campaign.database import Database
from campaign.petition.counting import Published, read
from campaign.state import site

READ_AGAIN_AFTER = 1.0  # seconds
AFTER_TROUBLE = 15.0  # seconds; reading must not wait for a database that does not answer, page after page


class LatestCount:
    """The last publication, read again at most once a second; when the database is away, the one known before."""

    def __init__(self, database: Database, *, is_withdrawn: bool = False) -> None:
        """`is_withdrawn` is whether the texts say that the testimony is, whatever the database says."""
        self._database = database
        self._is_withdrawn = is_withdrawn
        self._known = Published(is_testimony_withdrawn=is_withdrawn)
        self._read_at = float("-inf")

    def __call__(self) -> Published:
        """The publication; the same object for as long as nothing new was published."""
        if time.monotonic() - self._read_at > READ_AGAIN_AFTER:
            self._read_at = time.monotonic()
            self.refresh()
        return self._known

    def refresh(self) -> None:
        """Reads it now."""
        try:
            with self._database.reading() as session:
                found = read(session)
                found = replace(found, is_testimony_withdrawn=found.is_testimony_withdrawn or self._is_withdrawn)
        except sa.exc.SQLAlchemyError:
            self._read_at = time.monotonic() + AFTER_TROUBLE - READ_AGAIN_AFTER
            return  # the pages go on with what is known; /readyz says that the database is away
        if found != self._known:
            self._known = found


def published() -> Published:
    """What this site last published."""
    latest: LatestCount = current_app.extensions["published"]
    return latest()


def shown_texts() -> dict[str, Texts]:
    """The texts by language as they are shown now: without the testimony once it is withdrawn."""
    return site().remaining if published().is_testimony_withdrawn else site().texts
