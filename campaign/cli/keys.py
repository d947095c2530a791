"""Commands for the keys that records are sealed to, and for the private key files of the people who hold them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from nacl.public import PrivateKey

from campaign import instance
from campaign.cli import private_keys
from campaign.cli.signatures import open_campaign
from campaign.config import Settings
from campaign.crypto import backup_key
from campaign.crypto import keys as key_files
from campaign.crypto.private_key_file import OPENS_NEWS, read_labelled_key
from campaign.database import now
from campaign.organizers import accounts, key_change
from campaign.petition import key_rotation, news_key

KEEP_BACKUP_KEY = (
    "Keep {out} away from the server, in two places: without it no backup can be put back. On the server run"
    " `campaign keys add-backup {public}`."
)
HAND_OUT = (
    "Keep {out} away from the server. Write a file for each person who is to hold the key with `campaign keys copy`:"
    " then nothing is lost when one of them loses file or passphrase."
)

OFFER_NEWS = (
    "Keep {out} away from the server. There, run `campaign keys add-news {public}`: then the form offers news, and the addresses"
    " of those who ask for it are sealed to this key."
)


@click.group()
def keys() -> None:
    """Manage the keys that records are sealed to."""


@keys.command("list")
def list_keys() -> None:
    """List the keys: what each is for, its short hash, and whether the private key is here."""
    settings, database = open_campaign()
    found = key_files.load_keys(instance.key_folder(settings))
    for name, fingerprint in found.fingerprints().items():
        click.echo(f"{name}\t{fingerprint}")
    click.echo("private key\t" + ("on this server: move it off" if found.private else "not on this server"))
    click.echo(f"sealed to from the beginning\t{key_files.fingerprint(found.public)}")
    if public := backup_key.backup_key(instance.key_folder(settings)):
        click.echo(f"backups are encrypted to\t{public}")
    with database.reading() as session:
        for row in key_rotation.rotated_keys(session, found):
            click.echo(f"sealed to since {row.since}\t{key_files.fingerprint(row.key)}")
        if news := news_key.newest_news_key(session, found):
            click.echo(f"news is sealed to\t{key_files.fingerprint(news)}")


def writing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what every command asks that writes a private key."""
    out = click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write the private key to.")
    return out(private_keys.owner_option(private_keys.new_passphrase_option(private_keys.bare_option(command))))


@keys.command()
@writing_options
@private_keys.campaign_option
def new(out: Path, **wanted: Any) -> None:
    """Make a new pair of keys, on the machine that will keep it; print the public one."""
    private = PrivateKey.generate()
    key_files.write_key_file(out, private, private_keys.encoder(**wanted))
    print_public(private)
    click.echo(HAND_OUT.format(out=out), err=True)


@keys.command()
@click.argument("key", type=private_keys.KEY_FILE)
@writing_options
@click.option("--key-passphrase-file", type=private_keys.KEY_FILE, help="A file whose first line opens KEY.")
def copy(key: Path, key_passphrase_file: Path | None, out: Path, **wanted: Any) -> None:
    """Write a copy of the private key in the file KEY for another person, under their own passphrase."""
    private, campaign, opens = read_labelled_key(key, lambda file: private_keys.current_passphrase(file, key_passphrase_file))
    key_files.write_key_file(out, private, private_keys.encoder(campaign=campaign, opens=opens, **wanted))
    print_public(private)


def print_public(private: PrivateKey) -> None:
    """Print the public key and its fingerprint."""
    click.echo(f"public key\t{key_rotation.encode_key(private.public_key)}")
    click.echo(f"fingerprint\t{key_files.fingerprint(private.public_key)}")


@keys.command("news")
@writing_options
@private_keys.campaign_option
def make_news_pair(out: Path, **wanted: Any) -> None:
    """Make a new pair of keys for news, on the machine that will send it; print the public one."""
    private = PrivateKey.generate()
    key_files.write_key_file(out, private, private_keys.encoder(opens=OPENS_NEWS, **wanted))
    print_public(private)
    click.echo(OFFER_NEWS.format(out=out, public=key_rotation.encode_key(private.public_key)), err=True)


