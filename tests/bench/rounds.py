"""Rounds in turn and the ratios that come of them: a machine that slows down in between slows both sides down."""

from collections.abc import Callable, Mapping
from statistics import median
from typing import TypeVar

Found = TypeVar("Found")


def in_turn(rounds: int, subjects: Mapping[str, Callable[[], Found]], *, rehearse: bool = True) -> dict[str, list[Found]]:
    """What each subject gave in each round; every second round goes through them backwards.

    A rehearsal before them, which does not count, lets every worker make its pages and compile what it needs.
    """
    for subject in subjects.values() if rehearse else ():
        subject()
    found: dict[str, list[Found]] = {name: [] for name in subjects}
    for number in range(rounds):
        for name in list(subjects)[:: -1 if number % 2 else 1]:
            found[name].append(subjects[name]())
    return found


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the rounds' ratios."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))
