"""Delete expired data for good: what waited too long, what was removed, and everything on the plan's day of deletion.

After a long stop or a jump of the clock none of it is deleted yet; the condition `clock` says so.
"""

from collections.abc import Callable

from campaign import instance
from campaign.config import Settings
from campaign.database import Database, now
from campaign.organizers import removals
from campaign.outbox import queue
from campaign.outbox.purge_clock import PurgeGate
from campaign.petition import deletion

DELETED = "Signatures whose day of deletion has come were deleted ({}). They still count."
ALL_DELETED = "No record is left, so the key of the tags was destroyed. Restart the site: running processes still know the key."


class Purger:
    """The task of the timed work that deletes for good."""

    def __init__(self, settings: Settings, database: Database, say: Callable[[str], None]) -> None:
        self._settings, self._database, self._say = settings, database, say
        self._gate = PurgeGate(database)
        self._is_finished = False

    def run(self) -> None:
        """Delete expired data, unless that must wait."""
        if self._gate.tick(now()):
            return
        queue.purge(self._database, now())
        removals.purge(self._database, now())
        number = deletion.delete_due(self._database, now().date())
        if number:
            self._say(DELETED.format(number))
        if not self._is_finished and deletion.finish(self._database, now().date()):
            self._finish()

    def _finish(self) -> None:
        """Destroy what the records needed; once in each process, so that every machine does it."""
        is_new = instance.destroy_key_of_tags(self._settings, self._database)
        for letter in (self._settings.data / "mail").glob("*.eml"):  # of a campaign that writes its e-mails into the folder
            letter.unlink(missing_ok=True)
        self._is_finished = True
        if is_new:
            self._say(ALL_DELETED)
