"""The key that backups are encrypted to: an X25519 pair of age, whose private half is never on the server.

The public half is one line in the data folder's `keys/`. The private half is a file for one person, as `age-keygen` writes it,
under a passphrase: `age --decrypt --identity FILE` opens a backup with it.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pyrage import IdentityError, RecipientError
from pyrage.x25519 import Identity, Recipient

from campaign.crypto.keys import KeyFileError, check_new, write_new
from campaign.crypto.private_key_file import AskPassphrase, decrypt_under_passphrase, encrypt_under_passphrase, is_encrypted

BACKUP_KEY_FILE = "backup.public"
NO_BACKUP_KEY = (
    "There is no backup key: make one on another machine with `campaign keys backup --out FILE`, and name its public half here"
    " with `campaign keys add-backup`."
)
IDENTITY_FILE = """\
# private key for the backups of a petition campaign, version 1
# campaign: {campaign}
# for: {owner}
# made on: {made_on}
# public key: {public}
# It opens a backup: campaign restore FILE --key THIS_FILE
# So does: age --decrypt --identity THIS_FILE FILE
{identity}
"""


@dataclass(frozen=True)
class BackupLabel:
    """What the file of a private backup key says about it."""

    campaign: str
    owner: str
    made_on: date


def make_backup_key(out: Path, label: BackupLabel, phrase: str | None) -> str:
    """Write a new private key into the file `out`, which must not exist yet; return the public half."""
    check_new(out)
    identity = Identity.generate()
    public = str(identity.to_public())
    text = IDENTITY_FILE.format(
        campaign=label.campaign, owner=label.owner, made_on=label.made_on.isoformat(), public=public, identity=identity
    )
    write_new(out, text.encode() if phrase is None else encrypt_under_passphrase(text, phrase))
    return public


def set_backup_key(folder: Path, public: str) -> None:
    """Encrypt backups to this public key from now on; raise KeyFileError for one that is none."""
    parse_recipient(public)
    file = folder / BACKUP_KEY_FILE
    draft = folder / f"{BACKUP_KEY_FILE}.new"
    draft.unlink(missing_ok=True)
    write_new(draft, f"{public}\n".encode())
    draft.replace(file)


def backup_key(folder: Path) -> str | None:
    """Return the public key that backups are encrypted to; None where there is none yet."""
    file = folder / BACKUP_KEY_FILE
    return file.read_text("ascii").strip() if file.exists() else None


def load_recipient(folder: Path) -> Recipient:
    """Return the public key that backups are encrypted to, for the library; raise KeyFileError."""
    public = backup_key(folder)
    if public is None:
        raise KeyFileError(NO_BACKUP_KEY)
    return parse_recipient(public)


def parse_recipient(public: str) -> Recipient:
    """Return a public key for the library; raise KeyFileError."""
    try:
        return Recipient.from_str(public)
    except RecipientError:
        raise KeyFileError("This is not a public backup key: `campaign keys backup` prints one that begins with age1.") from None


def read_backup_key(file: Path, ask: AskPassphrase) -> Identity:
    """Return the private key in a file, asking for its passphrase where it has one; raise KeyFileError."""
    text = decrypt_under_passphrase(file, ask(file)) if is_encrypted(file) else file.read_text("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.startswith("AGE-SECRET-KEY-")]
    try:
        return Identity.from_str(lines[0])
    except (IndexError, IdentityError):
        raise KeyFileError(f"{file} does not hold a private backup key. `campaign keys backup` makes one.") from None
