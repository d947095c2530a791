"""Commands for the organizers' accounts: organizers add, list, remove, reset, accept."""

import click

from campaign.cli.signatures import open_campaign
from campaign.cli.status import address_argument
from campaign.config import Settings
from campaign.database import now
from campaign.languages import LANGUAGES
from campaign.organizers import accounts, adoption, audit, ledger
from campaign.organizers.models import ORGANIZER, ROLES

EMAIL_ARGUMENT = click.argument("email", callback=lambda *typed: address_argument(*typed).text)
LANGUAGE_OPTION = click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True)


@click.group()
def organizers() -> None:
    """Look after the accounts of the organizers' desk."""


@organizers.command()
@EMAIL_ARGUMENT
@click.option("--role", type=click.Choice(ROLES), default=ORGANIZER, show_default=True, help="A moderator sees no personal data.")
@LANGUAGE_OPTION
def add(email: str, role: str, language: str) -> None:
    """Add an account for the desk; print the link by which its owner sets it up, once and within three days."""
    settings, database = open_campaign()
    with database.writing() as session:
        token = accounts.add(session, email, role, now())
    click.echo(setup_url(settings, language, token))


@organizers.command("list")
def list_accounts() -> None:
    """List the accounts: address, role, and whether it is set up."""
    _, database = open_campaign()
    with database.reading() as session:
        for account in accounts.list_accounts(session):
            click.echo(f"{account.email}\t{account.role}\t" + ("set up" if account.ready_at else "not set up"))


@organizers.command()
@EMAIL_ARGUMENT
def remove(email: str) -> None:
    """Remove an account and end its sessions; what it did stays in the audit."""
    _, database = open_campaign()
    with database.writing() as session:
        accounts.remove(session, email, now())
    click.echo("Removed.")


@organizers.command()
@EMAIL_ARGUMENT
@LANGUAGE_OPTION
def reset(email: str, language: str) -> None:
    """End every session of an account, its passphrase and its second factor, and print a new link to set it up."""
    settings, database = open_campaign()
    with database.writing() as session:
        token = accounts.reset(session, email, now())
    click.echo(setup_url(settings, language, token))


@organizers.command()
def accept() -> None:
    """Say what is wrong with the desk's rows and take them as they are; needed after a backup was put back. It asks first."""
    settings, database = open_campaign()
    with database.reading() as session:
        wrong = ledger.find_problems(session) + audit.verify_chain(session, settings.data)
        everyone = accounts.list_accounts(session)
    for sentence in wrong:
        click.echo(sentence, err=True)
    for account in everyone:
        click.echo(f"{account.email}\t{account.role}\t" + ("set up" if account.ready_at else "not set up"))
    click.confirm("Let these accounts into the desk, with all that belongs to them?", abort=True, err=True)
    adoption.accept_rows(database)
    click.echo("Accepted.")


def setup_url(settings: Settings, language: str, token: str) -> str:
    """Return the address by which an account is set up: hand it over in person, or in a way that nobody else reads."""
    return f"{settings.base_url}/{language}/organize/set-up/{token}"


COMMANDS = (organizers,)
