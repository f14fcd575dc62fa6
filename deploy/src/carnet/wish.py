"""What `carnet up` was asked for."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wish:
    data_dir: Path
    port: int = 8000
    bus: str | None = None
    database: str | None = None
    demo: bool = True
