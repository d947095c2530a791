"""What hides a signer: sealed records, the tag that finds the same mailbox twice, tokens for links, and the key files.

A record is sealed to the campaign's public key before it is stored; only the private key, which is meant to be moved
off the server, opens it. Letters that wait are locked under a key file that lies outside the database. See docs/formats.md.
"""

import base64
import hashlib
import hmac
import os
import secrets
import struct
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import idna
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

ENVELOPE_VERSION = 1  # of the records that are sealed from now on; OPENERS has every version that is opened
SIZES = (512, 1024)  # what is sealed or locked shows its length to whoever holds the database, so there are two lengths
SECRET_KEYS = ("tag", "mail", "form", "desk")
PUBLIC_FILE, PRIVATE_FILE = "seal.public", "seal.private"
SAME_MAILBOX = {"googlemail.com": "gmail.com"}
DOTS_DO_NOT_COUNT = {"gmail.com"}


class KeyFileError(Exception):
    """A key is missing, wrong or readable by others; its text is one sentence that says what to do."""


class CannotOpen(Exception):
    """A sealed record cannot be opened with this key."""


class RecordTooLarge(Exception):
    """Something does not fit into the larger of the two sizes; the text is one sentence."""


@dataclass(frozen=True)
class Person:
    """What is sealed of one signer."""

    record: bytes  # the id of the row it belongs to, 16 bytes
    text_sha256: str  # the text that was signed, 64 hex digits
    name: str
    email: str


@dataclass(frozen=True)
class Keys:
    """The keys of one campaign, as they lie in the data folder's `keys/`."""

    public: PublicKey
    private: PrivateKey | None
    tag: bytes
    mail: bytes
    form: bytes
    desk: bytes

    @property
    def key_id(self) -> bytes:
        """The first 8 bytes of the public key's SHA-256; stands on every envelope."""
        return key_id(self.public)

    def fingerprints(self) -> dict[str, str]:
        """A short hash of each key; kept in the database so that a start with other keys is refused."""
        secret = {name: _fingerprint(getattr(self, name)) for name in SECRET_KEYS}
        return {"seal": _fingerprint(bytes(self.public)), **secret}


def make_keys(folder: Path, known: Collection[str] = ()) -> None:
    """Makes the key files that are not there yet: the folder mode 700, the files mode 600.

    Never one that the database already knows: another one in its place would hide that it is lost.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in set(SECRET_KEYS) - set(known):
        if not (folder / f"{name}.key").exists():
            _write(folder / f"{name}.key", secrets.token_bytes(32))
    if "seal" not in known and not (folder / PUBLIC_FILE).exists():
        private = PrivateKey.generate()
        _write(folder / PRIVATE_FILE, bytes(private))
        _write(folder / PUBLIC_FILE, bytes(private.public_key))


def load_keys(folder: Path) -> Keys:
    """Reads the key files; raises KeyFileError when one is missing, broken or readable by others."""
    private = folder / PRIVATE_FILE
    return Keys(
        public=PublicKey(read_key(folder / PUBLIC_FILE)),
        private=PrivateKey(read_key(private)) if private.exists() else None,
        **{name: read_key(folder / f"{name}.key") for name in SECRET_KEYS},
    )


def read_key(file: Path) -> bytes:
    """The 32 bytes of one key file; raises KeyFileError."""
    try:
        mode = file.stat().st_mode
        key = base64.b64decode(file.read_text("ascii").strip(), validate=True)
    except (OSError, ValueError):
        raise KeyFileError(f"The key file {file} is missing or broken: put it back from the backup.") from None
    if mode & 0o077:
        raise KeyFileError(f"The key file {file} can be read by others: run chmod 600 on it.")
    if len(key) != 32:
        raise KeyFileError(f"The key file {file} is not a key: put it back from the backup.")
    return key


def new_key(out: Path) -> PublicKey:
    """Writes a new private key into the file `out`, which must not exist yet, and returns the public one."""
    if out.exists():
        raise KeyFileError(f"{out} is there already: name another file.")
    private = PrivateKey.generate()
    _write(out, bytes(private))
    return private.public_key


def eject(folder: Path, out: Path) -> None:
    """Moves the private key out of the data folder into the file `out`, which must not exist yet."""
    source = folder / PRIVATE_FILE
    if not source.exists():
        raise KeyFileError("The private key is not on this server; it was moved off before.")
    if out.exists():
        raise KeyFileError(f"{out} is there already: name another file.")
    _write(out, read_key(source))
    with source.open("r+b") as file:  # overwritten first; a disk may still keep a copy, which only its destruction ends
        file.write(b"\0" * source.stat().st_size)
        os.fsync(file.fileno())
    source.unlink()


def seal(public: PublicKey, person: Person) -> bytes:
    """A record nobody but the private key's holder opens: version, key id, then the padded record in a SealedBox."""
    plain = _padded(person.record + bytes.fromhex(person.text_sha256), person.name, person.email)
    return bytes([ENVELOPE_VERSION]) + key_id(public) + SealedBox(public).encrypt(plain)


