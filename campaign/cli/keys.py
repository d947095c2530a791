"""Commands for the keys: to whom records are sealed, and taking the private key off the server."""

from pathlib import Path

import click

from campaign import instance
from campaign.cli.signatures import open_campaign
from campaign.config import Settings
from campaign.crypto import keys as key_files
from campaign.organizers import accounts, key_change
from campaign.petition import key_rotation


@click.group()
def keys() -> None:
    """Look after the keys that records are sealed to."""


@keys.command("list")
def list_keys() -> None:
    """List the keys: what each is for, its short hash, and whether the private key is here."""
    settings, database = open_campaign()
    found = key_files.load_keys(instance.key_folder(settings))
    for name, fingerprint in found.fingerprints().items():
        click.echo(f"{name}\t{fingerprint}")
    click.echo("private key\t" + ("on this server: move it off" if found.private else "not on this server"))
    click.echo(f"sealed to from the beginning\t{key_files.fingerprint(found.public)}")
    with database.reading() as session:
        for row in key_rotation.rotated_keys(session, found):
            click.echo(f"sealed to since {row.since}\t{key_files.fingerprint(row.key)}")


@keys.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write the private key to.")
def new(out: Path) -> None:
    """Make a new pair of keys, on whatever machine it is to stay on; print the public one."""
    public = key_files.new_key(out)
    click.echo(f"public key\t{key_rotation.encode_key(public)}")
    click.echo(f"fingerprint\t{key_files.fingerprint(public)}")
    click.echo(f"The private key is in {out}. Keep two copies, away from the server.", err=True)


@keys.command()
@click.argument("public")
def add(public: str) -> None:
    """Seal to the key PUBLIC from now on. Once there are organizers, they do it at the desk, two together."""
    settings, database = open_campaign()
    found = key_files.load_keys(instance.key_folder(settings))
    try:
        with database.writing() as session:
            if accounts.list_accounts(session):
                raise click.ClickException("There are organizers: one asks for the new key at the desk, and a second one agrees.")
            key_change.change_key(session, found, key_rotation.parse_key(public), by="")
    except key_rotation.InvalidKey:
        raise click.ClickException("This is not a public key: `campaign keys new` prints one.") from None
    except key_rotation.KeyAlreadyUsed:
        raise click.ClickException("This key is in force, or was before: make a new one with `campaign keys new`.") from None
    click.echo("Signatures are sealed to this key from now on. Keep the earlier private keys: they open what came before.")


@keys.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write the private key to.")
def eject(out: Path) -> None:
    """Move the private key off the server; from then on the server seals and cannot open."""
    settings = Settings.load()
    instance.check(settings)
    key_files.eject(instance.key_folder(settings), out)
    click.echo(
        f"The private key is in {out} and no longer in the data folder. Keep two copies away from this server;"
        " without it nobody can ever read the signatures. Disks and backups may still hold an old copy."
    )


COMMANDS = (keys,)
