"""The key that records are sealed to now, in every process within a second of a change."""

import time

from flask import current_app

from campaign.database import Database
from campaign.petition import seal_keys
from campaign.sealing import Keys

READ_AGAIN_AFTER = 1.0  # seconds


class ActiveKey:
    """The keys of the site with the public one in force, read again at most once a second.

    While the database cannot be read this raises what the database raises: sealing to a key that may be out of force would be
    worse, and nothing can be stored then anyway.
    """

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._first = keys
        self._known = keys
        self._read_at = float("-inf")

    def __call__(self) -> Keys:
        """Return the keys in force."""
        if time.monotonic() - self._read_at > READ_AGAIN_AFTER:
            self.refresh()
        return self._known

    def refresh(self) -> None:
        """Read it now."""
        began = time.monotonic()  # a change during the reading is seen by the next one
        with self._database.reading() as session:
            self._known = seal_keys.in_force(session, self._first)
        self._read_at = began


def keys_in_force() -> Keys:
    """Return the keys of this site with the public one that records are sealed to now."""
    active: ActiveKey = current_app.extensions["active_key"]
    return active()
