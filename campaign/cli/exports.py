"""Commands that carry signatures and pages out: export, open-export, mirror."""

import os
import shlex
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import IO, Any, NoReturn, cast

import click

from campaign import create_app, instance
from campaign.cli import signatures
from campaign.cli.private_keys import KEY_FILE, passphrase_option, read_private_keys
from campaign.config import Settings
from campaign.crypto.keys import KeyFileError, load_keys
from campaign.crypto.sealing import CannotOpen
from campaign.exports import rows
from campaign.exports.atomic_file import HashingWriter, atomic_file
from campaign.exports.format import Source, Tracker
from campaign.exports.formats import FORMATS
from campaign.exports.rows import SignatureFilter
from campaign.exports.sealed import count_sealed, read_sealed
from campaign.exports.unsealing import missing_keys
from campaign.languages import LANGUAGES, countries, read_day
from campaign.petition import key_rotation
from campaign.public.mirror import write_mirror

STDOUT = "-"
MAX_BYTES_MIRRORED = 5_000_000  # bytes; what still goes from phone to phone
PARTLY_OPENED = 3  # the exit code where the document is written, and some signatures need a key that was not given
KEY_NOT_HERE = (
    "The private key is not on this server, so only a sealed export can be made here: run"
    " `campaign export --format sealed --out signatures.sealed`, and where the key is"
    " `campaign open-export signatures.sealed --key FILE --format {format} --out {out}`;"
    " or bring the key and add `--key FILE`."
)
Command = Callable[..., Any]


def to_day(_context: click.Context, _option: click.Parameter, typed: str | None) -> date | None:
    """Return a day as ISO 8601 writes it, in Latin or Arabic digits."""
    if typed is None:
        return None
    try:
        return read_day(typed)
    except ValueError:
        raise click.BadParameter(f"{typed!r} is not a day: write it like 2026-11-22.") from None


def to_country(_context: click.Context, _option: click.Parameter, typed: str | None) -> str | None:
    """Return a country by the two letters of ISO 3166."""
    if typed is None or typed.upper() in dict(countries("en")):
        return typed and typed.upper()
    raise click.BadParameter(f"{typed!r} is not a country: write its two letters, like SY.")


def export_options(formats: Iterable[str]) -> Callable[[Command], Command]:
    """Add what both commands ask about the document that they write."""
    options: tuple[Callable[[Command], Command], ...] = (
        click.option("--format", "document", required=True, type=click.Choice(list(formats))),
        click.option("--out", required=True, help="A new file to write; - is standard output."),
        click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", help="The reader's language."),
        click.option("--all-or-nothing", is_flag=True, help="Refuse unless the given keys open every signature."),
    )

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@contextmanager
def open_output(out: str, expected: int, missing: Counter[bytes] | None) -> Iterator[tuple[IO[bytes], Tracker]]:
    """Yield a stream to write to and a progress tracker; print the number of signatures and the SHA-256 at the end.

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
            raise CannotOpen(f"No signature can be opened with the given keys: {missing_keys(missing)}.")
    number = f"{opened:,} signature" if opened == 1 else f"{opened:,} signatures"
    click.echo(f"{number} exported; the document's SHA-256 is {hashed.sha256}", err=True)
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


@click.command()
@export_options(FORMATS)
@click.option("--key", type=KEY_FILE, multiple=True, help="The private key, if it is not in the data folder; each of several.")
@passphrase_option
@click.option("--since", callback=to_day, help="Only those confirmed on this day and later.")
@click.option("--until", callback=to_day, help="Only those confirmed on this day and earlier.")
@click.option("--country", callback=to_country, help="Only those of one country.")
@click.option("--signed-in", type=click.Choice(list(LANGUAGES)), help="Only those under the letter in one language.")
@click.option("--shown", is_flag=True, help="Only those whose names are shown; pdf has no others.")
def export(
    document: str,
    out: str,
    language: str,
    key: tuple[Path, ...],
    phrase_files: tuple[Path, ...],
    signed_in: str | None,
    all_or_nothing: bool,
    **which: Any,
) -> None:
    """Export the confirmed signatures; `sealed` is for carrying them to the machine that has the private key."""
    settings, database = signatures.open_campaign()
    with database.reading() as session:
        keys = key_rotation.load_active_keys(session, load_keys(instance.key_folder(settings)))
    privates = read_private_keys(key, phrase_files) or ([keys.private] if keys.private else [])
    chosen = FORMATS[document]
    if chosen.needs_key and not privates:
        raise KeyFileError(KEY_NOT_HERE.format(format=document, out=shlex.quote(out)))
    wanted = chosen.narrow(SignatureFilter(language=signed_in, **which))
    words = create_app(settings).app_context() if chosen.needs_app else nullcontext()
    missing = None if all_or_nothing else Counter[bytes]()
    with closing(database), open_output(out, rows.count_rows(database, wanted), missing) as (stream, track), words:
        pages = rows.read_pages(database, wanted)
        chosen.write(Source(pages, track, LANGUAGES[language], privates, missing, wanted, keys.key_id), stream)


@click.command("open-export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--key", required=True, type=KEY_FILE, multiple=True, help="The private key; each of several.")
@passphrase_option
@export_options(one.name for one in FORMATS.values() if one.needs_key)
def open_export(
    file: Path,
    key: tuple[Path, ...],
    phrase_files: tuple[Path, ...],
    document: str,
    out: str,
    language: str,
    all_or_nothing: bool,
) -> None:
    """Open a sealed export; needs nothing but the private key."""
    privates = read_private_keys(key, phrase_files)
    expected = count_sealed(file)
    missing = None if all_or_nothing else Counter[bytes]()
    repeated: list[bytes] = []
    with open_output(out, expected, missing) as (stream, track):
        pages = read_sealed(file, expected, repeated)
        FORMATS[document].write(Source(pages, track, LANGUAGES[language], privates, missing), stream)
    if repeated:
        click.echo(f"Repeated in the file, and exported once only: {len(repeated):,} lines.", err=True)


@click.command()
@click.argument("target", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@click.option("--zip", "zipped", is_flag=True, help="Write FOLDER.zip beside it too.")
def mirror(target: Path, zipped: bool) -> None:
    """Copy everything there is to read into FOLDER, as files that open from a disk or from any web server."""
    settings = Settings.load()
    instance.check(settings)
    os.umask(0o022)  # a web server of another user reads the copy
    with click.progressbar(length=0, label="Pages", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        size = write_mirror(create_app(settings), target, bar.update)
    if zipped:
        shutil.make_archive(str(target), "zip", target.parent, target.name)
    click.echo(f"{target}: {size / 1e6:.1f} MB", err=True)
    if size > MAX_BYTES_MIRRORED:
        raise click.ClickException(f"The copy is larger than {MAX_BYTES_MIRRORED / 1e6:.0f} MB.")


COMMANDS = (export, open_export, mirror)
