"""Commands for those who change the campaign's own words in files: texts export, texts import."""

from pathlib import Path

import click

from campaign.cli.signatures import open_campaign
from campaign.database import now
from campaign.organizers import word_change
from campaign.petition import drafts, word_files
from campaign.petition.publishing import PUBLISH_WORDS_LOCK


@click.group("texts")
def texts_group() -> None:
    """Export the campaign's own words as files, and import them as drafts."""


@texts_group.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export_texts(folder: Path) -> None:
    """Write the campaign's own words into FOLDER as files, with any drafts from the desk."""
    _, database = open_campaign()
    with database.reading() as session:
        found = word_files.exported_files(drafts.read_drafted(session))
    for name, content in found.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
        click.echo(str(file))
    click.echo(f"Change them, then: campaign texts import {folder}", err=True)


@texts_group.command("import")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--over-newer", is_flag=True, help="Also overwrite words that were changed at the desk since the export.")
def import_texts(folder: Path, over_newer: bool) -> None:
    """Read the files in FOLDER as drafts; an organizer checks and publishes them at the desk."""
    _, database = open_campaign()
    with database.writing() as session:
        database.lock(session, PUBLISH_WORDS_LOCK)
        changed = word_change.import_drafts(session, folder, today=now().date(), over_newer=over_newer)
    if not changed:
        click.echo("The files say the same as the desk. Nothing changed.")
        return
    click.echo(
        f"Changed drafts: {changed}. Nothing is public yet: look at them at the desk, under Words, and publish them there."
    )


COMMANDS = (texts_group,)
