"""The command that makes the campaign's own words public: publish."""

import difflib
from contextlib import closing

import click

from campaign import instance
from campaign.cli.signatures import open_campaign
from campaign.config import Settings
from campaign.database import Database, now
from campaign.health import checklist
from campaign.petition import publishing
from campaign.petition.published import LETTERS, Key, TextKind, Words, read_words

NOTHING_TO_PUBLISH = "The files and settings are the same as what is published."


@click.command()
@click.option("--yes", is_flag=True, help="Publish without asking.")
def publish(yes: bool) -> None:
    """Publish the campaign's own words from the files and settings; show what changes, and ask first."""
    settings, database = open_campaign()
    values, words = instance.words_of_files(settings), read_public_words(database)
    found = publishing.differences(words, values)
    if not found:
        click.echo(NOTHING_TO_PUBLISH)
        return
    for problem in publishing.publishing_problems(found):
        raise publishing.CannotPublish(problem)
    for key, (was, wanted) in found.items():
        click.echo("\n".join(difference_lines(key, was, wanted)))
    if not yes:
        click.confirm("Publish this for everybody, as of today?", abort=True, err=True)
    with database.writing() as session:
        database.lock(session, publishing.PUBLISH_WORDS_LOCK)
        rows = publishing.publish_words(session, read_words(session, {}), values, now().date())
    click.echo(f"Published: {len(rows)}. Every page follows within seconds; signatures stay on the text that was signed.")


def difference_lines(key: Key, was: object, wanted: object) -> list[str]:
    """Return what changes in words of one kind, as a unified diff under its name."""
    kind, name = key
    title = f"{publishing.KIND_NAMES[TextKind(kind)]} {name}".strip()
    before, after = publishing.as_lines(key, was), publishing.as_lines(key, wanted)
    return ["", f"== {title}", *difflib.unified_diff(before, after, "published", "to be published", lineterm="")]


def read_public_words(database: Database) -> Words:
    """Return the words that are public now, without those of the files."""
    with database.reading() as session:
        return read_words(session, {})


def unpublished_sentence(settings: Settings) -> str:
    """Return in one sentence what files and settings say otherwise than what is published; empty where nothing does."""
    with closing(instance.open_database(settings)) as database:
        words = read_public_words(database)
    return publishing.difference_sentence(publishing.differences(words, instance.words_of_files(settings)))


def delivery_sentences(settings: Settings) -> list[str]:
    """Name each delivery that is published in only one language or with a future day, a sentence each."""
    with closing(instance.open_database(settings)) as database:
        return checklist.faulty_deliveries(read_public_words(database), now().date())


def stale_sentences(settings: Settings) -> list[str]:
    """Say which parts of a letter are published in the source language, or behind their source: a sentence each."""
    with closing(instance.open_database(settings)) as database:
        current = read_public_words(database).current
    return [
        f"{publishing.KIND_NAMES[TextKind(kind)].capitalize()} that is published, {name}, {part['id']}: {part['note']}."
        for (kind, name), value in current.items()
        if kind in LETTERS
        for part in value["paragraphs"]
        if part["note"]
    ]


COMMANDS = (publish,)
