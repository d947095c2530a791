"""The command that looks at everything: what is wrong, and what must be mended before the public comes."""

from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import click
from nacl.public import PrivateKey

from campaign import instance
from campaign.cli.private_keys import KEY_FILE, passphrase_option, read_private_keys
from campaign.cli.publish import delivery_sentences, read_public_words, unpublished_sentence
from campaign.cli.server import KEY_ON_SERVER
from campaign.cli.status import open_to_look, said_of
from campaign.config import TRANSLATIONS, Settings
from campaign.content import redaction, testimony_policy
from campaign.content.files import TextError
from campaign.crypto.keys import load_keys
from campaign.database import Database, now
from campaign.health import looks
from campaign.health.conditions import Site, is_in_trouble
from campaign.languages import LANGUAGES
from campaign.organizers import audit, key_change, ledger
from campaign.organizers.reviews import flag_disguised
from campaign.origins import host_of, is_https, is_loopback, is_onion
from campaign.outbox import sender_dns
from campaign.petition import deletion, key_rotation, news_key
from campaign.translation.status import language_status

READABLE = "CAMPAIGN_BASE_URL is not https for {}: what people type there could be read on the way."
STOPPERS = ("database", "schema", "keys")  # in trouble, they leave nothing else to ask


@click.command()
@click.option("--strict", is_flag=True, help="Fail also on what must be mended before the public comes.")
@click.option("--key", type=KEY_FILE, multiple=True, help="A private key that is not in the data folder, to look at addresses.")
@passphrase_option
def check(strict: bool, key: tuple[Path, ...], phrase_files: tuple[Path, ...]) -> None:
    """Look at settings, texts, keys, database and mail; say what is wrong, and how to mend it."""
    settings, database = open_to_look()
    found = looks.look_at_all(Site(settings, database), now(), slowly=True)
    wrong, advice = [sentence for one in found.values() for sentence in said_of(one)], list[str]()
    if not any(is_in_trouble(found[name]) for name in STOPPERS):
        wrong += _problems(settings, database, read_private_keys(key, phrase_files))
        advice = _advice(settings, database) + _deletion_advice(database) + (_sender_advice(settings) if strict else [])
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
        found += [*redaction.inexact_quotations(texts), *redaction.retold_passages(texts)]
    except TextError as error:
        found.append(str(error))
    with database.reading() as session:
        found += ledger.find_problems(session) + audit.verify_chain(session, settings.data)
        keys = load_keys(instance.key_folder(settings))
        found += key_rotation.key_problems(session, keys) or key_change.missing_key_problems(session, keys)
        found += news_key.news_key_problems(session, keys) or key_change.missing_news_key_problems(session, keys)
    return found + _disguised(database, given + ([keys.private] if keys.private else []))


def _disguised(database: Database, privates: list[PrivateKey]) -> list[str]:
    """Say how many signatures stand under an address that hides its mailbox, as far as private keys are here."""
    number = flag_disguised(database, privates, now().date()) if privates else 0
    if not number:
        return []
    return [f"Signatures whose address hides its mailbox ({number}): remove them at the desk, where they wait for review."]


def _advice(settings: Settings, database: Database) -> list[str]:
    """Return what must be mended before the public comes."""
    found = []
    if not read_public_words(database).contact:
        found.append(
            "CAMPAIGN_CONTACT is not set: say who answers for the campaign and how to reach them."
            " At a public address nobody can sign a new campaign before that."
        )
    found += [*delivery_sentences(settings), *filter(None, [unpublished_sentence(settings)])]
    faults = sum(len(language_status(TRANSLATIONS, language).problems) for language in LANGUAGES.values())
    if faults:
        found.append(f"The translations have faults ({faults}): `campaign languages status` says which and where.")
    if load_keys(instance.key_folder(settings)).private:
        found.append(KEY_ON_SERVER)
    if settings.is_loopback:
        found.append("CAMPAIGN_BASE_URL is of this machine alone: set it to the public address.")
    else:
        found += [READABLE.format(host_of(one)) for one in settings.origins if not (is_https(one) or is_onion(one))]
    if settings.mail_url.startswith("file:"):
        found.append("CAMPAIGN_MAIL_URL is `file:`: no letter leaves this machine; set it to smtp://...")
    if "starttls=off" in settings.mail_url and not is_loopback(urlsplit(settings.mail_url).hostname or ""):
        found.append("CAMPAIGN_MAIL_URL has starttls=off: letters can be read between here and the mail server.")
    return found + _testimony_advice(settings)


def _sender_advice(settings: Settings) -> list[str]:
    """Return what the DNS lacks for our e-mails to arrive; nothing is asked while nothing leaves this machine."""
    if settings.is_loopback or settings.mail_url.startswith("file:"):
        return []
    return sender_dns.find_missing_records(parseaddr(settings.mail_from)[1].rpartition("@")[2].lower())


def _deletion_advice(database: Database) -> list[str]:
    """Say weeks before that names and addresses are going to be deleted."""
    with database.reading() as session:
        day = deletion.next_day(session, now().date())
    return [f"Names and addresses are deleted for good on {day}: export and deliver before that day."] if day else []


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


COMMANDS = (check,)
