"""The address that an e-mail goes to, carried in the address of the next page: encrypted, and readable for an hour.

Nothing is stored for it, and every address makes a text of one length but the few that are longer than half a kilobyte.
"""

import base64
import hmac
from datetime import UTC, datetime, timedelta

from campaign.crypto import sealing
from campaign.crypto.sealing import CannotOpen

LIFETIME = timedelta(hours=1)
LONGEST = 2000  # characters that are looked at


def conceal_address(key: bytes, address: str, at: datetime) -> str:
    """Return an address and when it was taken, encrypted under a key made from a key file, for use in a URL."""
    box = sealing.encrypt(_derived(key), f"{int(at.timestamp())} {address}")
    return base64.urlsafe_b64encode(box).decode().rstrip("=")


def reveal_address(key: bytes, text: str, at: datetime) -> str | None:
    """Return the address that `conceal_address` was given; None after an hour, and for anything else."""
    try:
        box = base64.urlsafe_b64decode(text[:LONGEST] + "=" * (-len(text[:LONGEST]) % 4))
        taken_at, _, address = sealing.decrypt(_derived(key), box).partition(" ")
    except (CannotOpen, ValueError):
        return None
    age = at - datetime.fromtimestamp(int(taken_at), UTC)
    return address if abs(age) < LIFETIME else None


def _derived(key: bytes) -> bytes:
    return hmac.digest(key, b"address that was taken", "sha256")
