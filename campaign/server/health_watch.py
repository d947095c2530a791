"""Look at the conditions while the worker runs, store what is found, and log each change once."""

import logging
import threading
import time
from collections.abc import Callable, Collection

from campaign.database import DATABASE_UNAVAILABLE, now
from campaign.health import conditions, looks
from campaign.health.conditions import Finding, Site, State, is_in_trouble
from campaign.health.looks import LOOKS

LOOK_EVERY = 5  # seconds between two looks at what is due
STORE_EVERY = 60  # seconds, while nothing changes
INTEGRITY_AFTER = 60  # seconds: a worker that keeps dying does not read the whole database each time
QUICK = [name for name, one in LOOKS.items() if not one.is_slow]
SLOW = [name for name, one in LOOKS.items() if one.is_slow]
log = logging.getLogger(__name__)


class HealthWatch:
    """Looks at some of the conditions, each as often as its look says."""

    def __init__(self, site: Site, names: Collection[str]) -> None:
        self._site, self._names = site, names
        self._due = dict.fromkeys(names, 0.0)
        self._known: dict[str, Finding] = {}
        self._said: dict[str, Finding] = {}
        self._stored_at, self._is_stored = 0.0, False

    def run_due(self) -> None:
        """Check the due conditions; log and store changes. While the database is away, checks that need it wait."""
        self._note([self._look(name) for name in self._names if time.monotonic() >= self._due[name]])
        if "database" in self._names:
            self._try(lambda: self._note(self._look_quickly()))
        if not self._is_stored or time.monotonic() > self._stored_at + STORE_EVERY:
            self._try(self._store)

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` is set."""
        if "integrity" in self._due:
            self._due["integrity"] = time.monotonic() + INTEGRITY_AFTER
        while not stop.is_set():
            self._try(self.run_due)
            stop.wait(LOOK_EVERY)

    def _try(self, do: Callable[[], None]) -> None:
        """Do something that may fail in any way, and must not end the watch by that."""
        try:
            do()
        except DATABASE_UNAVAILABLE:
            pass  # the look at the database says so
        except Exception as error:
            looks.log_failure("conditions", type(error).__name__)

    def _note(self, found: list[Finding]) -> None:
        """Keep what was found; log what has changed."""
        self._is_stored = self._is_stored and all(one.is_same(self._known.get(one.name)) for one in found)
        self._known |= {one.name: one for one in found}
        for one in found:
            self._log(one)

    def _look(self, name: str) -> Finding:
        self._due[name] = time.monotonic() + LOOKS[name].every
        return looks.look(name, self._site, now())

    def _look_quickly(self) -> list[Finding]:
        """Look at what the pages look at for themselves, so that its changes are logged too."""
        with self._site.database.reading() as session:
            found = conditions.look_quickly(session, self._site.settings, now())
            return [one for one in found if one.name in {"relay", "clock"}]

    def _store(self) -> None:
        at = now()
        with self._site.database.writing() as session:
            for one in self._known.values():
                conditions.store(session, one, at)
            conditions.forget(session, at)
        self._stored_at, self._is_stored = time.monotonic(), True

    def _log(self, finding: Finding) -> None:
        """Log that a condition has come into trouble, is in trouble for another reason, or is fine again."""
        said = self._said.get(finding.name)
        was_in_trouble = said is not None and is_in_trouble(said)
        if finding.state == State.UNKNOWN or finding.is_same(said) or (finding.state == State.FINE and not was_in_trouble):
            return
        self._said[finding.name] = finding
        in_trouble = is_in_trouble(finding)
        words = finding.plain_sentence if in_trouble else "fine again."
        fields = {"condition": finding.name, "state": finding.state.value}
        log.log(logging.WARNING if in_trouble else logging.INFO, "%s: %s", finding.name, words, extra=fields)


def start_watching(site: Site, stop: threading.Event) -> None:
    """Look in two threads until `stop` is set: what waits for others holds up nothing."""
    for names in (QUICK, SLOW):
        watch = HealthWatch(site, names)
        threading.Thread(target=watch.run, args=(stop,), name="health", daemon=True).start()
