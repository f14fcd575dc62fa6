"""Writing the id map and the aliases into files, as CSV or Parquet."""

from __future__ import annotations

import csv
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from typing import Any

    from customer.jobs.gateway import Gateway

FORMS = (".csv", ".parquet")
_TOGETHER = 500
_MAPPING = ("source", "external_id", "customer_id", "source_record_id")
_ALIAS = ("retired_id", "customer_id", "retired_at")


@dataclass(frozen=True, slots=True)
class Exported:
    """How many rows were written of each."""

    mappings: int
    aliases: int | None


def export_id_map(
    gateway: Gateway,
    file: Path,
    *,
    source: str | None,
    aliases: Path | None,
    tell: Callable[[int, Path], None],
) -> Exported:
    """Write the map, then the aliases, so that these also tell what merged meanwhile.

    A file is replaced when all of it is written. Raises `GatewayRefused`, `OSError`.
    """
    asked = {} if source is None else {"source": source}
    pages = gateway.pages("/v1/source-records/id-map", limit=_TOGETHER, **asked)
    mappings = _write(file, _MAPPING, pages, tell)
    if aliases is None:
        return Exported(mappings, None)
    pages = gateway.pages("/v1/aliases", limit=_TOGETHER)
    return Exported(mappings, _write(aliases, _ALIAS, pages, tell))


def _write(
    file: Path,
    columns: tuple[str, ...],
    pages: Iterable[list[dict[str, Any]]],
    tell: Callable[[int, Path], None],
) -> int:
    written = 0
    with _replaced(file) as whole:
        rows = whole.with_name(f"{whole.name}.rows") if file.suffix == ".parquet" else whole
        try:
            with rows.open("w", encoding="utf-8", newline="") as lines:
                writer = csv.DictWriter(lines, columns, lineterminator="\n")
                writer.writeheader()
                for page in pages:
                    writer.writerows(page)
                    written += len(page)
                    tell(written, file)
            if rows != whole:
                _as_parquet(rows, whole, columns)
        finally:
            if rows != whole:
                rows.unlink(missing_ok=True)
    return written


@contextmanager
def _replaced(file: Path) -> Generator[Path]:
    """Give where to write; it takes the file's place at the end, and goes on any failure."""
    whole = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        yield whole
        with whole.open("rb+") as written:
            os.fsync(written.fileno())
        whole.replace(file)
    finally:
        whole.unlink(missing_ok=True)


def _as_parquet(rows: Path, file: Path, columns: tuple[str, ...]) -> None:
    """Let DuckDB write texts as they are, and instants as such, in bounded memory."""
    kinds = {name: "TIMESTAMPTZ" if name.endswith("_at") else "VARCHAR" for name in columns}
    with duckdb.connect(config={"memory_limit": "512MB", "threads": 1}) as connection:
        read = connection.read_csv(
            str(rows), header=True, auto_detect=False, columns=kinds, sep=",", quotechar='"'
        )
        read.write_parquet(str(file), compression="zstd")
