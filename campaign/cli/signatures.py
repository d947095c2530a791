"""Commands for what is signed and collected: close, open, erase, sample, testimony withdraw."""

import sys
from contextlib import suppress

import click

from campaign import instance
from campaign.config import TRANSLATIONS, Settings
from campaign.content import corrections
from campaign.crypto import sealing
from campaign.crypto.keys import load_keys
from campaign.database import Database, now
from campaign.organizers import audit, ledger
from campaign.organizers.actions import Action
from campaign.organizers.signature_search import MailboxRecords, find_by_mailbox
from campaign.outbox.address import mend_address
from campaign.petition import counting, key_rotation, samples, signing
from campaign.prints.render import delete_unneeded_prints

ERASE_QUESTION = "Erase all of this for good?"
WITHDRAW_QUESTION = (
    "This takes the testimony off the site in every language, for good, and ends the collecting of signatures."
    " There is no command that brings it back. Withdraw it?"
)


def open_campaign() -> tuple[Settings, Database]:
    """Return the settings and the database, both checked; the command's end closes it."""
    settings = Settings.load()
    instance.check(settings)
    database = instance.open_database(settings)
    click.get_current_context().call_on_close(database.close)
    return settings, database


@click.command()
def close() -> None:
    """Close signing; links already sent can still be confirmed."""
    _, database = open_campaign()
    with database.writing() as session:
        ledger.begin_change(session)
        signing.close(session, now().date())
    click.echo("Signing is closed.")


@click.command("open")
def reopen() -> None:
    """Let people sign again."""
    _, database = open_campaign()
    with database.writing() as session:
        last_day = counting.read_snapshot(session).days.closes_on
        if last_day and last_day < now().date():
            raise click.ClickException(f"The plan ended it on {last_day}: set a later day with `campaign plan --until`.")
        ledger.begin_change(session)
        signing.close(session, None)
    click.echo("Signing is open.")


@click.command()
@click.option("--yes", is_flag=True, help="Erase without asking.")
def erase(yes: bool) -> None:
    """Find everything stored about an e-mail address, and erase it. It asks for the address."""
    settings, database = open_campaign()
    address = mend_address(click.prompt("E-mail address to erase", err=True, hide_input=False))
    keys = load_keys(instance.key_folder(settings))
    try:
        tags = sealing.mailbox_tags(keys.tag, address)
    except UnicodeError:  # of its domain (IDNA)
        raise click.ClickException("This is not an e-mail address.") from None
    if not yes:
        with database.reading() as session:
            _say_found("Found", find_by_mailbox(session, tags))
        click.confirm(ERASE_QUESTION, abort=True, err=True)
    with database.writing() as session:
        with suppress(ledger.NotOurs):  # erased whatever is wrong with the desk
            ledger.begin_change(session)  # its tables first, as the desk does: the other way round the two could deadlock
        found = find_by_mailbox(session, tags)
        if found.number:
            signing.erase(session, keys, address, now().date())
            audit.record(session, "", Action.ERASED, number=found.number)  # as the desk does: how much, and never whose
    database.truncate_log()
    _say_found("Erased", found)
    if found.records:
        click.echo("The published count changes with its next publication.")


def _say_found(title: str, found: MailboxRecords) -> None:
    """Say what there is of a mailbox, a line each; raise ClickException where there is nothing."""
    if not found.number:
        raise click.ClickException("Nothing is stored for this address.")
    for signed in found.records:
        state = "removed" if signed.removal_id else "held for review" if signed.held_in else "counted"
        click.echo(f"{title}: a signature, confirmed on {signed.confirmed_on}, {state}.")
    kinds = {"whose link was not pressed yet": found.waiting, "with a link that was asked for again": found.links}
    for kind, number in kinds.items():
        if number:
            click.echo(f"{title}: {number} {'e-mail' if number == 1 else 'e-mails'} {kind}.")


@click.command()
@click.argument("number", type=click.IntRange(1, 10_000_000))
def sample(number: int) -> None:
    """Fill an empty data folder with NUMBER made-up signatures, for trying and measuring; the site says so on every page."""
    settings = Settings.load()
    instance.prepare(settings)
    _, database = open_campaign()
    with click.progressbar(length=number, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        with database.reading() as session:
            keys = key_rotation.load_active_keys(session, load_keys(instance.key_folder(settings)))
        samples.add_samples(database, keys, number, bar.update)
    click.echo(f"{number} made-up signatures.")


@click.group()
def testimony() -> None:
    """Look after the testimony."""


@testimony.command()
def withdraw() -> None:
    """Withdraw the testimony for good, from every page, print and copy, and close signing. It asks first."""
    settings, database = open_campaign()
    click.confirm(WITHDRAW_QUESTION, abort=True, err=True)
    with database.writing() as session:
        ledger.begin_change(session)
        signing.withdraw_testimony(session, now().date())
    delete_unneeded_prints([], settings.data / "prints")  # the timed work draws again what may still be drawn
    click.echo(
        "The testimony is withdrawn, and signing is closed. Take its words out of the files in"
        f" {TRANSLATIONS} and of their history too, and ask people who keep a copy to take a new one."
        " A list for news contains the text of its update and can still be sent for some days: ask the person who sends news to"
        " stop, and to delete every list."
    )


@testimony.command()
def lock() -> None:
    """Lock the testimony of a new campaign as it was received: every later change needs an entry in the log of corrections."""
    corrections.lock_received(TRANSLATIONS)
    click.echo(f"Locked as received: {TRANSLATIONS / corrections.LOG_FILE}.")


COMMANDS = (close, reopen, erase, sample, testimony)
