"""Open sealed signatures on all cores, in their order, with a few pages in memory at a time.

Opening a record is arithmetic that takes twenty times as long as everything else about it. Threads do not share it well
(the interpreter's lock is handed over twice a record), so processes do it. Each ends by itself when its parent dies, because
its pipe is closed; those of `concurrent.futures` do not: they hold the writing end of the queue that they read from.
"""

import contextlib
import gc
import itertools
import multiprocessing
import os
import signal
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import NamedTuple

from nacl.public import PrivateKey

from campaign.crypto.keys import format_fingerprint, key_id
from campaign.crypto.sealing import CannotOpen, Person, open_sealed, recipient_key_id
from campaign.exports.rows import ExportRow, StoredSignature

KeyRing = Mapping[bytes, PrivateKey]  # by the id of their public keys
WorkerPipe = Connection  # our end of the pipe to a process that opens records
SealedRecord = tuple[bytes, str, bytes]  # the id, the text's hash and the sealed record: what goes through the pipe
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MAX_PROCESSES = 8  # processes; beyond that whoever writes the document cannot follow


class UnsealedPage(NamedTuple):
    """What was sealed of one page, up to a record that could not be opened, and why it could not.

    If a key was not given, the id of that key takes the place of the person.
    """

    people: list[Person | bytes]
    problem: str | None


def unseal_rows(
    privates: Iterable[PrivateKey], pages: Iterator[list[StoredSignature]], missing: Counter[bytes] | None = None
) -> Iterator[ExportRow]:
    """Yield the signatures with names and addresses, each opened with its own key.

    A signature that needs a key which was not given is left out and counted in `missing`, by the id of that key; without
    `missing` it stops the export. Raise CannotOpen at the first that does not open, with how many did.
    """
    place = number = 0
    for page, found in _on_all_cores({key_id(private.public_key): private for private in privates}, pages):
        for stored, person in zip(page, found.people, strict=False):
            place += 1
            if isinstance(person, bytes):
                _count_missing(missing, person, place, number)
                continue
            number += 1
            yield ExportRow(number, stored, person)
        if found.problem:
            raise CannotOpen(_problem(place + 1, found.problem, number))


def missing_keys(missing: Counter[bytes]) -> str:
    """Return how many signatures need which other key, in words: "2 need key 4123 a1d7"."""
    return ", ".join(
        f"{number:,} {'needs' if number == 1 else 'need'} key {format_fingerprint(key[:4])}" for key, number in missing.items()
    )


def _count_missing(missing: Counter[bytes] | None, key: bytes, place: int, opened: int) -> None:
    if missing is None:
        raise CannotOpen(_problem(place, f"the record was sealed to another key, {format_fingerprint(key)}", opened))
    missing[key] += 1


def _problem(place: int, problem: str, opened: int) -> str:
    return f"Signature {place:,} cannot be opened: {problem}; {opened:,} were opened before it."


def _on_all_cores(ring: KeyRing, pages: Iterator[list[StoredSignature]]) -> Iterator[tuple[list[StoredSignature], UnsealedPage]]:
    """Yield each page with what was opened of it; open a single page here, as processes take longer to start."""
    first = list(itertools.islice(pages, 2))
    if len(first) < 2:
        yield from ((page, _unseal_page(ring, _sealed_records(page))) for page in first)
        return
    with _worker_processes(ring) as pipes:
        pending: deque[tuple[list[StoredSignature], WorkerPipe]] = deque()
        for page, pipe in zip(itertools.chain(first, pages), itertools.cycle(pipes), strict=False):
            done = _receive(*pending.popleft()) if len(pending) == len(pipes) else None
            pipe.send(_sealed_records(page))
            pending.append((page, pipe))
            if done:
                yield done
        yield from itertools.starmap(_receive, pending)


def _sealed_records(page: list[StoredSignature]) -> list[SealedRecord]:
    return [(stored.id, stored.sealed_text, stored.sealed) for stored in page]


def _receive(page: list[StoredSignature], pipe: WorkerPipe) -> tuple[list[StoredSignature], UnsealedPage]:
    found: UnsealedPage = pipe.recv()
    return page, found


def _unseal_page(ring: KeyRing, records: list[SealedRecord]) -> UnsealedPage:
    people: list[Person | bytes] = []
    for record in records:
        try:
            people.append(_unseal(ring, *record))
        except CannotOpen as error:
            return UnsealedPage(people, str(error))
    return UnsealedPage(people, None)


def _unseal(ring: KeyRing, row: bytes, text_sha256: str, sealed: bytes) -> Person | bytes:
    """Return what was sealed of one row, or the id of the key that it needs and that is not there.

    A record knows its row and its text, so none can be exchanged unnoticed.
    """
    private = ring.get(recipient_key_id(sealed))
    if private is None:
        return recipient_key_id(sealed)
    person = open_sealed(private, sealed)
    if person.record != row:
        raise CannotOpen("its record belongs to another signature")
    if person.text_sha256 != text_sha256:
        raise CannotOpen("its record was sealed for another text")
    return person


@contextmanager
def _worker_processes(ring: KeyRing) -> Iterator[list[WorkerPipe]]:
    """Fork a process a core, as they need nothing but the keys; yield our ends of the pipes to them."""
    fork = multiprocessing.get_context("fork")
    pipes: list[WorkerPipe] = []
    gc.freeze()  # what is there at the fork stays shared: a collector that looks through it would make a copy, here or there
    try:
        with _signals_held():
            for _ in range(min(len(os.sched_getaffinity(0)), MAX_PROCESSES)):
                ours, theirs = fork.Pipe()
                fork.Process(target=_unseal_pages, args=(ring, ours, theirs), daemon=True).start()
                theirs.close()
                pipes.append(ours)
        yield pipes
    except (EOFError, ConnectionError):
        raise CannotOpen("A process that was opening signatures ended, perhaps for lack of memory.") from None
    finally:
        gc.unfreeze()
        for pipe in pipes:
            pipe.close()


@contextmanager
def _signals_held() -> Iterator[None]:
    """Let signals wait: during a fork, what one raises gets lost here, and ends a process there that does not ignore it yet."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, END_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _unseal_pages(ring: KeyRing, ours: WorkerPipe, theirs: WorkerPipe) -> None:
    """Open page after page until the pipe is closed."""
    ours.close()
    for number in END_SIGNALS:  # the whole group may get them; the parent closes the pipe
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            theirs.send(_unseal_page(ring, theirs.recv()))
