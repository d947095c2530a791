"""The passphrase of an organizer: what will do, and how it is kept (Argon2id, RFC 9106) and compared."""

import unicodedata
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 15, 200  # characters
FEWEST = 6  # different characters

# More than OWASP's least (19 MiB, 2 passes); 64 MiB as RFC 9106 has it is too much for a web worker of 256 MiB.
hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_one_at_a_time = Lock()  # or as many posts as come at once would take that much memory each
_nobodys: list[str] = []


def is_enough(typed: str, email: str) -> bool:
    """Whether a passphrase is long and mixed enough, and not made of the address."""
    plain = _plain(typed)
    return SHORTEST <= len(plain) <= LONGEST and len(set(plain)) >= FEWEST and email.casefold() not in plain.casefold()


def keep(typed: str) -> str:
    """What is stored of a passphrase."""
    with _one_at_a_time:
        return hasher.hash(_plain(typed))


def is_right(typed: str, kept: str | None) -> bool:
    """Compares a passphrase with what is kept; takes the same time where there is nothing to compare with."""
    with _one_at_a_time:
        if not _nobodys:
            _nobodys.append(hasher.hash("the passphrase of nobody"))
        try:
            hasher.verify(kept or _nobodys[0], _plain(typed[: 2 * LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def _plain(typed: str) -> str:
    """One way to write it, whatever the keyboard (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", typed)
