"""Commands that send an update as news: the list is written on the server, and sent where the key for news is."""

from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import click
from nacl.public import PrivateKey

from campaign import create_app, instance
from campaign.cli.output import PARTLY_OPENED, open_output
from campaign.cli.private_keys import KEY_FILE, current_passphrase, passphrase_option
from campaign.cli.signatures import open_campaign
from campaign.cli.warn import ask_for_number, say_nothing_was_sent, show_texts, to_mail_url, to_sender
from campaign.crypto.keys import KeyFileError, load_keys
from campaign.crypto.private_key_file import OPENS_SIGNATURES, read_labelled_key
from campaign.database import now
from campaign.exports import mass_warning, news_mailing
from campaign.exports.mass_warning import Recipient
from campaign.exports.news_delivery import Pace, RefusedReaders
from campaign.exports.news_mailing import NEWS_FIRST_LINE, Mailing, person_of, refusal_of
from campaign.exports.news_message import news_text, write_message
from campaign.exports.rows import SignatureFilter
from campaign.exports.sealed_news import (
    NEWS_ADDRESSES,
    NewsRow,
    count_agreements,
    open_sealed_news,
    read_agreements,
    read_sealed_mailing,
    write_sealed_news,
)
from campaign.exports.unsealing import missing_keys
from campaign.exports.warning_record import open_record, read_all_marks
from campaign.languages import LANGUAGES
from campaign.organizers import audit, ledger, news_approval
from campaign.organizers.actions import Action
from campaign.outbox.address import parse_address
from campaign.outbox.smtp import SmtpTransport, open_transport
from campaign.outbox.smtp_answers import PermanentFailure
from campaign.petition import news_key
from campaign.petition.news_email import write_news
from campaign.petition.snapshot import shown_updates


@click.group()
def news() -> None:
    """Send an update by e-mail to those who asked for news, without the key of the signatures."""


@news.command("list")
@click.argument("update")
@click.option("--out", required=True, help="A new file to write; - is standard output.")
def list_recipients(update: str, out: str) -> None:
    """Write the sealed list to send an update that two organizers agreed to; UPDATE is the end of its address."""
    settings, database = open_campaign()
    with closing(database), create_app(settings).app_context():
        found = next((one for one in shown_updates() if one.key == update), None)
        if found is None:
            raise click.UsageError(
                f"{update!r} is not an update. The updates are: {', '.join(one.key for one in shown_updates()) or 'none'}."
            )
        with database.reading() as session:
            keys = load_keys(instance.key_folder(settings))
            public = [one.key for one in news_key.news_keys(session, keys) if one.key]
            agreed = news_approval.find_newest(session, update)
        if not public:
            raise click.ClickException("There is no key for news: make one with `campaign keys news`.")
        if agreed is None:
            raise click.ClickException(
                "No second organizer has agreed to send this: ask for it at the desk, Words, News by e-mail."
            )
        until = news_approval.good_until(agreed)
        if until < now().date():
            raise click.ClickException(f"The agreement to send this ended on {until.isoformat()}. Ask again at the desk.")
        texts = write_news(found, settings.origin)
        mailing = Mailing(update, until.isoformat(), now().date().isoformat(), settings.origin, texts)
        number = count_agreements(database, SignatureFilter())
        with open_output(out, number, None, NEWS_ADDRESSES) as (stream, track):
            with database.writing() as session:  # before anything of the list is there
                ledger.begin_change(session)
                audit.record(session, "", Action.NEWS_LISTED, update=update, number=number)
            pages = track(read_agreements(database, SignatureFilter()))
            write_sealed_news(pages, stream, mailing.seal(public[-1]))


@news.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--key", required=True, type=KEY_FILE, multiple=True, help="The private key for news; repeat for each.")
@passphrase_option
@click.option("--bounces", type=KEY_FILE, help="A file with addresses that bounced; they get no more news.")
@click.option("--mail-url", callback=to_mail_url, help="The mail server: smtp://user@host:587; you are asked for its password.")
@click.option("--mail-from", callback=to_sender, help="The sender of the e-mails.")
@click.option("--send", "is_real", is_flag=True, help="Send, once you have typed the number. Without it nothing is sent.")
@click.option("--pause", default=10.0, show_default=True, type=click.FloatRange(0, 3600), help="Seconds to wait after a failure.")
def send(
    file: Path,
    key: tuple[Path, ...],
    phrase_files: tuple[Path, ...],
    bounces: Path | None,
    mail_url: str | None,
    mail_from: str | None,
    is_real: bool,
    pause: float,
) -> None:
    """Send the update in FILE to those who asked for news, each once; without --send only show what would be sent."""
    if is_real and not (mail_url and mail_from):
        raise click.UsageError("--send needs --mail-url and --mail-from.")
    privates, missing = _read_news_keys(key, phrase_files), Counter[bytes]()
    mailing = news_mailing.open_sealed_mailing(privates, read_sealed_mailing(file))
    mailing.check_day(now().date())
    rows = list(open_sealed_news(file, privates, iter, missing))
    records = list(dict.fromkeys(one.with_name(f"{one.name}.sent").resolve() for one in key))
    bounced = find_bounced(rows, bounces) if bounces else []
    waiting = show_readers(mailing, rows, records, bounced, missing)
    show_texts({code: news_text(mailing, code, "…") for code in sorted({one.language for one in waiting})})
    if is_real and waiting:
        ask_for_number(len(waiting))
    if is_real and bounced:
        record_bounces(records, bounced)
    if not is_real or not waiting:
        say_nothing_was_sent()
        return
    tokens = {row.number: row.token for row in rows}
    unreached = send_update(mailing, waiting, tokens, records, mail_url=str(mail_url), sender=str(mail_from), pause=pause)
    if unreached or missing:
        raise click.exceptions.Exit(PARTLY_OPENED)


