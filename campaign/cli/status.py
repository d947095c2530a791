"""Commands that look after a running campaign: status, mail test, mail retry, confirm-clock."""

import json
from typing import Any

import click
import sqlalchemy as sa

from campaign import create_app, instance
from campaign.cli.signatures import open_campaign
from campaign.config import Settings
from campaign.database import Database, now
from campaign.health import looks
from campaign.health.conditions import Finding, Site, is_in_trouble
from campaign.languages import LANGUAGES, SOURCE
from campaign.outbox import delivery, purge_clock, queue, smtp
from campaign.outbox.address import EmailAddress, NotAnAddress, parse_address
from campaign.outbox.quota import Quota
from campaign.outbox.smtp_answers import PermanentFailure, RelayTrouble, TransientFailure
from campaign.petition import counting, emails
from campaign.petition.models import Submission

CLOCK_QUESTION = "The clock of this machine says {:%Y-%m-%d %H:%M} UTC. Is that right? If so, expired data is deleted again."
WRITTEN_TO_FILE = "Written to a file; no mail server is set. CAMPAIGN_MAIL_URL names one."


def open_to_look() -> tuple[Settings, Database]:
    """Return the settings and the database of an existing campaign, even if something else is wrong with it."""
    settings = Settings.load()
    database = instance.open_database(settings)
    click.get_current_context().call_on_close(database.close)
    instance.check_made(settings, database)
    return settings, database


def said_of(finding: Finding) -> list[str]:
    """Return the lines about a condition in trouble for a terminal: its name, what is wrong, what to do, since when."""
    if not is_in_trouble(finding):
        return []
    since = f" (since {finding.since:%Y-%m-%d %H:%M} UTC)" if finding.since else ""
    on = f" (on {finding.machine})" if finding.machine else ""
    return [f"{finding.name}: {sentence}{since}{on}" for sentence in finding.exact or [finding.plain_sentence]]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object, for programs.")
def status(as_json: bool) -> None:
    """Show the published count, the signatures and e-mails that wait, failed or overdue e-mails, and every condition."""
    settings, database = open_to_look()
    found = looks.look_at_all(Site(settings, database), now(), slowly=False)
    rows = {} if is_in_trouble(found["schema"]) else _numbers(settings, database)
    if as_json:
        conditions = {name: _as_json(one) for name, one in found.items()}
        click.echo(
            json.dumps(
                {name.replace("-", "").replace(" ", "_"): value for name, value in rows.items()} | {"conditions": conditions},
                indent=2,
            )
        )
        return
    for name, value in rows.items():
        click.echo(f"{name}: {value}")
    for name, one in found.items():
        for line in said_of(one) or [f"{name}: {one.state}"]:
            click.echo(line)


def _numbers(settings: Settings, database: Database) -> dict[str, Any]:
    with database.reading() as session:
        published, outbox = counting.read_snapshot(session), queue.count_messages(session, now(), Quota.of(settings.mail_url))
        return {
            "published": f"{published.confirmed} (as of {published.as_of:%Y-%m-%d %H:%M} UTC)",
            "confirmed now": counting.count(session),
            "withdrawn": published.withdrawn,
            "removed": published.removed,
            "held for review": counting.count_held(session),
            "waiting to be confirmed": session.scalar(sa.select(sa.func.count()).select_from(Submission)),
            "e-mails waiting": outbox.waiting,
            "e-mails refused": outbox.refused,
            "e-mails overdue": outbox.overdue,
            "collecting": "closed" if published.is_closed else "open",
            "deleted": f"on {published.deleted_on}" if published.deleted_on else "not yet",
            "mail": "stopped" if published.is_mail_stopped else "sent",
            "names": "hidden" if published.are_names_hidden else "shown",
            "new names": "held for review" if published.are_words_held else "shown at once",
            "testimony": "withdrawn" if published.is_testimony_withdrawn else "published",
            "author": "hidden" if published.author_hidden_on else "as the files say",
        }


def _as_json(finding: Finding) -> dict[str, str]:
    since = {"since": f"{finding.since:%Y-%m-%dT%H:%MZ}"} if finding.since else {}
    told = " ".join(finding.exact) or finding.plain_sentence
    return {"state": finding.state.value, "sentence": told} | since if told else {"state": finding.state.value} | since


@click.command("confirm-clock")
@click.option("--yes", is_flag=True, help="Do not ask.")
def confirm_clock(yes: bool) -> None:
    """Confirm that this machine's clock is right after a jump, so that expired data is deleted again."""
    _, database = open_campaign()
    if not yes:
        click.confirm(CLOCK_QUESTION.format(now()), abort=True, err=True)
    with database.writing() as session:
        did_wait = purge_clock.trust_clock(session)
    click.echo("Expired data will be deleted within a minute." if did_wait else "Deleting was not waiting for this.")


def address_argument(_context: click.Context, _argument: click.Parameter, typed: str) -> EmailAddress:
    """Return an e-mail address as the form takes it."""
    try:
        return parse_address(typed)
    except NotAnAddress:
        raise click.BadParameter(f"{typed!r} is not an e-mail address.") from None


@click.group("mail")
def mail_group() -> None:
    """Test the mail, and send failed e-mails again."""


@mail_group.command("test")
@click.argument("address", callback=address_argument)
@click.option("--language", type=click.Choice(list(LANGUAGES)), default=SOURCE, show_default=True)
def mail_test(address: EmailAddress, language: str) -> None:
    """Send one e-mail now and say what the mail server answered."""
    settings, _ = open_campaign()
    with create_app(settings).app_context(), smtp.open_transport(smtp.make_transport(settings, click.echo)) as way_out:
        try:
            way_out.send(emails.trial(address, language), address)
        except (PermanentFailure, TransientFailure, RelayTrouble) as error:
            raise click.ClickException(f"The mail server did not accept the e-mail: {error}") from None
    click.echo(WRITTEN_TO_FILE if settings.mail_url.startswith("file:") else "The mail server accepted the e-mail.")


@mail_group.command("retry")
def mail_retry() -> None:
    """Send refused or abandoned e-mails again, if their link is still valid."""
    _, database = open_campaign()
    with database.writing() as session:
        number = delivery.retry_given_up(session, now())
    click.echo(f"E-mails to be sent again: {number}.")


COMMANDS = (status, confirm_clock, mail_group)
