"""Publishing the count: what the timed work asks of the database for it."""

import time
from contextlib import closing
from statistics import median

from campaign.database import Database
from campaign.petition import counting
from tests.bench.figures import Section
from tests.bench.servers import Site
from tests.bench.terms import Terms

BUDGET = 50  # ms


def measure(sites: list[Site], terms: Terms) -> Section:
    """The time of one publication at each size."""
    section = Section(
        "Publishing the count",
        "The whole of one publication, which the timed work does once a minute: counting, and one commit. The median of the"
        " rounds.",
        ["", "ms"],
    )
    for site in sites:
        with closing(Database("", site.data)) as database:
            counting.publish(database)
            middle = median(_publish(database) for _ in range(terms.rounds))
        section.add(f"{site.size:,} signatures", middle)
        section.hold(f"one publication, {site.size:,} signatures", middle, most=BUDGET, unit=" ms")
    return section


def _publish(database: Database) -> float:
    begin = time.perf_counter()
    counting.publish(database)
    return (time.perf_counter() - begin) * 1000