def _read_news_keys(files: tuple[Path, ...], phrase_files: tuple[Path, ...]) -> list[PrivateKey]:
    """Read the keys for news; refuse one that says that it opens the signatures."""
    given, found = iter(phrase_files), []
    for file in files:
        private, _, opens = read_labelled_key(file, lambda one: current_passphrase(one, next(given, None)))
        if opens == OPENS_SIGNATURES:
            raise KeyFileError(f"{file} is the key of the signatures: leave it where it is. News needs the key for news alone.")
        found.append(private)
    return found


def find_bounced(rows: list[NewsRow], bounces: Path) -> list[str]:
    """Return the marks of those whose address is in a file, and print how many they are."""
    bounced = news_mailing.bounced_rows(rows, bounces.read_text("utf-8", "replace"))
    click.echo(f"bounced, in the list\t{len(bounced)}")
    return [refusal_of(person_of(row.token)) for row in bounced]


def record_bounces(records: list[Path], bounced: list[str]) -> None:
    """Record that they get no news any more."""
    with open_record(*records, first_line=NEWS_FIRST_LINE) as opened:
        for mark in bounced:
            if mark not in opened.marks:
                opened.add(mark, _moment())


def show_readers(
    mailing: Mailing, rows: list[NewsRow], records: list[Path], bounced: list[str], missing: Counter[bytes]
) -> list[Recipient]:
    """Print how many get the update, in which language, and how many do not; return those who do."""
    if missing:
        click.echo(f"{len(rows):,} of {len(rows) + missing.total():,} opened; {missing_keys(missing)}.", err=True)
    marks = dict.fromkeys(bounced, "") | read_all_marks(records, NEWS_FIRST_LINE)
    chosen, leaving = news_mailing.choose(rows, mailing.update, marks, now())
    click.echo(f"sent before\t{leaving.before}\nrefused or bounced\t{leaving.refused}\ntwo in 30 days\t{leaving.enough}")
    click.echo(f"to be sent\t{len(chosen)}")
    waiting = [news_mailing.reader_of(row, mailing.update) for row in chosen]
    for language, number in sorted(Counter(one.language for one in waiting).items()):
        click.echo(f"in {LANGUAGES[language].name}\t{number}")
    return waiting


def send_update(
    mailing: Mailing,
    waiting: list[Recipient],
    tokens: dict[int, str],
    records: list[Path],
    *,
    mail_url: str,
    sender: str,
    pause: float,
) -> list[Recipient]:
    """Send to all who wait, print what came of it, and return those who were not reached."""
    with (
        open_record(*records, first_line=NEWS_FIRST_LINE) as opened,
        open_transport(SmtpTransport(urlsplit(mail_url))) as transport,
    ):
        pace, refusals = Pace(mail_url, news_mailing.sent_moments(opened.marks)), RefusedReaders(opened, _moment)

        def send(recipient: Recipient) -> None:
            message = write_message(mailing, recipient, tokens[recipient.number], sender)
            pace.wait()
            try:
                transport.send(message, parse_address(recipient.email))
            except PermanentFailure as refusal:
                refusals.add(person_of(tokens[recipient.number]), refusal)
                raise
            pace.note()
            refusals.confirm()

        unreached = mass_warning.send_warnings(waiting, send, opened, pause=pause, note=_moment)
        refusals.end()
    click.echo(f"{len(waiting) - len(unreached):,} of {len(waiting):,} sent.", err=True)
    if unreached:
        numbers = ", ".join(str(recipient.number) for recipient in unreached)
        click.echo(f"Not reached, by their number in the list: {numbers}.", err=True)
    return unreached


def _moment() -> str:
    return now().isoformat(timespec="seconds")


COMMANDS = (news,)
