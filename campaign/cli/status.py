"""Commands that look after a running campaign: status, check, mail test, mail retry."""

from pathlib import Path

import click
import sqlalchemy as sa
from nacl.public import PrivateKey
from sqlalchemy.orm import Session

from campaign import config, create_app, instance
from campaign.cli.private_keys import KEY_FILE, passphrase_option, read_private_keys
from campaign.cli.server import KEY_ON_SERVER
from campaign.cli.signatures import open_campaign
from campaign.config import TRANSLATIONS, Settings
from campaign.content import redaction, testimony_policy
from campaign.content.files import TextError
from campaign.crypto.keys import load_keys
from campaign.database import Database, now
from campaign.languages import LANGUAGES
from campaign.organizers import audit, key_change, ledger
from campaign.organizers.reviews import flag_disguised
from campaign.outbox import delivery, outage, queue, smtp
from campaign.outbox.address import EmailAddress, NotAnAddress, parse_address
from campaign.outbox.smtp_answers import PermanentFailure, RelayTrouble, TransientFailure
from campaign.petition import counting, emails, key_rotation
from campaign.petition.models import Submission
from campaign.translation.status import language_status


@click.command()
def status() -> None:
    """Show the published count, what waits, letters waiting and failed, what is overdue."""
    _, database = open_campaign()
    with database.reading() as session:
        published, outbox = counting.read_snapshot(session), queue.count_messages(session, now())
        rows = {
            "published": f"{published.confirmed} (as of {published.as_of:%Y-%m-%d %H:%M} UTC)",
            "confirmed now": counting.count(session),
            "withdrawn": published.withdrawn,
            "removed": published.removed,
            "held for review": counting.count_held(session),
            "waiting to be confirmed": session.scalar(sa.select(sa.func.count()).select_from(Submission)),
            "letters waiting": outbox.waiting,
            "letters refused": outbox.refused,
            "letters overdue": outbox.overdue,
            "collecting": "closed" if published.is_closed else "open",
            "mail server": outage_sentence(session) or "no trouble known",
            "mail": "stopped" if published.is_mail_stopped else "sent",
            "names": "hidden" if published.are_names_hidden else "shown",
            "new names": "held for review" if published.are_words_held else "shown at once",
            "testimony": "withdrawn" if published.is_testimony_withdrawn else "published",
        }
    for name, value in rows.items():
        click.echo(f"{name}: {value}")


def outage_sentence(session: Session) -> str:
    """Return since when and why the mail server takes no e-mail, and what to do; empty while it takes them."""
    found = outage.current_outage(session)
    if found is None:
        return ""
    answer = f" (answer {found.answer})" if found.answer else ""
    return f"No e-mail is taken since {found.since:%Y-%m-%d %H:%M} UTC{answer}. {outage.ADVICE[found.category]}"


@click.command()
@click.option("--strict", is_flag=True, help="Fail also on what must be mended before the public comes.")
@click.option("--key", type=KEY_FILE, multiple=True, help="A private key that is not in the data folder, to look at addresses.")
@passphrase_option
def check(strict: bool, key: tuple[Path, ...], phrase_files: tuple[Path, ...]) -> None:
    """Look at settings, texts, keys, database and mail; say what is wrong, and how to mend it."""
    settings, database = open_campaign()
    wrong, advice = _problems(settings, database, read_private_keys(key, phrase_files)), _advice(settings)
    for sentence in wrong + advice:
        click.echo(sentence, err=True)
    if wrong or (strict and advice):
        raise click.exceptions.Exit(1)
    click.echo("Everything is in order." if not advice else "It works; the advice above is for before the public comes.")


def _problems(settings: Settings, database: Database, given: list[PrivateKey]) -> list[str]:
    """Return what does not work now."""
    found: list[str] = []
    try:
        _, texts = testimony_policy.load_testimony(TRANSLATIONS)
        found += redaction.inexact_quotations(texts)
    except TextError as error:
        found.append(str(error))
    with database.reading() as session:
        found += _mail_problems(session)
        found += ledger.find_problems(session) + audit.verify_chain(session, settings.data)
        keys = load_keys(instance.key_folder(settings))
        found += key_rotation.key_problems(session, keys) or key_change.missing_key_problems(session, keys)
    return found + _disguised(database, given + ([keys.private] if keys.private else []))


