"""The passphrase of an organizer: what will do, and how it is kept (Argon2id, RFC 9106) and compared."""

import unicodedata
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH, MAX_LENGTH = 15, 200  # characters
MIN_DISTINCT = 6  # different characters

# More than OWASP's least (19 MiB, 2 passes); 64 MiB as RFC 9106 has it is too much for a web worker of 256 MiB.
hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_one_at_a_time = Lock()  # or as many posts as come at once would take that much memory each
_dummy_hashes: list[str] = []


def is_strong_enough(typed: str, email: str) -> bool:
    """Return whether a passphrase is long and mixed enough, and not made of the address."""
    plain = _plain(typed)
    return MIN_LENGTH <= len(plain) <= MAX_LENGTH and len(set(plain)) >= MIN_DISTINCT and email.casefold() not in plain.casefold()


def hash_passphrase(typed: str) -> str:
    """Return the hash of a passphrase that is stored."""
    with _one_at_a_time:
        return hasher.hash(_plain(typed))


def verify_passphrase(typed: str, kept: str | None) -> bool:
    """Compare a passphrase with a stored hash; take as long where there is none."""
    with _one_at_a_time:
        if not _dummy_hashes:
            _dummy_hashes.append(hasher.hash("the passphrase of nobody"))
        try:
            hasher.verify(kept or _dummy_hashes[0], _plain(typed[: 2 * MAX_LENGTH]))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def _plain(typed: str) -> str:
    """Normalize a passphrase, as keyboards differ (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", typed)
