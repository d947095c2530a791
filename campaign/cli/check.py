"""The command that checks everything: what is wrong, and what to fix before the public comes."""

from pathlib import Path

import click
from nacl.public import PrivateKey

from campaign import instance
from campaign.cli.private_keys import KEY_FILE, passphrase_option, read_private_keys
from campaign.cli.publish import read_public_words
from campaign.cli.status import open_to_look, said_of
from campaign.config import TRANSLATIONS, Settings
from campaign.content import redaction, testimony_policy
from campaign.content.files import TextError
from campaign.crypto.keys import load_keys
from campaign.database import Database, now
from campaign.health import checklist, looks
from campaign.health.conditions import Site, is_in_trouble
from campaign.identity import CAMPAIGN_FILE, Identity
from campaign.languages import LANGUAGES
from campaign.organizers import audit, key_change, ledger
from campaign.organizers.reviews import flag_disguised
from campaign.petition import deletion, key_rotation, news_key
from campaign.petition.models import Publication
from campaign.petition.sharing import places_that_name
from campaign.translation.catalogues import BadCatalogue, require_compiled

FILE_NAMES_AUTHOR = (
    "translations/{} says a part of the author's name, which is shown nowhere any more ({}): the site leaves these words out;"
    " write them without it, and restart the site."
)
STOPPERS = ("database", "schema", "keys")  # in trouble, they leave nothing else to ask


@click.command()
@click.option("--strict", is_flag=True, help="Also fail on what must be fixed before going public.")
@click.option("--key", type=KEY_FILE, multiple=True, help="A private key that is not in the data folder, to look at addresses.")
@passphrase_option
def check(strict: bool, key: tuple[Path, ...], phrase_files: tuple[Path, ...]) -> None:
    """Check settings, texts, keys, database and mail; say what is wrong, and how to fix it."""
    settings, database = open_to_look()
    found = looks.look_at_all(Site(settings, database), now(), slowly=True)
    wrong, advice = [sentence for one in found.values() for sentence in said_of(one)], list[str]()
    if not any(is_in_trouble(found[name]) for name in STOPPERS):
        wrong += _problems(settings, database, read_private_keys(key, phrase_files))
        advice = _advice(settings, database, strict=strict) + _deletion_advice(database) + _name_advice(database)
    for sentence in wrong + advice:
        click.echo(sentence, err=True)
    if wrong or (strict and advice):
        raise click.exceptions.Exit(1)
    click.echo("Everything is in order." if not advice else "The site works. Follow the advice above before the public comes.")


def _problems(settings: Settings, database: Database, given: list[PrivateKey]) -> list[str]:
    """Return what does not work now."""
    found: list[str] = []
    try:
        _, texts = testimony_policy.load_testimony(TRANSLATIONS)
        found += [*redaction.inexact_quotations(texts), *redaction.retold_passages(texts)]
        require_compiled(TRANSLATIONS, LANGUAGES)
    except (TextError, BadCatalogue) as error:
        found.append(str(error))
    with database.reading() as session:
        found += ledger.find_problems(session) + audit.verify_chain(session, settings.data)
        keys = load_keys(instance.key_folder(settings))
        found += key_rotation.key_problems(session, keys) or key_change.missing_key_problems(session, keys)
        found += news_key.news_key_problems(session, keys) or key_change.missing_news_key_problems(session, keys)
    return found + _disguised(database, given + ([keys.private] if keys.private else []))


def _disguised(database: Database, privates: list[PrivateKey]) -> list[str]:
    """Say how many signatures have an address that hides its mailbox, as far as private keys are here."""
    number = flag_disguised(database, privates, now().date()) if privates else 0
    if not number:
        return []
    return [f"Signatures whose address hides its mailbox ({number}): remove them at the desk, where they wait for review."]


def _advice(settings: Settings, database: Database, *, strict: bool) -> list[str]:
    """Return what to fix before the public comes, a sentence each."""
    try:
        policy, _ = testimony_policy.load_testimony(TRANSLATIONS)
    except TextError:
        policy = None  # it stands among what is wrong
    facts = checklist.Facts(
        settings=settings,
        words=read_public_words(database),
        of_files=instance.words_of_files(settings),
        policy=policy,
        has_private_key=load_keys(instance.key_folder(settings)).private is not None,
        today=now().date(),
    )
    return [sentence for item in checklist.check_all(facts, asks_dns=strict) for sentence in item.wrong]


def _deletion_advice(database: Database) -> list[str]:
    """Say weeks before that names and addresses are going to be deleted."""
    with database.reading() as session:
        day = deletion.next_day(session, now().date())
    return [f"Names and addresses will be deleted for good on {day}. Export and deliver before that day."] if day else []


def _name_advice(database: Database) -> list[str]:
    """Say where `campaign.toml` still names an author whose name the site no longer shows."""
    with database.reading() as session:
        published = session.get_one(Publication, 1)
    if not (published.author_hidden_on or published.testimony_withdrawn_on):
        return []
    try:
        places = places_that_name(Identity.read(TRANSLATIONS), testimony_policy.load_testimony(TRANSLATIONS)[1])
    except TextError:
        return []  # it stands among what is wrong
    return [FILE_NAMES_AUTHOR.format(CAMPAIGN_FILE, ", ".join(places))] if places else []


COMMANDS = (check,)
