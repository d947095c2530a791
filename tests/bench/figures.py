"""Figures beside their targets, and the tables they stand in."""

from dataclasses import dataclass, field

MET, MISSED = "met", "**not met**"


@dataclass(frozen=True)
class Target:
    """One figure that has to reach a limit or stay below it."""

    what: str
    found: float
    limit: float
    is_least: bool  # whether the limit is the least that is wanted, and not the most
    unit: str = ""

    @property
    def is_met(self) -> bool:
        """Whether it is so."""
        return self.found >= self.limit if self.is_least else self.found <= self.limit

    @property
    def cells(self) -> list[str]:
        """A row of the first table."""
        limit = f"{'at least' if self.is_least else 'at most'} {self.limit:,g}{self.unit}"
        return [self.what, f"{figure(self.found)}{self.unit}", limit, MET if self.is_met else MISSED]


@dataclass
class Section:
    """One thing that was measured: what it compares, a table, and the targets it has."""

    title: str
    words: str
    head: list[str]
    rows: list[list[str]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def add(self, *cells: object) -> None:
        """Adds a row; a float is written with as many digits as say something."""
        self.rows.append([figure(cell) if isinstance(cell, float) else str(cell) for cell in cells])

    def hold(self, what: str, found: float, *, least: float | None = None, most: float | None = None, unit: str = "") -> None:
        """Adds a target, which has a least or a most."""
        limit = most if least is None else least
        assert limit is not None
        self.targets.append(Target(what, found, limit, least is not None, unit))


def figure(number: float) -> str:
    """Three digits that count."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; every column but the first to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
