"""On what terms it is measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Terms:
    """How many rounds, how long each is, and with how many signatures."""

    rounds: int
    seconds: int
    sizes: tuple[int, ...]
