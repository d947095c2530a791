"""All the measurements, one after the other, from the one that changes nothing to those that write."""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.bench import (
    confirming,
    desk,
    desk_exports,
    exporting,
    first_view,
    mailing,
    reading,
    report,
    signing,
    timed_work,
    whole_way,
)
from tests.bench.figures import Section
from tests.bench.load import need_wrk
from tests.bench.servers import Site, Yardstick
from tests.bench.terms import Terms
from tests.servers import PostgreSQL, postgresql

SIZES, LONG_SIZES = (1_000, 100_000), (1_000, 100_000, 1_000_000)
PARTS = ("reading", "desk", "timed-work", "exporting", "signing", "whole-way", "mail")
WITHOUT_SITES = {"whole-way", "mail"}  # which are measured on SQLite


def main() -> None:
    """Measures and reports; ends with code 1 when a target is not met."""
    options = _options()
    need_wrk()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers go too
    parts = options.only or (set(PARTS) - WITHOUT_SITES if options.postgresql else PARTS)
    terms = Terms(options.rounds, options.seconds, LONG_SIZES if os.environ.get("LONG") else SIZES, options.earlier)
    load, sections = os.getloadavg()[0], []
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="campaign-bench-"))
        server = stack.enter_context(postgresql()) if options.postgresql else None
        for section in measured(Path(folder), terms, parts, server):
            print(f"{time.strftime('%H:%M:%S')} {section.title}", file=sys.stderr, flush=True)
            sections.append(section)
    print(report.text(sections, terms, load))
    if not options.only:
        file = report.FILE_ON_POSTGRESQL if options.postgresql else report.FILE
        file.write_text(report.text(sections, terms, load), encoding="utf-8")
    sys.exit(not all(target.is_met for section in sections for target in section.targets))


def measured(folder: Path, terms: Terms, parts: Collection[str], server: PostgreSQL | None = None) -> Iterator[Section]:
    """The sites stay as large as they were made until signing begins; they are on SQLite, or on the server that is given."""
    with ExitStack() as stack:
        sizes = () if WITHOUT_SITES.issuperset(parts) else terms.sizes
        sites = [stack.enter_context(_site(folder, size, server).fill()) for size in sizes]
        if "reading" in parts:
            yield from reading.measure(sites, terms, folder)
            yield first_view.measure(sites[0])
        if "desk" in parts:
            yield desk.measure(sites, terms)
        if "timed-work" in parts:
            yield timed_work.measure(sites, terms)
        if "exporting" in parts:
            yield desk_exports.measure(sites)
            yield exporting.measure(sites, terms, folder)
        if "signing" in parts:
            url = server.new_database() if server else ""
            yardstick = stack.enter_context(Yardstick(folder / "yardstick", database_url=url))
            yield signing.measure(sites, yardstick, terms)
            yield confirming.measure(sites, yardstick, terms, folder)
    if "whole-way" in parts:
        yield whole_way.measure(folder, terms, terms.earlier)
    if "mail" in parts:
        yield mailing.measure(folder)


def _site(folder: Path, size: int, server: PostgreSQL | None) -> Site:
    database = {"CAMPAIGN_DATABASE_URL": server.new_database()} if server else {}
    return Site(folder / f"site-{size}" / "data", size, **database)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measures the site beside the yardsticks.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each round")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="only these, and without writing docs/benchmarks.md")
    parser.add_argument("--earlier", type=Path, help="a checkout of an earlier version, set up, whose whole way is measured too")
    parser.add_argument("--postgresql", action="store_true", help="with the sites on PostgreSQL")
    return parser.parse_args()