@keys.command("add-news")
@click.argument("public")
def add_news(public: str) -> None:
    """Offer news, and seal the addresses of those who ask for it to the key PUBLIC from now on."""
    settings, database = open_campaign()
    found = key_files.load_keys(instance.key_folder(settings))
    try:
        key = key_rotation.parse_key(public)
        with database.writing() as session:
            key_change.change_news_key(session, found, key)
    except key_rotation.InvalidKey:
        raise click.ClickException("This is not a public key: `campaign keys news` prints one.") from None
    except key_rotation.KeyAlreadyUsed:
        raise click.ClickException("Signatures are sealed to this key: make another one with `campaign keys news`.") from None
    click.echo("The form offers news from now on. Keep earlier keys for news: they open what came before.")


@keys.command("stop-news")
def stop_news() -> None:
    """Stop offering news; addresses sealed for news stay until their signers end it."""
    settings, database = open_campaign()
    with database.writing() as session:
        key_change.change_news_key(session, key_files.load_keys(instance.key_folder(settings)), None)
    click.echo("The form no longer offers news.")


@keys.command("backup")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write the private key to.")
@private_keys.owner_option
@private_keys.new_passphrase_option
@private_keys.bare_option
@private_keys.campaign_option
def make_backup_pair(out: Path, owner: str, phrase_file: Path | None, is_bare: bool, campaign: str) -> None:
    """Make a new pair of keys for backups, on the machine that will keep it; print the public one."""
    if is_bare and phrase_file:
        raise click.UsageError("Use --no-passphrase or --passphrase-file, not both.")
    key_files.check_new(out)
    phrase = None if is_bare else private_keys.new_passphrase(phrase_file)
    public = backup_key.make_backup_key(out, backup_key.BackupLabel(campaign, owner, now().date()), phrase)
    click.echo(f"public key\t{public}")
    click.echo(KEEP_BACKUP_KEY.format(out=out, public=public), err=True)


@keys.command("add-backup")
@click.argument("public")
def add_backup(public: str) -> None:
    """Encrypt backups to the key PUBLIC from now on; its private half never comes to this machine."""
    settings = Settings.load()
    instance.check(settings)
    backup_key.set_backup_key(instance.key_folder(settings), public)
    click.echo("Backups are encrypted to this key from now on. The earlier ones still need the earlier key.")


@keys.command()
@click.argument("public")
def add(public: str) -> None:
    """Seal to the key PUBLIC from now on. Once there are organizers, two of them do it at the desk."""
    settings, database = open_campaign()
    found = key_files.load_keys(instance.key_folder(settings))
    try:
        with database.writing() as session:
            if accounts.list_accounts(session):
                raise click.ClickException(
                    "This campaign has organizers: one requests the new key at the desk, and a second one agrees."
                )
            key_change.change_key(session, found, key_rotation.parse_key(public), by="")
    except key_rotation.InvalidKey:
        raise click.ClickException("This is not a public key: `campaign keys new` prints one.") from None
    except news_key.KeyForNews:
        raise click.ClickException("This key is for news. Make another one with `campaign keys new`.") from None
    except key_rotation.KeyAlreadyUsed:
        raise click.ClickException("This key is or was in use. Make a new one with `campaign keys new`.") from None
    click.echo("Signatures are sealed to this key from now on. Keep the earlier private keys: they open what came before.")


@keys.command()
@writing_options
def eject(out: Path, **wanted: Any) -> None:
    """Move the private key off the server, which can then seal records but not open them."""
    settings = Settings.load()
    instance.check(settings)
    key_files.eject(instance.key_folder(settings), out, private_keys.encoder(campaign=settings.host, **wanted))
    click.echo(
        f"The private key is in {out} and no longer in the data folder. Without it nobody can ever read the signatures:"
        " keep two copies away from this server. Disks and backups may still hold an old copy."
    )
    click.echo(HAND_OUT.format(out=out), err=True)


COMMANDS = (keys,)
