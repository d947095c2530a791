"""Exporting: each document, timed beside the bare cost of opening as many sealed records on all cores."""

import itertools
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import sqlalchemy as sa
from nacl.public import PrivateKey, SealedBox

from campaign.crypto.keys import load_keys
from campaign.exports.formats import FORMATS
from campaign.exports.pdf import PDF
from campaign.petition.models import Signature
from tests.bench.figures import Section
from tests.bench.rounds import in_turn, ratio
from tests.bench.servers import Site, children, memory, shared_fairly
from tests.bench.terms import Terms

AT_HAND = 50_000  # records that are opened over and over for the bare cost
TABLES = [name for name, one in FORMATS.items() if one.at_desk and name != PDF.name]  # the book is measured with the desk
ENVELOPE = 9  # bytes before the sealed box, see sealing.seal
FEW_ROUNDS = 1_000_000  # signatures from which on one round is enough
MOST = 150  # MB
BARE = "opening alone"


@dataclass(frozen=True)
class Run:
    """One run of a command."""

    seconds: float
    largest: float  # MB, the largest of its processes
    together: float  # MB, all of them, what they share counted once


def measure(sites: list[Site], terms: Terms, folder: Path) -> Section:
    """Time and memory of each document at each size."""
    section = Section(
        "Exporting",
        "The whole command, start of the interpreter included, divided by the bare cost of opening as many sealed records with"
        " PyNaCl on all cores, everything in memory beforehand. A sealed export opens nothing. Memory: the largest of the"
        " command's processes, and all of them together with shared memory counted once.",
        ["", "of the bare cost", "seconds", "largest process, MB", "together, MB"],
    )
    for site in sites:
        rounds = 1 if site.size >= FEW_ROUNDS else terms.rounds
        with closing(site.open_database()) as database, database.reading() as session:
            sealed = list(session.scalars(sa.select(Signature.sealed).limit(AT_HAND)))
        private = load_keys(site.data / "keys").private
        assert private is not None
        subjects: dict[str, Callable[[], Run]] = {name: partial(_export, site, name, folder) for name in TABLES}
        subjects[BARE] = partial(_open_all, private, sealed, site.size)
        _compare(section, site.size, in_turn(rounds, subjects, rehearse=False))
    return section


def _compare(section: Section, size: int, found: dict[str, list[Run]]) -> None:
    seconds = {name: [one.seconds for one in runs] for name, runs in found.items()}
    for name, runs in found.items():
        largest, together = (max(getattr(one, what) for one in runs) for what in ("largest", "together"))
        memories = ["-", "-"] if name == BARE else [largest, together]
        section.add(f"{size:,}: {name}", ratio(seconds[name], seconds[BARE]), median(seconds[name]), *memories)
    most = max(one.together for name in TABLES for one in found[name])
    section.hold(f"memory of exporting {size:,}, all processes", most, most=MOST, unit=" MB")


def _export(site: Site, document: str, folder: Path) -> Run:
    """Runs the command, into a file that goes again."""
    out = folder / f"export.{document}"
    run = watched(site, "export", "--format", document, "--out", str(out))
    out.unlink()
    return run


def watched(site: Site, *arguments: str) -> Run:
    """Runs a command and looks at its memory ten times a second."""
    command = [sys.executable, "-m", "campaign", *arguments]
    largest, together, begin = 0.0, 0.0, time.perf_counter()
    with subprocess.Popen(command, env=site.env, stderr=subprocess.DEVNULL) as process:
        while True:
            family = [process.pid, *children(process.pid)]
            largest = max(largest, *(memory(member, "VmHWM") for member in family))
            together = max(together, sum(map(shared_fairly, family)))
            try:
                code = process.wait(0.1)
                break
            except subprocess.TimeoutExpired:
                continue
    seconds = time.perf_counter() - begin
    assert code == 0, f"{' '.join(arguments)} with {site.size:,} failed"
    return Run(seconds, largest, together)


def _open_all(private: PrivateKey, sealed: list[bytes], number: int) -> Run:
    """Opens so many records, divided among all cores."""
    fork, cores = multiprocessing.get_context("fork"), len(os.sched_getaffinity(0))
    shares = [number // cores + (core < number % cores) for core in range(cores)]
    begin = time.perf_counter()
    team = [fork.Process(target=_open, args=(private, sealed, share)) for share in shares]
    for member in team:
        member.start()
    for member in team:
        member.join()
    return Run(time.perf_counter() - begin, 0, 0)


def _open(private: PrivateKey, sealed: list[bytes], number: int) -> None:
    box = SealedBox(private)
    for envelope in itertools.islice(itertools.cycle(sealed), number):
        box.decrypt(envelope[ENVELOPE:])
