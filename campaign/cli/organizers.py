"""Commands for the organizers' accounts: organizers add, list, remove, reset, accept."""

import click

from campaign.cli.signatures import open_campaign
from campaign.cli.status import address_argument
from campaign.config import Settings
from campaign.database import now
from campaign.languages import LANGUAGES, SOURCE
from campaign.organizers import accounts, adoption, audit, ledger
from campaign.organizers.models import ORGANIZER, ROLES, Account

EMAIL_ARGUMENT = click.argument("email", callback=lambda *typed: address_argument(*typed).text)
LANGUAGE_OPTION = click.option("--language", type=click.Choice(list(LANGUAGES)), default=SOURCE, show_default=True)


@click.group()
def organizers() -> None:
    """Manage the accounts of the organizers' desk."""


@organizers.command()
@EMAIL_ARGUMENT
@click.option("--role", type=click.Choice(ROLES), default=ORGANIZER, show_default=True, help="A moderator sees no personal data.")
@LANGUAGE_OPTION
def add(email: str, role: str, language: str) -> None:
    """Add an account for the desk; print the link by which its owner sets it up, once and within three days."""
    settings, database = open_campaign()
    with database.writing() as session:
        token = accounts.add(session, email, role, now())
    say_invitation(settings, email, language, token)


@organizers.command("list")
def list_accounts() -> None:
    """List the accounts: address, role, whether it is set up, and whether another organizer has locked it."""
    _, database = open_campaign()
    with database.reading() as session:
        for account in accounts.list_accounts(session):
            click.echo(account_line(account))


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
        is_locked = accounts.get_account(session, email).locked_at is not None
    say_invitation(settings, email, language, token)
    if is_locked:
        click.echo("The account is locked: the link works once two organizers have unlocked it at the desk.", err=True)


@organizers.command()
def accept() -> None:
    """Say what is wrong with the desk's rows and accept them as they are; needed after you restore a backup. It asks first."""
    settings, database = open_campaign()
    with database.reading() as session:
        wrong = ledger.find_problems(session) + audit.verify_chain(session, settings.data)
        everyone = accounts.list_accounts(session)
    for sentence in wrong:
        click.echo(sentence, err=True)
    for account in everyone:
        click.echo(account_line(account))
    click.confirm("Let these accounts into the desk, with everything that belongs to them?", abort=True, err=True)
    adoption.accept_rows(database)
    click.echo("Accepted.")


def account_line(account: Account) -> str:
    """Return an account as a line: its address, its role and its state."""
    states = ["set up" if account.ready_at else "not set up", *(["locked"] if account.locked_at else [])]
    return "\t".join((account.email, account.role, ", ".join(states)))


def say_invitation(settings: Settings, email: str, language: str, token: str) -> None:
    """Print the link, with its owner and its last moment."""
    until = now() + accounts.SETUP_LINK_LIFETIME
    click.echo(f"A link for {email}, which works once, until {until:%Y-%m-%d %H:%M} UTC. Hand it over in person:", err=True)
    click.echo(setup_url(settings, language, token))


def setup_url(settings: Settings, language: str, token: str) -> str:
    """Return the address by which an account is set up: hand it over in person, or in a way that nobody else reads."""
    return f"{settings.origin}/{language}/organize/set-up/{token}"


COMMANDS = (organizers,)
