"""Where commands write a document to: a new file or standard output, with a progress bar, and nothing half written."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NoReturn, cast

import click

from campaign.crypto.sealing import CannotOpen
from campaign.exports.atomic_file import HashingWriter, atomic_file
from campaign.exports.format import Tracker
from campaign.exports.unsealing import missing_keys

STDOUT = "-"
SIGNATURES = ("signature", "signatures")
PARTLY_OPENED = 3  # the exit code where the document is written, and some signatures need a key that was not given


@contextmanager
def open_output(
    out: str, expected: int, missing: Counter[bytes] | None, counts: tuple[str, str] = SIGNATURES
) -> Iterator[tuple[IO[bytes], Tracker]]:
    """Yield a stream to write to and a progress tracker; print how many `counts` there are and the SHA-256 at the end.

    Exit with PARTLY_OPENED where signatures are missing that need another key; raise CannotOpen where all do.
    """
    bar = click.progressbar(length=expected, file=sys.stderr, hidden=not sys.stderr.isatty())
    place = open_stdout() if out == STDOUT else atomic_file(Path(out))
    with exit_cleanly() as exit_if_ended, place as stream, bar:
        hashed = HashingWriter(stream)

        def track(pages: Iterable[list[Any]]) -> Iterator[list[Any]]:
            for page in pages:
                exit_if_ended()
                bar.update(len(page))
                yield page

        yield cast("IO[bytes]", hashed), track
        opened = bar.pos - (missing.total() if missing else 0)
        if missing and not opened:
            raise CannotOpen(f"No {counts[0]} can be opened with the given keys: {missing_keys(missing)}.")
    click.echo(f"{opened:,} {counts[opened != 1]} exported; the document's SHA-256 is {hashed.sha256}", err=True)
    if missing:
        click.echo(f"{opened:,} of {bar.pos:,} opened; {missing_keys(missing)}.", err=True)
        raise click.exceptions.Exit(PARTLY_OPENED)


@contextmanager
def open_stdout() -> Iterator[IO[bytes]]:
    """Yield standard output; a reader who has seen enough, such as `head`, ends the command without a word."""
    stream = sys.stdout.buffer
    try:
        yield stream
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # what is buffered has somewhere to go at the exit
        raise click.exceptions.Exit(1) from None


@contextmanager
def exit_cleanly() -> Iterator[Callable[[], None]]:
    """Turn signals that end the process into exceptions in this block, so that no half document stays behind.

    Yield a function to call now and then: it ends the process where the exception itself got lost.
    """
    ended: list[int] = []

    def end(number: int, _frame: object) -> NoReturn:
        ended.append(number)
        sys.exit(128 + number)

    def exit_if_ended() -> None:
        if ended:
            sys.exit(128 + ended[0])

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield exit_if_ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
