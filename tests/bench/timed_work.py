"""What the timed work asks of the database: publishing the count, claiming e-mails, deleting what is over."""

import secrets
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from statistics import median

from campaign.crypto.keys import load_keys
from campaign.database import Database, now
from campaign.organizers import removals
from campaign.outbox import queue
from campaign.outbox.address import EmailAddress
from campaign.petition import counting, deletion
from tests.bench.figures import Section
from tests.bench.rounds import in_turn, ratio
from tests.bench.servers import Site
from tests.bench.terms import Terms

BUDGET = 50  # ms, for one publication
MOST = 10.0  # times as long as with the fewest signatures
PUBLISH, CLAIM, FORGET = "publish the count", "claim an e-mail", "delete what is over"


def measure(sites: list[Site], terms: Terms) -> Section:
    """The time of each piece of work at each size."""
    section = Section(
        "The timed work",
        "What runs once a minute and at each e-mail: one publication of the count; claiming one e-mail that has just been posted;"
        " looking for all that is to be deleted, and deleting one e-mail. The median of the rounds, divided by the same with the"
        " fewest signatures.",
        ["", "of the smallest", "ms"],
    )
    found = {site.size: _at(site, terms) for site in sites}
    smallest = found[sites[0].size]
    for size, works in found.items():
        for name, times in works.items():
            section.add(f"{size:,}: {name}", ratio(times, smallest[name]), median(times))
        section.hold(f"one publication, {size:,} signatures", median(works[PUBLISH]), most=BUDGET, unit=" ms")
        for name in (CLAIM, FORGET) if size != sites[0].size else ():
            section.hold(f"{name}, {size:,} signatures", ratio(works[name], smallest[name]), most=MOST, unit=" times")
    return section


def _at(site: Site, terms: Terms) -> dict[str, list[float]]:
    key = load_keys(site.data / "keys").mail
    with closing(site.open_database()) as database:
        works = {
            PUBLISH: lambda: _time(lambda: counting.publish(database)),
            CLAIM: lambda: _claim(database, key),
            FORGET: lambda: _time(lambda: _forget(database)),
        }
        return in_turn(2 * terms.rounds, works)


def _time(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def _claim(database: Database, key: bytes) -> float:
    """Post one e-mail and claim it; only the claim is timed."""
    envelope = queue.Envelope(EmailAddress("bench", "example.org"), "en", "token")
    with database.writing() as session:
        queue.enqueue(session, key, entry=secrets.token_bytes(16), kind="confirmation", envelope=envelope, at=now())
    return _time(lambda: queue.claim(database, now()))


def _forget(database: Database) -> None:
    """Delete as the timed work does in a week, when the e-mails of now are over."""
    later = now() + timedelta(days=8)
    queue.purge(database, later)
    removals.purge(database, later)
    deletion.delete_due(database, now().date())
