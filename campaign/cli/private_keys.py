"""What commands ask about private keys: their files, and the passphrases that open them or that a new file gets."""

from collections.abc import Iterable
from pathlib import Path

import click
from nacl.public import PrivateKey

from campaign.crypto.keys import Encode, KeyFileError, encode_bare
from campaign.crypto.private_key_file import OPENS_SIGNATURES, KeyLabel, encrypt_private_key, read_private_key
from campaign.database import now
from campaign.organizers.auth.factors import MAX_LENGTH, MIN_LENGTH, is_strong_enough

KEY_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
LONGEST_LINE = 100  # characters of what a key file says about its key
TOO_WEAK = f"The passphrase is too weak: {MIN_LENGTH} to {MAX_LENGTH} characters that are hard to guess."
passphrase_option = click.option(
    "--passphrase-file",
    "phrase_files",
    type=KEY_FILE,
    multiple=True,
    help="A file whose first line is the passphrase, so that none is asked; each of several, in the order of the keys.",
)
new_passphrase_option = click.option(
    "--passphrase-file",
    "phrase_file",
    type=KEY_FILE,
    help="A file whose first line is the new passphrase, so that none is asked.",
)
bare_option = click.option("--no-passphrase", "is_bare", is_flag=True, help="Write the bare key, for a disk that is encrypted.")


def to_line(_context: click.Context, _option: click.Parameter, typed: str) -> str:
    """Return text that fits on one line of a key file."""
    if len(typed) > LONGEST_LINE or not typed.isprintable():
        raise click.BadParameter(f"write one line of at most {LONGEST_LINE} characters.")
    return typed.strip()


owner_option = click.option("--for", "owner", default="", callback=to_line, help="Whose file it is; written inside.")
campaign_option = click.option("--campaign", default="", callback=to_line, help="What the key is for; written inside.")


def read_private_keys(files: Iterable[Path], phrase_files: Iterable[Path] = ()) -> list[PrivateKey]:
    """Read private keys; take each passphrase from the next passphrase file, or ask for it."""
    given = iter(phrase_files)

    def passphrase_of(file: Path) -> str:
        return current_passphrase(file, next(given, None))

    return [read_private_key(file, passphrase_of) for file in files]


def current_passphrase(file: Path, phrase_file: Path | None) -> str:
    """Return the passphrase that opens a key file."""
    if phrase_file:
        return _first_line(phrase_file)
    return str(click.prompt(f"Passphrase of {file}", hide_input=True, err=True))


def new_passphrase(phrase_file: Path | None) -> str:
    """Return the passphrase for a new key file, asked for twice."""
    if phrase_file:
        phrase = _first_line(phrase_file)
    else:
        phrase = str(click.prompt("New passphrase", hide_input=True, confirmation_prompt="The same again", err=True))
    if not is_strong_enough(phrase):
        raise click.ClickException(TOO_WEAK)
    return phrase


def encoder(*, campaign: str, owner: str, phrase_file: Path | None, is_bare: bool, opens: str = OPENS_SIGNATURES) -> Encode:
    """Return the function that writes a private key: bare, or under a passphrase, for which it asks when needed."""
    if is_bare and phrase_file:
        raise click.UsageError("Use --no-passphrase or --passphrase-file, not both.")
    if is_bare:
        return encode_bare
    label = KeyLabel(campaign, owner, now().date(), opens)
    return lambda private: encrypt_private_key(private, label, new_passphrase(phrase_file))


def _first_line(file: Path) -> str:
    try:
        return file.read_text("utf-8").splitlines()[0]
    except (IndexError, UnicodeDecodeError):
        raise KeyFileError(f"{file} holds no passphrase: its first line is to be one.") from None
