"""What a benchmark found: printed as a table, written to bench/results/<name>.json."""

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure beside what it should reach.

    `at_most` tells which side of `target` is good. `peer` names what it was compared with in the
    same run, `ratio` is value over the peer's.
    """

    figure: str
    value: float
    unit: str
    target: float | None = None
    at_most: bool = False
    peer: str | None = None
    ratio: float | None = None

    @property
    def met(self) -> bool | None:
        """Tell whether the target is reached; None when there is none."""
        if self.target is None:
            return None
        reached = self.ratio if self.ratio is not None else self.value
        return reached <= self.target if self.at_most else reached >= self.target


def report(name: str, figures: Iterable[Figure]) -> None:
    """Print the figures and write them to `bench/results/<name>.json`."""
    found = list(figures)
    table = Table(title=name)
    for heading in ("figure", "value", "unit", "target", "peer", "ratio", "met"):
        table.add_column(heading)
    for figure in found:
        table.add_row(
            figure.figure,
            f"{figure.value:,.2f}",
            figure.unit,
            "" if figure.target is None else f"{'≤' if figure.at_most else '≥'} {figure.target:g}",
            figure.peer or "",
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            {True: "yes", False: "NO", None: ""}[figure.met],
        )
    Console(width=140).print(table)
    RESULTS.mkdir(exist_ok=True)
    about = {
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "commit": _commit(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    rows = [{**asdict(figure), **about, "met": figure.met} for figure in found]
    (RESULTS / f"{name}.json").write_text(json.dumps(rows, indent=2) + "\n")


def median(values: Sequence[float]) -> float:
    """Give the middle value."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """Give the value below which so many percent lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def _commit() -> str:
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "unknown"
