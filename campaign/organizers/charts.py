"""Where the bars of a plot stand. Time and lengths run the way the page is read: from right to left in Arabic.

A picture is not mirrored by the browser, so its places are counted from where reading begins, here and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

PLOT_WIDTH, PLOT_HEIGHT = 1000, 100  # of every plot, stretched to the width it is given
COLUMN_GAP = 0.2  # of a column, between it and the next
MIN_LENGTH_SHOWN = 1.0  # what is not nothing is seen


@dataclass(frozen=True)
class Bar:
    """One bar: its corner at the top left, its width and its height."""

    x: float
    y: float
    width: float
    height: float


def column_bars(numbers: Sequence[int], *, is_rtl: bool) -> list[Bar]:
    """Columns beside each other, the first where reading begins, the highest as high as the plot."""
    step, most = PLOT_WIDTH / max(1, len(numbers)), max(numbers, default=0)
    bars = []
    for place, number in enumerate(numbers):
        height = _length(number, most, PLOT_HEIGHT)
        bars.append(_placed(place * step, step * (1 - COLUMN_GAP), height, is_rtl=is_rtl))
    return bars


def row_bar(number: int, most: int, *, is_rtl: bool) -> Bar:
    """One bar that lies, from where reading begins; the longest is as long as the plot is wide."""
    return _placed(0, _length(number, most, PLOT_WIDTH), PLOT_HEIGHT, is_rtl=is_rtl)


def _length(number: int, most: int, whole: int) -> float:
    return max(MIN_LENGTH_SHOWN, round(number / most * whole, 2)) if number > 0 else 0.0


def _placed(start: float, width: float, height: float, *, is_rtl: bool) -> Bar:
    x = PLOT_WIDTH - start - width if is_rtl else start
    return Bar(round(x, 2), round(PLOT_HEIGHT - height, 2), round(width, 2), height)
