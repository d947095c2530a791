"""Commands for the keys: to whom records are sealed, and taking the private key off the server."""

from pathlib import Path

import click

from campaign import folder, sealing
from campaign.config import Settings


@click.group()
def keys() -> None:
    """Look after the keys that records are sealed to."""


@keys.command("list")
def list_keys() -> None:
    """List the keys: what each is for, its short hash, and whether the private key is here."""
    settings = Settings.load()
    folder.check(settings)
    found = sealing.load_keys(folder.keys_in(settings))
    for name, fingerprint in found.fingerprints().items():
        click.echo(f"{name}\t{fingerprint}")
    click.echo("private key\t" + ("on this server: move it off" if found.private else "not on this server"))


@keys.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write the private key to.")
def eject(out: Path) -> None:
    """Move the private key off the server; from then on the server seals and cannot open."""
    settings = Settings.load()
    folder.check(settings)
    sealing.eject(folder.keys_in(settings), out)
    click.echo(
        f"The private key is in {out} and no longer in the data folder. Keep two copies away from this server;"
        " without it nobody can ever read the signatures. Disks and backups may still hold an old copy."
    )


COMMANDS = (keys,)
