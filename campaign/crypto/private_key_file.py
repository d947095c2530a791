"""A private key in a file for one person: in age format (v1), under that person's passphrase.

Every program for age opens it, as `age --decrypt FILE` does. Inside are a few lines that say what it is, and the key in base64 on
the last one. A bare key, as it lies in the data folder, is read too. See docs/formats.md.
"""

import base64
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nacl.public import PrivateKey
from pyrage import DecryptError, passphrase

from campaign.crypto.keys import KeyFileError, fingerprint, read_key

AGE_STARTS = (b"-----BEGIN AGE ENCRYPTED FILE-----", b"age-encryption.org/v1")
WRONG_PASSPHRASE = "Decryption failed"  # noqa: S105  # what the library says of it
TOO_MUCH_WORK = "Excessive work parameter"  # what it says where it believes that this machine is too slow
# The library measures for some milliseconds how fast the machine is. On a busy one it measures too little, now and then.
MEASUREMENTS = 50
LEAST_WORK = 17  # log2 of scrypt's N, about half a second; other programs for age write 18
LARGEST_FILE = 64 * 1024  # bytes; a key file has fewer than 2,000
OPENS_SIGNATURES = "It opens the names and e-mail addresses of those who signed, in a sealed export of the server:"
OPENS_NEWS = "It opens the e-mail addresses of those who asked for news, in a sealed export of the server:"
OPENS_EITHER = "It opens a sealed export of the server:"  # said of a key of which nobody knows what it is for
CONTENT = """\
private key of a petition campaign, version 1
campaign: {campaign}
for: {owner}
fingerprint: {fingerprint}
made on: {made_on}
{opens}
campaign open-export SEALED --key THIS_FILE --format csv --out FILE
The key itself is the last line: 32 bytes in base64, X25519, for crypto_box_seal_open of libsodium.
{key}
"""
AskPassphrase = Callable[[Path], str]


@dataclass(frozen=True)
class KeyLabel:
    """What the file of a key says about it; only who has the passphrase can read it."""

    campaign: str
    owner: str
    made_on: date
    opens: str = OPENS_SIGNATURES


def encrypt_private_key(private: PrivateKey, label: KeyLabel, phrase: str) -> bytes:
    """Return the content of a file that holds a private key under a passphrase, which guessing costs much work."""
    return encrypt_under_passphrase(describe_private_key(private, label), phrase)


def encrypt_under_passphrase(text: str, phrase: str) -> bytes:
    """Return a text as an armored age file under a passphrase."""
    plain, best = text.encode(), b""
    for _ in range(MEASUREMENTS):
        made = bytes(passphrase.encrypt(plain, _normalized(phrase), armored=True))
        best = max(best, made, key=_work)
        if _work(best) >= LEAST_WORK:
            break
    return best


def describe_private_key(private: PrivateKey, label: KeyLabel) -> str:
    """Return what is encrypted: lines for people, and the key on the last one."""
    return CONTENT.format(
        campaign=label.campaign,
        owner=label.owner,
        fingerprint=fingerprint(private.public_key),
        made_on=label.made_on.isoformat(),
        opens=label.opens,
        key=base64.b64encode(bytes(private)).decode(),
    )


def is_encrypted(file: Path) -> bool:
    """Return whether a key file is in age format, so that it needs a passphrase."""
    with file.open("rb") as stream:
        return stream.read(len(AGE_STARTS[0])).startswith(AGE_STARTS)


def read_private_key(file: Path, ask: AskPassphrase) -> PrivateKey:
    """Read a private key, asking for its passphrase where it has one; raise KeyFileError."""
    return read_labelled_key(file, ask)[0]


def read_labelled_key(file: Path, ask: AskPassphrase) -> tuple[PrivateKey, str, str]:
    """Return a private key, the campaign that its file names, and what it says that the key opens; raise KeyFileError.

    A bare key says neither.
    """
    if not is_encrypted(file):
        return PrivateKey(read_key(file)), "", OPENS_EITHER
    lines = decrypt_under_passphrase(file, ask(file)).splitlines()
    try:
        private = PrivateKey(base64.b64decode(lines[-1], validate=True))
    except (IndexError, ValueError, TypeError):
        raise KeyFileError(f"{file} opens with this passphrase, but it holds no private key.") from None
    campaigns = [line.removeprefix("campaign: ") for line in lines if line.startswith("campaign: ")]
    opens = [line for line in (OPENS_NEWS, OPENS_SIGNATURES) if line in lines]
    return private, campaigns[0] if campaigns else "", opens[0] if opens else OPENS_EITHER


def decrypt_under_passphrase(file: Path, phrase: str) -> str:
    """Return the text of an age file; raise KeyFileError for a wrong passphrase, a damaged file or one that holds no text."""
    with file.open("rb") as stream:
        content = stream.read(LARGEST_FILE)
    for _ in range(MEASUREMENTS):
        try:
            return bytes(passphrase.decrypt(content, _normalized(phrase))).decode()
        except DecryptError as error:
            if not str(error).startswith(TOO_MUCH_WORK):
                reason = "" if str(error) == WRONG_PASSPHRASE else f" ({error})"
                raise KeyFileError(f"{file} cannot be opened: the passphrase is wrong, or the file is damaged{reason}.") from None
        except UnicodeDecodeError:
            raise KeyFileError(f"{file} opens with this passphrase, but it holds no private key.") from None
    raise KeyFileError(f"This machine is too busy or too slow to open {file}: try again, or use `age --decrypt`.")


def _work(armored: bytes) -> int:
    """Return log2 of scrypt's N in the header of a file that the library wrote; 0 for nothing."""
    header = base64.b64decode(b"".join(armored.splitlines()[1:-1])).split(b"\n")
    return int(header[1].split()[-1]) if armored else 0


def _normalized(phrase: str) -> str:
    """Return a passphrase in NFC, as keyboards differ."""
    return unicodedata.normalize("NFC", phrase)
