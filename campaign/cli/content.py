"""Commands for what the site publishes: mirror, testimony withdraw."""

import os
import shutil
import sys
from pathlib import Path

import click

from campaign import create_app, instance
from campaign.cli.signatures import open_campaign
from campaign.config import TRANSLATIONS, Settings
from campaign.database import now
from campaign.petition import signing
from campaign.prints.render import delete_unneeded_prints
from campaign.public.mirror import write_mirror

MAX_BYTES_MIRRORED = 5_000_000  # bytes; what still goes from phone to phone
WITHDRAW_QUESTION = (
    "This takes the testimony off the site in every language, for good, and ends the collecting of signatures."
    " There is no command that brings it back. Withdraw it?"
)


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


@click.group()
def testimony() -> None:
    """Look after the testimony."""


@testimony.command()
def withdraw() -> None:
    """Withdraw the testimony for good, from every page, print and copy; ends the collecting too. It asks first."""
    settings, database = open_campaign()
    click.confirm(WITHDRAW_QUESTION, abort=True, err=True)
    with database.writing() as session:
        signing.withdraw_testimony(session, now().date())
    delete_unneeded_prints([], settings.data / "prints")  # the timed work draws again what may still be drawn
    click.echo(
        "The testimony is withdrawn, and signing is closed. Take its words out of the files in"
        f" {TRANSLATIONS} and of their history too, and ask whoever keeps a copy to take a new one."
    )


COMMANDS = (mirror, testimony)