def _mail_problems(session: Session) -> list[str]:
    """Say what keeps e-mails from leaving, unless organizers stopped them."""
    if counting.read_snapshot(session).is_mail_stopped:
        return []
    if sentence := outage_sentence(session):
        return [sentence]
    if queue.count_messages(session, now()).overdue:
        return ["Letters are overdue: is `campaign serve` or `campaign work` running, and the mail server there?"]
    return []


def _disguised(database: Database, privates: list[PrivateKey]) -> list[str]:
    """Say how many signatures stand under an address that hides its mailbox, as far as private keys are here."""
    number = flag_disguised(database, privates, now().date()) if privates else 0
    if not number:
        return []
    return [f"Signatures whose address hides its mailbox ({number}): remove them at the desk, where they wait for review."]


def _advice(settings: Settings) -> list[str]:
    """Return what must be mended before the public comes."""
    found = []
    if not settings.contact:
        found.append("CAMPAIGN_CONTACT is not set: say who answers for the campaign and how to reach them.")
    faults = sum(len(language_status(TRANSLATIONS, language).problems) for language in LANGUAGES.values())
    if faults:
        found.append(f"The translations have faults ({faults}): `campaign languages status` says which and where.")
    if load_keys(instance.key_folder(settings)).private:
        found.append(KEY_ON_SERVER)
    if settings.is_loopback:
        found.append("CAMPAIGN_BASE_URL is of this machine alone: set it to the public address.")
    elif settings.base_url.startswith("http:"):
        found.append("CAMPAIGN_BASE_URL is not https: what people type could be read on the way.")
    if settings.mail_url.startswith("file:"):
        found.append("CAMPAIGN_MAIL_URL is `file:`: no letter leaves this machine; set it to smtp://...")
    if "starttls=off" in settings.mail_url:
        found.append("CAMPAIGN_MAIL_URL has starttls=off: letters can be read between here and the mail server.")
    return found + _mode_advice(settings) + _testimony_advice(settings)


def _mode_advice(settings: Settings) -> list[str]:
    """What others on this machine can read and should not: passwords in `.env`, and what is in the data folder."""
    wanted = {config.env_file(): 0o600, settings.data: 0o700}
    return [
        f"{path} is open to other users of this machine: run `chmod {mode:o} {path}`."
        for path, mode in wanted.items()
        if path.exists() and path.stat().st_mode & 0o077
    ]


def _testimony_advice(settings: Settings) -> list[str]:
    """Return what must be mended for the sake of the witness."""
    try:
        policy, _ = testimony_policy.load_testimony(TRANSLATIONS)
    except TextError:
        return []  # it stands among what is wrong
    return [
        *testimony_policy.policy_advice(policy),
        *testimony_policy.consent_problems(settings.data, policy, list(LANGUAGES), now().date()),
    ]


def address_argument(_context: click.Context, _argument: click.Parameter, typed: str) -> EmailAddress:
    """Return an e-mail address as the form takes it."""
    try:
        return parse_address(typed)
    except NotAnAddress:
        raise click.BadParameter(f"{typed!r} is not an e-mail address.") from None


@click.group("mail")
def mail_group() -> None:
    """Look after the mail."""


@mail_group.command("test")
@click.argument("address", callback=address_argument)
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True)
def mail_test(address: EmailAddress, language: str) -> None:
    """Send one letter now and say what the mail server answered."""
    settings, _ = open_campaign()
    with create_app(settings).app_context(), smtp.open_transport(smtp.make_transport(settings, click.echo)) as way_out:
        try:
            way_out.send(emails.trial(address, language), address)
        except (PermanentFailure, TransientFailure, RelayTrouble) as error:
            raise click.ClickException(f"The mail server did not take the letter: {error}") from None
    click.echo("The letter is on its way.")


@mail_group.command("retry")
def mail_retry() -> None:
    """Send the e-mails again that were refused or given up, and whose link still lives."""
    _, database = open_campaign()
    number = delivery.retry_given_up(database, now())
    click.echo(f"E-mails that are sent again: {number}.")


COMMANDS = (status, check, mail_group)
