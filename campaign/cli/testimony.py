"""The command for the testimony: withdraw."""

import click

from campaign.cli.signatures import open_campaign
from campaign.config import TRANSLATIONS
from campaign.database import now
from campaign.petition import signing
from campaign.prints.render import delete_unneeded_prints

QUESTION = (
    "This takes the testimony off the site in every language, for good, and ends the collecting of signatures."
    " There is no command that brings it back. Withdraw it?"
)


@click.group()
def testimony() -> None:
    """Look after the testimony."""


@testimony.command()
def withdraw() -> None:
    """Withdraw the testimony for good, from every page, print and copy; ends the collecting too. It asks first."""
    settings, database = open_campaign()
    click.confirm(QUESTION, abort=True, err=True)
    with database.writing() as session:
        signing.withdraw_testimony(session, now().date())
    delete_unneeded_prints([], settings.data / "prints")  # the timed work draws again what may still be drawn
    click.echo(
        "The testimony is withdrawn, and signing is closed. Take its words out of the files in"
        f" {TRANSLATIONS} and of their history too, and ask whoever keeps a copy to take a new one."
    )


COMMANDS = (testimony,)
