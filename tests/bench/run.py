"""All the measurements, one after the other, from the one that changes nothing to those that write."""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.bench import (
    confirming,
    desk,
    desk_exports,
    exporting,
    first_view,
    mailing,
    publishing,
    reading,
    report,
    signing,
    whole_way,
)
from tests.bench.figures import Section
from tests.bench.load import need_wrk
from tests.bench.servers import Site, Yardstick
from tests.bench.terms import Terms

SIZES, LONG_SIZES = (1_000, 100_000), (1_000, 100_000, 1_000_000)
PARTS = ("reading", "desk", "exporting", "signing", "whole-way", "mail")
WITHOUT_SITES = {"whole-way", "mail"}


def main() -> None:
    """Measures and reports; ends with code 1 when a target is not met."""
    options = _options()
    need_wrk()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers go too
    terms = Terms(options.rounds, options.seconds, LONG_SIZES if os.environ.get("LONG") else SIZES, options.earlier)
    load, sections = os.getloadavg()[0], []
    with tempfile.TemporaryDirectory(prefix="campaign-bench-") as folder:
        for section in measured(Path(folder), terms, options.only or PARTS):
            print(f"{time.strftime('%H:%M:%S')} {section.title}", file=sys.stderr, flush=True)
            sections.append(section)
    print(report.text(sections, terms, load))
    if not options.only:
        report.FILE.write_text(report.text(sections, terms, load), encoding="utf-8")
    sys.exit(not all(target.is_met for section in sections for target in section.targets))


def measured(folder: Path, terms: Terms, parts: Sequence[str]) -> Iterator[Section]:
    """The sites stay as large as they were made until signing begins."""
    with ExitStack() as stack:
        sizes = () if WITHOUT_SITES.issuperset(parts) else terms.sizes
        sites = [stack.enter_context(Site(folder / f"site-{size}" / "data", size).fill()) for size in sizes]
        if "reading" in parts:
            yield from reading.measure(sites, terms, folder)
            yield first_view.measure(sites[0])
        if "desk" in parts:
            yield desk.measure(sites, terms)
            yield desk_exports.measure(sites)
        if "exporting" in parts:
            yield publishing.measure(sites, terms)
            yield exporting.measure(sites, terms, folder)
        if "signing" in parts:
            yardstick = stack.enter_context(Yardstick(folder / "yardstick"))
            yield signing.measure(sites, yardstick, terms)
            yield confirming.measure(sites, yardstick, terms, folder)
    if "whole-way" in parts:
        yield whole_way.measure(folder, terms, terms.earlier)
    if "mail" in parts:
        yield mailing.measure(folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measures the site beside the yardsticks.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each round")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="only these, and without writing docs/benchmarks.md")
    parser.add_argument("--earlier", type=Path, help="a checkout of an earlier version, set up, whose whole way is measured too")
    return parser.parse_args()
