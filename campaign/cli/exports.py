"""Commands that carry signatures and pages out: export, open-export, mirror."""

import os
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing, nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import click
from nacl.public import PrivateKey

from campaign import create_app, instance
from campaign.cli import signatures
from campaign.cli.output import open_output
from campaign.cli.private_keys import KEY_FILE, passphrase_option, read_private_keys
from campaign.config import TRANSLATIONS, Settings
from campaign.crypto.keys import KeyFileError, load_keys
from campaign.database import Database, now
from campaign.exports.format import SEPARATORS, Format, Source
from campaign.exports.formats import FORMATS
from campaign.exports.rows import SignatureFilter
from campaign.exports.sealed import SEALED, count_sealed, read_sealed
from campaign.exports.sealed_news import NEWS_ADDRESSES, NEWS_WRITERS, count_sealed_news, is_sealed_news, open_sealed_news
from campaign.keyset import read_record
from campaign.languages import LANGUAGES, SOURCE, countries, read_day
from campaign.petition import key_rotation
from campaign.petition.offices import Addressee
from campaign.petition.published import read_words
from campaign.public.mirror import write_mirror, zip_files
from campaign.translation.catalogues import BadCatalogue, require_compiled

MAX_BYTES_MIRRORED = 5_000_000  # bytes; what still goes from phone to phone
KEY_NOT_HERE = (
    "The private key is not on this server, so only a sealed export can be made here: run"
    " `campaign export --format sealed --out signatures.sealed`, and where the key is"
    " `campaign open-export signatures.sealed --key FILE --format {format} --out {out}`;"
    " or bring the key and add `--key FILE`."
)
NUMBER_ALONE = "--signature takes one signature by its number: leave --since, --until, --country, --signed-in and --shown out."
READER = "The reader's language."
Command = Callable[..., Any]


def to_day(_context: click.Context, _option: click.Parameter, typed: str | None) -> date | None:
    """Return a day as ISO 8601 writes it, in Latin or Arabic digits."""
    if typed is None:
        return None
    try:
        return read_day(typed)
    except ValueError:
        raise click.BadParameter(f"{typed!r} is not a day. Write it like 2026-11-22.") from None


def to_country(_context: click.Context, _option: click.Parameter, typed: str | None) -> str | None:
    """Return a country by the two letters of ISO 3166."""
    if typed is None or typed.upper() in dict(countries(SOURCE)):
        return typed and typed.upper()
    raise click.BadParameter(f"{typed!r} is not a country. Write its two letters, such as SY.")


def to_language(_context: click.Context, _option: click.Parameter, typed: str) -> str:
    """Return a language whose words are there: without its catalogue the headings would be English."""
    try:
        require_compiled(TRANSLATIONS, [typed])
    except BadCatalogue as error:
        raise click.ClickException(str(error)) from None
    return typed


def to_signature(_context: click.Context, _option: click.Parameter, typed: str | None) -> bytes | None:
    """Return a signature's id, as the desk writes it."""
    if typed is None:
        return None
    if found := read_record(typed):
        return found
    raise click.BadParameter("a signature has 32 letters and digits, as its page at the desk shows them.")


def export_options(formats: Iterable[str]) -> Callable[[Command], Command]:
    """Add what both commands ask about the document that they write."""
    options: tuple[Callable[[Command], Command], ...] = (
        click.option("--format", "document", required=True, type=click.Choice(list(formats))),
        click.option("--out", required=True, help="A new file to write; - is standard output."),
        click.option("--language", type=click.Choice(list(LANGUAGES)), callback=to_language, default=SOURCE, help=READER),
        click.option("--separator", type=click.Choice(list(SEPARATORS)), default="comma", help="The field separator of a csv."),
        click.option("--all-or-nothing", is_flag=True, help="Refuse unless the given keys open every signature."),
    )

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@click.command()
@export_options(FORMATS)
@click.option("--key", type=KEY_FILE, multiple=True, help="The private key, if it is not in the data folder; repeat for each.")
@passphrase_option
@click.option("--since", callback=to_day, help="Only those confirmed on this day and later.")
@click.option("--until", callback=to_day, help="Only those confirmed on this day and earlier.")
@click.option("--country", callback=to_country, help="Only those of one country.")
@click.option("--signed-in", type=click.Choice(list(LANGUAGES)), help="Only those under the letter in one language.")
@click.option("--shown", is_flag=True, help="Only those whose names are shown; pdf has no others.")
@click.option("--signature", callback=to_signature, help="Only one, by its number at the desk; sealed only.")
@click.option("--addressee", help="Only the shown names that may be handed to this addressee, by its name or key; pdf only.")
def export(
    document: str,
    out: str,
    language: str,
    separator: str,
    key: tuple[Path, ...],
    phrase_files: tuple[Path, ...],
    signed_in: str | None,
    all_or_nothing: bool,
    addressee: str | None,
    **which: Any,
) -> None:
    """Export the confirmed signatures; use `sealed` to carry them to the machine that has the private key."""
    settings, database = signatures.open_campaign()
    with database.reading() as session:
        keys = key_rotation.load_active_keys(session, load_keys(instance.key_folder(settings)))
    privates = read_private_keys(key, phrase_files) or ([keys.private] if keys.private else [])
    chosen = FORMATS[document]
    if chosen.needs_key and not privates:
        raise KeyFileError(KEY_NOT_HERE.format(format=document, out=shlex.quote(out)))
    wanted = chosen.narrow(SignatureFilter(language=signed_in, **which))
    if wanted.signature:
        check_one(database, chosen, wanted)
    if addressee:
        wanted = wanted.for_addressee(to_office(database, chosen, addressee))
    words = create_app(settings).app_context() if chosen.needs_app else nullcontext()
    missing = None if all_or_nothing else Counter[bytes]()
    with closing(database), open_output(out, chosen.count(database, wanted), missing, chosen.counts) as (stream, track), words:
        pages = chosen.read(database, wanted)
        chosen.write(Source(pages, track, LANGUAGES[language], privates, missing, wanted, separator, keys.key_id), stream)


