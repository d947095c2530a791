"""docs/benchmarks.md, written anew by every run."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

from tests.bench.figures import Section, Target, table
from tests.bench.servers import WORKERS
from tests.bench.terms import Terms

FILE = Path("docs/benchmarks.md")
FILE_ON_POSTGRESQL = Path("docs/benchmarks-postgresql.md")
FOUND = Path(__file__).with_name("found.md")  # what was found by profiling, in words
TARGETS = ["", "found", "target", ""]
WORDS = """\
# How fast it is

`make bench` measures this and rewrites this file; `make bench LONG=1` adds 1,000,000 signatures. It needs `wrk` (on Debian:
`apt install wrk`) and some minutes of a machine that does nothing else. `make bench ARGS=--postgresql` measures the same on
PostgreSQL, and writes a file beside this one.

Speed alone says more about a machine than about a site, so the figures are ratios to yardsticks (`tests/bench/yardstick.py`):
a Flask page that answers a constant, and a Flask app that signs with one ORM insert and one durable commit. Both run on granian,
as the site does, with {workers} workers each, and take turns with it: {rounds} rounds of {seconds} seconds each, in one order and
then in the other; a ratio is the median of the rounds' ratios. The figures in seconds, requests and MB are those of one machine,
for scale: {machine}. `wrk` runs on the same cores, with 32 connections unless a section names another number.

## Targets

{targets}
"""


def text(sections: list[Section], terms: Terms, load: float) -> str:
    """What stands in the file; `load` is the machine's load average before the first round."""
    words = WORDS.format(
        workers=WORKERS,
        rounds=terms.rounds,
        seconds=terms.seconds,
        machine=_machine(load),
        targets=_targets([target for section in sections for target in section.targets]),
    )
    parts = (f"\n## {one.title}\n\n{one.words}\n\n{table(one.head, one.rows)}\n" for one in sections)
    return words + "".join(parts) + FOUND.read_text("utf-8")


def _targets(targets: list[Target]) -> str:
    return table(TARGETS, [target.cells for target in targets])


def _machine(load: float) -> str:
    parts = (
        f"{os.cpu_count()} cores",
        f"{platform.system()}",
        f"CPython {platform.python_version()}",
        f"granian {version('granian')}",
        f"SQLite {sqlite3.sqlite_version}",
        f"load average {load:.1f} before the first round",
    )
    return ", ".join(parts)
