"""The tree as the architecture tests walk it: what is ours, without what tools left in it."""

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MADE_BY_TOOLS = {"__pycache__", "node_modules", "build", "dist", "results"}
SOURCES = {
    "chassis": ROOT / "chassis",
    "complaints": ROOT / "services" / "complaints",
    "customer": ROOT / "services" / "customer",
    "orders": ROOT / "services" / "orders",
    "segmentation": ROOT / "services" / "segmentation",
    "gateway": ROOT / "gateway",
    "carnet": ROOT / "deploy",
}


def files(below: Path = ROOT, suffix: str = "") -> Iterator[Path]:
    """Walk our own files; hidden folders are the tools', save `.ci`."""
    for folder, inner, names in os.walk(below):
        inner[:] = [
            name
            for name in inner
            if name not in MADE_BY_TOOLS and (name == ".ci" or not name.startswith("."))
        ]
        yield from (Path(folder) / name for name in names if name.endswith(suffix))


def modules(below: Path = ROOT) -> list[Path]:
    """List the Python modules, with their migrations and tests."""
    return sorted(files(below, ".py"))


def shown(path: Path) -> str:
    """Give a path as one types it at the root."""
    return path.relative_to(ROOT).as_posix()
