"""The command that copies the site for mirrors and cut networks."""

import shutil
import sys
from pathlib import Path

import click

from campaign import create_app, instance
from campaign.config import Settings
from campaign.public.mirror import write_mirror as write

MAX_BYTES_MIRRORED = 5_000_000  # bytes; what still goes from phone to phone


@click.command()
@click.argument("target", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@click.option("--zip", "zipped", is_flag=True, help="Write FOLDER.zip beside it too.")
def mirror(target: Path, zipped: bool) -> None:
    """Copy everything there is to read into FOLDER, as files that open from a disk or from any web server."""
    settings = Settings.load()
    instance.check(settings)
    with click.progressbar(length=0, label="Pages", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        size = write(create_app(settings), target, bar.update)
    if zipped:
        shutil.make_archive(str(target), "zip", target.parent, target.name)
    click.echo(f"{target}: {size / 1e6:.1f} MB", err=True)
    if size > MAX_BYTES_MIRRORED:
        raise click.ClickException(f"The copy is larger than {MAX_BYTES_MIRRORED / 1e6:.0f} MB.")


COMMANDS = (mirror,)
