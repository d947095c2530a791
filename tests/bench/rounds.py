"""Rounds in turn and the ratios that come of them: a machine that slows down in between slows both sides down."""

from collections.abc import Callable
from statistics import median
from typing import TypeVar

Found = TypeVar("Found")


def in_turn(rounds: int, subjects: dict[str, Callable[[], Found]]) -> dict[str, list[Found]]:
    """What each subject gave in each round; every second round goes through them backwards."""
    found: dict[str, list[Found]] = {name: [] for name in subjects}
    for number in range(rounds):
        for name in list(subjects)[:: -1 if number % 2 else 1]:
            found[name].append(subjects[name]())
    return found


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the rounds' ratios."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))
