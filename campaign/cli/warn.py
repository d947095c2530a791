"""The command that warns everybody in a sealed export."""

import sys
from collections import Counter
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import quote, urlsplit

import click

from campaign.cli.output import PARTLY_OPENED
from campaign.cli.private_keys import KEY_FILE, passphrase_option, read_private_keys
from campaign.config import TRANSLATIONS
from campaign.exports import mass_warning
from campaign.exports.mass_warning import Recipient, WarningText
from campaign.exports.sealed import count_sealed, read_sealed
from campaign.exports.unsealing import missing_keys, unseal_rows
from campaign.exports.warning_record import open_record, read_marks, record_file
from campaign.languages import LANGUAGES, digits
from campaign.mail_url import check_mail_url
from campaign.outbox.address import parse_address
from campaign.outbox.message import plain_message
from campaign.outbox.smtp import SmtpTransport, open_transport


def to_mail_url(_context: click.Context, _option: click.Parameter, typed: str | None) -> str | None:
    """Return the address of a mail server; ask for a password that it lacks, so that no list of processes shows it."""
    if not typed:
        return None
    try:
        check_mail_url(typed)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None
    parts = urlsplit(typed)
    if parts.scheme == "file":
        raise click.BadParameter("must start with smtp:// or smtps://.")
    if parts.username and parts.password is None:
        password = click.prompt("Password of the mail server", hide_input=True, err=True)
        name, _, host = parts.netloc.rpartition("@")
        parts = parts._replace(netloc=f"{name}:{quote(password, safe='')}@{host}")
    return parts.geturl()


def to_sender(_context: click.Context, _option: click.Parameter, typed: str | None) -> str | None:
    """Return a sender, with or without a name before the address."""
    if typed and ("@" not in parseaddr(typed)[1] or not typed.isprintable()):
        raise click.BadParameter(f"{typed!r} is not an e-mail address.")
    return typed


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--key", required=True, type=KEY_FILE, multiple=True, help="The private key; repeat for each.")
@passphrase_option
@click.option(
    "--text",
    "folder",
    default=TRANSLATIONS,
    show_default="the text that comes with the program",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder with the text in each language: en/warning.txt, ar/warning.txt.",
)
@click.option("--mail-url", callback=to_mail_url, help="The mail server: smtp://user@host:587; you are asked for its password.")
@click.option("--mail-from", callback=to_sender, help="The sender of the e-mails.")
@click.option("--send", "is_real", is_flag=True, help="Send, once you have typed the number. Without it nothing is sent.")
@click.option("--pause", default=10.0, show_default=True, type=click.FloatRange(0, 3600), help="Seconds to wait after a failure.")
def warn(
    file: Path,
    key: tuple[Path, ...],
    phrase_files: tuple[Path, ...],
    folder: Path,
    mail_url: str | None,
    mail_from: str | None,
    is_real: bool,
    pause: float,
) -> None:
    """Warn everyone in a sealed export by e-mail, each once; without --send only show what would be sent."""
    if is_real and not (mail_url and mail_from):
        raise click.UsageError("--send needs --mail-url and --mail-from.")
    missing = Counter[bytes]()
    rows = unseal_rows(read_private_keys(key, phrase_files), read_sealed(file, count_sealed(file), []), missing)
    everybody = [mass_warning.recipient_of(row) for row in rows]
    warned = read_marks(record_file(file))
    waiting = [recipient for recipient in everybody if recipient.mark not in warned]
    texts = {language: mass_warning.read_text(folder, language) for language in sorted({one.language for one in waiting})}
    show_plan(len(everybody), waiting, missing)
    if not is_real or not waiting:
        show_texts(texts)
        say_nothing_was_sent()
        return
    ask_for_number(len(waiting))
    unreached = send_all(file, waiting, texts, mail_url=str(mail_url), sender=str(mail_from), pause=pause)
    if unreached or missing:
        raise click.exceptions.Exit(PARTLY_OPENED)


def show_plan(opened: int, waiting: list[Recipient], missing: Counter[bytes]) -> None:
    """Print how many signers were warned before and how many are to be warned, and who cannot be."""
    if missing:
        click.echo(f"{opened:,} of {opened + missing.total():,} opened; {missing_keys(missing)}, and are not warned.", err=True)
    click.echo(f"warned before\t{opened - len(waiting)}")
    click.echo(f"to be warned\t{len(waiting)}")
    for language, number in sorted(Counter(one.language for one in waiting).items()):
        click.echo(f"in {LANGUAGES[language].name}\t{number}")


def show_texts(texts: dict[str, WarningText]) -> None:
    """Print what would be sent, in each language."""
    for text in texts.values():
        click.echo(f"\n{text.subject}\n\n{text.body}")


def say_nothing_was_sent() -> None:
    """Print how to send."""
    click.echo("Nothing was sent. --send sends, with --mail-url and --mail-from.", err=True)


def ask_for_number(number: int) -> None:
    """Go on only when the number of e-mails is typed, since what is sent cannot be called back."""
    typed = click.prompt(f"To send these e-mails now, type their number ({number})", err=True)
    if digits(typed.strip()) != str(number):
        raise click.ClickException("Nothing was sent, because the number was not right.")


def send_all(
    file: Path, waiting: list[Recipient], texts: dict[str, WarningText], *, mail_url: str, sender: str, pause: float
) -> list[Recipient]:
    """Send to all who wait, print what came of it, and return those who were not reached."""
    bar = click.progressbar(length=len(waiting), file=sys.stderr, hidden=not sys.stderr.isatty())
    with open_record(record_file(file)) as record, open_transport(SmtpTransport(urlsplit(mail_url))) as transport, bar:

        def send(recipient: Recipient) -> None:
            address, text = parse_address(recipient.email), texts[recipient.language]
            transport.send(plain_message(sender, to=address, subject=text.subject, body=text.body), address)
            bar.update(1)

        unreached = mass_warning.send_warnings(waiting, send, record, pause=pause)
    click.echo(f"{len(waiting) - len(unreached):,} of {len(waiting):,} warned.", err=True)
    if unreached:
        numbers = ", ".join(str(recipient.number) for recipient in unreached)
        click.echo(f"Not reached, by their number in the opened export: {numbers}. The next run tries them again.", err=True)
    return unreached


COMMANDS = (warn,)
