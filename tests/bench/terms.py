"""On what terms it is measured."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Terms:
    """How many rounds, how long each is, and with how many signatures."""

    rounds: int
    seconds: int
    sizes: tuple[int, ...]
    earlier: Path | None = None  # a checkout of an earlier version, to be measured beside this one
