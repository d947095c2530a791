"""The key that records are sealed to now, in every process within a second of a change."""

import time

from nacl.public import PublicKey

from campaign.crypto.keys import Keys
from campaign.database import Database
from campaign.petition import key_rotation
from campaign.state import state

READ_AGAIN_AFTER = 1.0  # seconds


class ActiveKey:
    """The public key that came after the first one, if one did, read again at most once a second.

    While the database cannot be read this raises what the database raises: sealing to a key that may be out of force would be
    worse, and nothing can be stored then anyway.
    """

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys
        self._newest: PublicKey | None = None  # none: the first one
        self._read_at = float("-inf")

    def __call__(self) -> PublicKey | None:
        """Return it; None while the first one is in force."""
        if time.monotonic() - self._read_at > READ_AGAIN_AFTER:
            self.refresh()
        return self._newest

    def refresh(self) -> None:
        """Read it now."""
        began = time.monotonic()  # a change during the reading is seen by the next one
        with self._database.reading() as session:
            self._newest = key_rotation.newest_key(session, self._keys)
        self._read_at = began


def active_keys() -> Keys:
    """Return the keys of this site with the public one that records are sealed to now."""
    return key_rotation.with_newest_key(state().keys, state().active_key())
