"""The keys of a campaign as files in the data folder's `keys/`: made, read, moved off the server, and told apart.

Only the private key opens what is sealed to the public one, and it is meant to be moved off the server. See docs/formats.md.
"""

import base64
import hashlib
import os
import pwd
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from nacl.public import PrivateKey, PublicKey

Encode = Callable[[PrivateKey], bytes]  # the content of a file that holds a private key
SECRET_KEYS = ("tag", "mail", "form", "desk")
NO_KEY = bytes(32)  # in the place of the key of the tags, once it was destroyed with the last record
PUBLIC_FILE, PRIVATE_FILE = "seal.public", "seal.private"


class KeyFileError(Exception):
    """A key is missing, wrong or readable by others; its text is one sentence that says what to do."""


@dataclass(frozen=True)
class Keys:
    """The keys of one campaign, from `keys/` in the data folder."""

    public: PublicKey
    private: PrivateKey | None
    tag: bytes
    mail: bytes
    form: bytes
    desk: bytes

    @property
    def key_id(self) -> bytes:
        """Return the first 8 bytes of the public key's SHA-256; every envelope has it."""
        return key_id(self.public)

    def fingerprints(self) -> dict[str, str]:
        """Return a short hash of each key; kept in the database so that a start with other keys is refused."""
        secret = {name: _fingerprint(getattr(self, name)) for name in SECRET_KEYS}
        return {"seal": _fingerprint(bytes(self.public)), **secret}


def make_keys(folder: Path, known: Collection[str] = ()) -> None:
    """Make the key files that are not there yet: the folder mode 700, the files mode 600.

    Never one that the database already knows: another one in its place would hide that it is lost.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in set(SECRET_KEYS) - set(known):
        if not (folder / f"{name}.key").exists():
            write_new(folder / f"{name}.key", _line(secrets.token_bytes(32)))
    if "seal" not in known and not (folder / PUBLIC_FILE).exists():
        private = PrivateKey.generate()
        write_new(folder / PRIVATE_FILE, encode_bare(private))
        write_new(folder / PUBLIC_FILE, _line(bytes(private.public_key)))


def load_keys(folder: Path) -> Keys:
    """Read the key files; raise KeyFileError when one is missing, broken or readable by others."""
    private = folder / PRIVATE_FILE
    return Keys(
        public=PublicKey(read_key(folder / PUBLIC_FILE)),
        private=PrivateKey(read_key(private)) if private.exists() else None,
        **{name: read_key(folder / f"{name}.key") for name in SECRET_KEYS},
    )


def read_key(file: Path) -> bytes:
    """Return the 32 bytes of one key file; raises KeyFileError."""
    try:
        mode = file.stat().st_mode
        key = base64.b64decode(file.read_text("ascii").strip(), validate=True)
    except PermissionError:
        raise KeyFileError(f"The key file {file} cannot be read by {_user()}: give it to that user with chown.") from None
    except (OSError, ValueError):
        raise KeyFileError(f"The key file {file} is missing or broken: put it back from the backup.") from None
    if mode & 0o077:
        raise KeyFileError(f"The key file {file} can be read by others: run chmod 600 on it.")
    if len(key) != 32:
        raise KeyFileError(f"The key file {file} is not a key: put it back from the backup.")
    return key


def encode_bare(private: PrivateKey) -> bytes:
    """Return the content of a key file without a passphrase: the key in base64, and nothing that says what it is."""
    return _line(bytes(private))


def write_key_file(out: Path, private: PrivateKey, encode: Encode) -> None:
    """Write a private key into the file `out`, which must not exist yet; it is on disk when this returns."""
    check_new(out)
    write_new(out, encode(private))


def check_new(out: Path) -> None:
    """Raise KeyFileError unless a key can be written into the new file `out`."""
    if out.exists():
        raise KeyFileError(f"{out} already exists. Name another file.")
    if not out.parent.is_dir():
        raise KeyFileError(f"{out.parent} is not a folder. Name another file.")


def eject(folder: Path, out: Path, encode: Encode = encode_bare) -> None:
    """Move the private key out of the data folder into the file `out`, which must not exist yet."""
    source = folder / PRIVATE_FILE
    if not source.exists():
        raise KeyFileError("The private key is not on this server; it was moved off before.")
    write_key_file(out, PrivateKey(read_key(source)), encode)
    with source.open("r+b") as file:  # overwritten first; a disk may still keep a copy, which only its destruction ends
        file.write(b"\0" * source.stat().st_size)
        os.fsync(file.fileno())
    source.unlink()


def write_new(file: Path, content: bytes) -> None:
    """Write a new file for its owner alone; it is on disk when this returns."""
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    sync_folder(file.parent)


def destroy_tag_key(folder: Path) -> bool:
    """Overwrite the key of the tags with zeros, in place; return False where it was done before.

    A disk may still keep a copy, which only its destruction ends.
    """
    file = folder / "tag.key"
    if file.exists() and file.read_bytes() == _line(NO_KEY):
        return False
    opened = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(opened, "wb") as stream:
        stream.write(_line(NO_KEY))
        stream.flush()
        os.fsync(stream.fileno())
    return True


def sync_folder(folder: Path) -> None:
    """Have the names of new files on disk too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def key_id(public: PublicKey) -> bytes:
    """Return the first 8 bytes of a public key's SHA-256."""
    return hashlib.sha256(bytes(public)).digest()[:8]


def fingerprint(public: PublicKey) -> str:
    """Return what people compare by voice: half of a public key's SHA-256, in groups. It begins with the key's id."""
    return format_fingerprint(hashlib.sha256(bytes(public)).digest()[:16])


def format_fingerprint(key_id: bytes) -> str:
    """Return bytes in hex, in groups of four digits."""
    return key_id.hex(" ", 2)


def _user() -> str:
    """Return the name of the user who runs this process, or its number where it has no name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"user {os.geteuid()}"


def no_key_fingerprint() -> str:
    """Return the short hash stored in place of a destroyed key."""
    return _fingerprint(NO_KEY)


def _fingerprint(key: bytes) -> str:
    return hashlib.sha256(b"fingerprint" + key).hexdigest()[:16]


def _line(key: bytes) -> bytes:
    return base64.b64encode(key) + b"\n"
