"""Opens sealed signatures on all cores, in their order, with a few pages in memory at a time.

Opening a record is arithmetic that takes twenty times as long as everything else about it. Threads do not share it well
(the interpreter's lock is handed over twice a record), so processes do it. One that loses its parent ends by itself: its
pipe is closed.
"""

import contextlib
import gc
import itertools
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import NamedTuple

from nacl.public import PrivateKey

from campaign.crypto.sealing import CannotOpen, format_fingerprint, key_id, open_sealed
from campaign.exports.rows import ExportRow, StoredSignature

KeyRing = Mapping[bytes, PrivateKey]  # by the id of their public keys
WorkerPipe = Connection  # our end of the pipe to a process that opens records
SealedRecord = tuple[bytes, str, bytes]  # the id, the text's hash and the sealed record: what goes through the pipe
MAX_PROCESSES = 8  # processes; beyond that whoever writes the document cannot follow


class UnsealedPage(NamedTuple):
    """The names and addresses of one page, up to the record that could not be opened, and why; None when all were."""

    people: list[tuple[str, str]]
    trouble: str | None


def unseal_rows(privates: Iterable[PrivateKey], pages: Iterator[list[StoredSignature]]) -> Iterator[ExportRow]:
    """The signatures with names and addresses, each opened with its own key.

    Raises CannotOpen at the first that does not open, with how many did.
    """
    number = 0
    for page, found in _on_all_cores({key_id(private.public_key): private for private in privates}, pages):
        for stored, (name, email) in zip(page, found.people, strict=False):
            number += 1
            yield ExportRow(number, stored, name, email)
        if found.trouble:
            raise CannotOpen(f"Signature {number + 1:,} cannot be opened: {found.trouble}; {number:,} were opened before it.")


def _on_all_cores(ring: KeyRing, pages: Iterator[list[StoredSignature]]) -> Iterator[tuple[list[StoredSignature], UnsealedPage]]:
    """Each page with what was opened of it; a single page is not worth starting processes for."""
    first = list(itertools.islice(pages, 2))
    if len(first) < 2:
        yield from ((page, _unseal_page(ring, _sealed_records(page))) for page in first)
        return
    with _worker_processes(ring) as team:
        at_work: deque[tuple[list[StoredSignature], WorkerPipe]] = deque()
        for page, member in zip(itertools.chain(first, pages), itertools.cycle(team), strict=False):
            done = _receive(*at_work.popleft()) if len(at_work) == len(team) else None
            member.send(_sealed_records(page))
            at_work.append((page, member))
            if done:
                yield done
        yield from itertools.starmap(_receive, at_work)


def _sealed_records(page: list[StoredSignature]) -> list[SealedRecord]:
    return [(stored.id, stored.text_sha256, stored.sealed) for stored in page]


def _receive(page: list[StoredSignature], member: WorkerPipe) -> tuple[list[StoredSignature], UnsealedPage]:
    found: UnsealedPage = member.recv()
    return page, found


def _unseal_page(ring: KeyRing, records: list[SealedRecord]) -> UnsealedPage:
    people: list[tuple[str, str]] = []
    for record in records:
        try:
            people.append(_unseal(ring, *record))
        except CannotOpen as error:
            return UnsealedPage(people, str(error))
    return UnsealedPage(people, None)


def _unseal(ring: KeyRing, row: bytes, text_sha256: str, sealed: bytes) -> tuple[str, str]:
    """The name and address of one row. A record knows its row and its text, so none can be exchanged unnoticed."""
    private = ring.get(sealed[1:9])
    if private is None:
        raise CannotOpen(f"the record was sealed to another key, {format_fingerprint(sealed[1:9]) or 'without a name'}")
    person = open_sealed(private, sealed)
    if person.record != row:
        raise CannotOpen("its record belongs to another signature")
    if person.text_sha256 != text_sha256:
        raise CannotOpen("its record was sealed for another text")
    return person.name, person.email


@contextmanager
def _worker_processes(ring: KeyRing) -> Iterator[list[WorkerPipe]]:
    """One process a core, each at the other end of a pipe; forked, as they need nothing but the keys."""
    fork = multiprocessing.get_context("fork")
    team: list[WorkerPipe] = []
    gc.freeze()  # what is there at the fork stays shared: a collector that looks through it would make a copy, here or there
    try:
        for _ in range(min(len(os.sched_getaffinity(0)), MAX_PROCESSES)):
            ours, theirs = fork.Pipe()
            fork.Process(target=_unseal_pages, args=(ring, ours, theirs), daemon=True).start()
            theirs.close()
            team.append(ours)
        yield team
    except (EOFError, ConnectionError):
        raise CannotOpen("A process that was opening signatures ended, perhaps for lack of memory.") from None
    finally:
        gc.unfreeze()
        for member in team:
            member.close()


def _unseal_pages(ring: KeyRing, ours: WorkerPipe, theirs: WorkerPipe) -> None:
    """Opens page after page until the pipe is closed."""
    ours.close()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGHUP):  # they go to the whole group; the parent says what becomes of it
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            theirs.send(_unseal_page(ring, theirs.recv()))
