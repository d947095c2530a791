"""Commands for the day on which the server is lost, or too small: backup, restore, move."""

from pathlib import Path

import click

from campaign import instance
from campaign.backup import making, moving, restoring
from campaign.cli.private_keys import KEY_FILE, current_passphrase
from campaign.cli.signatures import open_campaign
from campaign.config import Settings
from campaign.crypto.backup_key import read_backup_key
from campaign.crypto.keys import load_keys

NEW_FILE = click.Path(path_type=Path, dir_okay=False)
MOVE_NEXT = (
    "Set CAMPAIGN_DATABASE_URL to this address and start the site. When all is well, destroy campaign.db and what begins with it"
    " in the data folder: it holds people who withdraw later."
)
RESTORE_QUESTION = "Replace the existing database with this?"


@click.command()
@click.argument("file", required=False, type=NEW_FILE)
@click.option("--list", "list_file", type=NEW_FILE, help="Write the list of what was deleted, replacing an older one.")
def backup(file: Path | None, list_file: Path | None) -> None:
    """Write the database into the new FILE, encrypted to the backup key, while people sign. No key of the campaign is in it."""
    if not file and not list_file:
        raise click.UsageError("Name a file for the backup, or one for --list.")
    settings, _ = open_campaign()
    for sentence in making.write_files(settings, load_keys(instance.key_folder(settings)), file, list_file):
        click.echo(sentence)
    if file:
        apart = ", ".join(map(str, making.kept_apart(settings)))
        click.echo(f"It does not contain these; keep them apart from it: {apart}", err=True)


@click.command()
@click.argument("file", type=KEY_FILE)
@click.option("--key", required=True, type=KEY_FILE, help="The private backup key.")
@click.option("--passphrase-file", type=KEY_FILE, help="A file whose first line opens the key, so that nobody is asked.")
@click.option("--list", "lists", type=KEY_FILE, multiple=True, help="The newest list of what was deleted since.")
@click.option("--without-old", is_flag=True, help="Take only the list from the existing database.")
@click.option(
    "--despite-gap",
    is_flag=True,
    help="Continue although no list reaches back to the backup; some may return.",
)
@click.option("--yes", is_flag=True, help="Do not ask before the database is replaced.")
def restore(
    file: Path, key: Path, passphrase_file: Path | None, lists: tuple[Path, ...], without_old: bool, despite_gap: bool, yes: bool
) -> None:
    """Replace the database with the backup FILE, without people who left since. The site must be stopped."""
    settings = Settings.load()
    instance.open_keys(settings)  # before anything is asked
    wanted = restoring.Wanted(
        file=file,
        identity=read_backup_key(key, lambda asked: current_passphrase(asked, passphrase_file)),
        lists=lists,
        takes_old=not without_old,
        accepts_gap=despite_gap,
    )

    def agreed(sentences: list[str]) -> None:
        for sentence in sentences:
            click.echo(sentence)
        if not yes:
            click.confirm(RESTORE_QUESTION, abort=True, err=True)

    for sentence in restoring.restore_backup(settings, wanted, agreed):
        click.echo(sentence)


@click.command()
@click.argument("database_url")
def move(database_url: str) -> None:
    """Move everything from SQLite into the empty PostgreSQL database at DATABASE_URL. The site must be stopped."""
    settings = Settings.load()
    instance.check(settings)
    rows = moving.move(settings, database_url, lambda name, number: click.echo(f"{name}: {number:,}", err=True))
    click.echo(f"{rows:,} rows are in PostgreSQL, the same as in SQLite. {MOVE_NEXT}")


COMMANDS = (backup, restore, move)
