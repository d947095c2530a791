"""Commands for translators: the state of every language, a new one, and PO files out and back."""

import os
from pathlib import Path

import click

from campaign import instance
from campaign.cli.publish import delivery_sentences, stale_sentences, unpublished_sentence
from campaign.config import TRANSLATIONS, Settings
from campaign.languages import PUBLIC, SOURCE, discover
from campaign.translation import add as translation_add
from campaign.translation import catalogues, font_coverage, po_exchange
from campaign.translation.source import make_source
from campaign.translation.status import FUZZY, MISSING, STALE, LanguageStatus, language_status


@click.group()
def languages() -> None:
    """Manage the languages of the site and their translations."""
    os.umask(0o022)  # translations are for everybody to read


def known_language(_context: click.Context, _argument: click.Parameter, typed: str | None) -> str | None:
    """Return a language of the site; raise BadParameter for any other."""
    if typed is not None and typed not in discover(TRANSLATIONS):
        raise click.BadParameter(f"there is no language {typed!r}. The languages are: {', '.join(discover(TRANSLATIONS))}.")
    return typed


@languages.command()
@click.argument("language", required=False, callback=known_language)
def status(language: str | None) -> None:
    """Show what is translated, missing and stale, and every fault of the public languages or of LANGUAGE."""
    wrong = False
    for code, one in discover(TRANSLATIONS).items():
        found = language_status(TRANSLATIONS, one)
        click.echo(status_line(found))
        if code == language or (language is None and one.status == PUBLIC):
            wrong = wrong or bool(found.problems)
            for problem in found.problems:
                click.echo(f"  {problem}", err=True)
    for sentence in published_letter_problems():
        wrong = True
        click.echo(sentence, err=True)
    if wrong:
        raise click.exceptions.Exit(1)


def published_letter_problems() -> list[str]:
    """Say what of the letter that readers see is missing or stale, and whether files wait to be published.

    Translators need no campaign: without one there is nothing to say.
    """
    settings = Settings.load()
    if not settings.data.is_dir():
        return []
    try:
        instance.check(settings)
    except instance.NoInstance:
        return []
    return [*stale_sentences(settings), *delivery_sentences(settings), *filter(None, [unpublished_sentence(settings)])]


def status_line(found: LanguageStatus) -> str:
    """Return the state of one language in a line."""
    counts = [f"{found.count(kind)} {kind}" for kind in (MISSING, STALE, FUZZY)]
    others = len(found.problems) - sum(found.count(kind) for kind in (MISSING, STALE, FUZZY))
    there = f"{found.texts} texts in {found.parts} parts, {found.messages} messages"
    return f"{found.language.code} ({found.language.status}): {there}; {', '.join([*counts, f'{others} otherwise wrong'])}"


@languages.command()
@click.argument("language")
def add(language: str) -> None:
    """Add LANGUAGE, a code such as fr: its texts and messages to translate, hidden from visitors until it says otherwise."""
    code = language.lower()
    try:
        translation_add.add_language(TRANSLATIONS, code)
    except translation_add.UnknownLanguage as error:
        raise click.UsageError(str(error)) from None
    click.echo(status_line(language_status(TRANSLATIONS, discover(TRANSLATIONS)[code])))
    click.echo(f"Plural forms, by CLDR: {', '.join(catalogues.categories(code))}.")
    for sentence in font_coverage.font_notices(code):
        click.echo(sentence)
    click.echo(f"Translate what lies in {TRANSLATIONS / code}; docs/translators.md says how.")


@languages.command()
@click.argument("language", callback=known_language)
def source(language: str) -> None:
    """Make LANGUAGE the source of all translations, once it has every text; for a new campaign, before it starts."""
    make_source(TRANSLATIONS, language)
    click.echo(f"All texts are translated from {language} now.")


@languages.command()
@click.argument("language", required=False, callback=known_language)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default="po", show_default=True, help="The folder.")
def extract(language: str | None, out: Path) -> None:
    """Write texts and messages of LANGUAGE, or of all, as PO files for people who translate in a PO editor."""
    for code, one in discover(TRANSLATIONS).items():
        if code != SOURCE and language in {None, code}:
            for file in po_exchange.export_po(TRANSLATIONS, one, out):
                click.echo(str(file))


@languages.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def take(files: tuple[Path, ...]) -> None:
    """Import translated PO files into texts and messages. Fuzzy or empty entries change nothing."""
    for file in files:
        changed = po_exchange.import_po(TRANSLATIONS, file)
        click.echo("\n".join([f"{file}: {len(changed)} changed", *(f"  {one}" for one in changed)]))
    catalogues.compile_catalogues(TRANSLATIONS)


COMMANDS = (languages,)
