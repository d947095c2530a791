"""Files in the data folder that remember how far something in the database has come: its newest number and a hash or code of it.

Write access to the database alone cannot change them, so they show if the database was set back.
"""

import secrets
from pathlib import Path

DAMAGED = -1  # the number of a file that cannot be read


def read_head(file: Path) -> tuple[int, bytes] | None:
    """Return the number and the digest of a file: None without one, the number DAMAGED for a damaged one."""
    if not file.exists():
        return None
    number, _, digest = file.read_text("utf-8", "replace").strip().partition(" ")
    try:
        return int(number), bytes.fromhex(digest)
    except ValueError:
        return DAMAGED, b""


def write_head(file: Path, number: int, digest: bytes) -> None:
    """Write the file again, whole or not at all."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")  # of nobody else who does the same at this moment
    draft.write_text(f"{number} {digest.hex()}\n", "ascii")
    draft.replace(file)