def open_sealed(private: PrivateKey, envelope: bytes) -> Person:
    """Open a record of any version in OPENERS; raise CannotOpen. Version and key id come first in every version."""
    version, sealed_to, box = envelope[:1], envelope[1:9], envelope[9:]
    if sealed_to != key_id(private.public_key):
        raise CannotOpen("the record was sealed to another key")
    if version not in OPENERS:
        raise CannotOpen(f"the record has version {version[0]}, which this program does not know")
    return OPENERS[version](private, box)


def _open_first(private: PrivateKey, box: bytes) -> Person:
    try:
        plain = SealedBox(private).decrypt(box)
        name, rest = _take(plain[48:])
        email, _ = _take(rest)
        return Person(record=plain[:16], text_sha256=plain[16:48].hex(), name=name.decode(), email=email.decode())
    except (CryptoError, struct.error, ValueError):  # the last two: sealed to this key, but not by `seal`
        raise CannotOpen("the record is damaged") from None


OPENERS: dict[bytes, Callable[[PrivateKey, bytes], Person]] = {b"\1": _open_first}


def encrypt(key: bytes, text: str) -> bytes:
    """Lock text of at most 1,022 bytes under a key file; raise RecordTooLarge."""
    return bytes(SecretBox(key).encrypt(_padded(b"", text)))


def decrypt(key: bytes, box: bytes) -> str:
    """Opens what `encrypt` made; raises CannotOpen."""
    try:
        return _take(SecretBox(key).decrypt(box))[0].decode()
    except CryptoError:
        raise CannotOpen("this was locked under another key") from None


def mailbox_tag(key: bytes, email: str) -> bytes:
    """32 bytes that are the same for every way to write one mailbox, and say nothing without the key file."""
    return hmac.digest(key, mailbox(email).encode(), hashlib.sha256)


def content_mac(key: bytes, *parts: str) -> bytes:
    """32 bytes that tell the same content again, keyed like the tag."""
    return hmac.digest(key, "\0".join(("content", *parts)).encode(), hashlib.sha256)


def mailbox(email: str) -> str:
    """The canonical form of an address: lower case, IDNA, without `+tag`, and without dots where they do not count."""
    local, _, domain = unicodedata.normalize("NFC", email).lower().rpartition("@")
    domain = idna.encode(domain, uts46=True).decode().rstrip(".") if domain else ""
    domain = SAME_MAILBOX.get(domain, domain)
    local = local.split("+", 1)[0] or local
    if domain in DOTS_DO_NOT_COUNT:
        local = local.replace(".", "")
    return f"{local}@{domain}"


def new_token() -> str:
    """A token for a link: 128 random bits in base32, whose 26 letters and digits no mail program breaks or cuts off."""
    return base64.b32encode(secrets.token_bytes(16)).decode().lower().rstrip("=")


def token_hash(token: str) -> bytes:
    """What is stored of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


def key_id(public: PublicKey) -> bytes:
    """The first 8 bytes of a public key's SHA-256."""
    return hashlib.sha256(bytes(public)).digest()[:8]


def fingerprint(public: PublicKey) -> str:
    """What people compare by voice: half of a public key's SHA-256, in groups. It begins with the key's id."""
    return format_fingerprint(hashlib.sha256(bytes(public)).digest()[:16])


def format_fingerprint(key_id: bytes) -> str:
    """Bytes in hex, in groups of four digits."""
    return key_id.hex(" ", 2)


def _fingerprint(key: bytes) -> str:
    return hashlib.sha256(b"fingerprint" + key).hexdigest()[:16]


def _write(file: Path, key: bytes) -> None:
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as stream:
        stream.write(base64.b64encode(key) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def _padded(head: bytes, *texts: str) -> bytes:
    """Join a head and texts, each behind its length, and fill up with zeros to the smaller size that fits."""
    fields = [text.encode() for text in texts]
    length = len(head) + sum(2 + len(field) for field in fields)
    for size in SIZES:
        if length <= size:
            return b"".join([head, *(struct.pack(">H", len(field)) + field for field in fields)]).ljust(size, b"\0")
    raise RecordTooLarge(f"{length:,} bytes are too many to be sealed or locked: {SIZES[-1]:,} is the most.")


def _take(data: bytes) -> tuple[bytes, bytes]:
    (length,) = struct.unpack_from(">H", data)
    return data[2 : 2 + length], data[2 + length :]