@click.command("open-export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--key", required=True, type=KEY_FILE, multiple=True, help="The private key; repeat for each.")
@passphrase_option
@export_options(one.name for one in FORMATS.values() if one.needs_key)
def open_export(
    file: Path,
    key: tuple[Path, ...],
    phrase_files: tuple[Path, ...],
    document: str,
    out: str,
    language: str,
    separator: str,
    all_or_nothing: bool,
) -> None:
    """Open a sealed export; needs nothing but the private key."""
    is_news = is_sealed_news(file)
    if is_news and document not in NEWS_WRITERS:
        raise click.UsageError("Addresses for news are written as csv or jsonl.")
    privates = read_private_keys(key, phrase_files)
    if is_news:
        write_opened_news(file, privates, out, document, all_or_nothing=all_or_nothing)
        return
    expected = count_sealed(file)
    missing = None if all_or_nothing else Counter[bytes]()
    repeated: list[bytes] = []
    with open_output(out, expected, missing) as (stream, track):
        pages = read_sealed(file, expected, repeated)
        FORMATS[document].write(Source(pages, track, LANGUAGES[language], privates, missing, separator=separator), stream)
    if repeated:
        click.echo(f"Repeated in the file, and exported only once: {len(repeated):,} lines.", err=True)


def check_one(database: Database, chosen: Format, wanted: SignatureFilter) -> None:
    """Refuse one signature by its number in a format that opens it, beside an option that narrows, and if it is not there."""
    if chosen.name != SEALED.name:
        raise click.UsageError("One signature is carried to its key sealed: --format sealed.")
    if wanted != SignatureFilter(signature=wanted.signature):
        raise click.UsageError(NUMBER_ALONE)
    if not chosen.count(database, wanted):
        raise click.ClickException("There is no signature of this number.")


def to_office(database: Database, chosen: Format, typed: str) -> Addressee:
    """Return an addressee that gets names; refuse a format that holds more than shown names."""
    if not chosen.only_shown:
        raise click.UsageError("What is handed to an addressee holds shown names and nothing else: --format pdf.")
    return find_office(database, typed)


def find_office(database: Database, typed: str) -> Addressee:
    """Return an addressee by its key or its name in any language."""
    with database.reading() as session:
        offices = read_words(session, {}).addressees
    for office in offices:
        if typed.strip().casefold() in {name.casefold() for name in (office.key, *office.names.values())}:
            return office
    raise click.UsageError(f"{typed!r} is not an addressee. The addressees are: {', '.join(office.key for office in offices)}.")


def write_opened_news(file: Path, privates: list[PrivateKey], out: str, document: str, *, all_or_nothing: bool) -> None:
    """Write the addresses in a sealed list for news."""
    missing = None if all_or_nothing else Counter[bytes]()
    with open_output(out, count_sealed_news(file), missing, NEWS_ADDRESSES) as (stream, track):
        NEWS_WRITERS[document](open_sealed_news(file, privates, track, missing), stream)


@click.command()
@click.argument("target", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@click.option("--zip", "zipped", is_flag=True, help="Write FOLDER.zip beside it too.")
def mirror(target: Path, zipped: bool) -> None:
    """Copy every page for readers into FOLDER, as files that open from a disk or from any web server."""
    settings = Settings.load()
    instance.check(settings)
    os.umask(0o022)  # a web server of another user reads the copy
    with click.progressbar(length=0, label="Pages", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        files = write_mirror(create_app(settings), target, bar.update)
    if zipped:
        target.with_name(f"{target.name}.zip").write_bytes(zip_files(files, target.name, now().date()))
    size = sum(map(len, files.values()))
    click.echo(f"{target}: {size / 1e6:.1f} MB", err=True)
    if size > MAX_BYTES_MIRRORED:
        raise click.ClickException(f"The copy is larger than {MAX_BYTES_MIRRORED / 1e6:.0f} MB.")


COMMANDS = (export, open_export, mirror)
