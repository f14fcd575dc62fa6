"""Weighing pairs in several processes: DuckDB calls the model's own comparators as a function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import Any

from customer.domain.linkage.model import LinkageModel
from customer.domain.linkage.traits import unpack
from customer.domain.linkage.weighing import Weigher
from customer.jobs.linking.laid_out import LaidOutBase
from customer.jobs.linking.shares import share_out

_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What crosses over to another process: a model as plain values, and the least weight kept."""

    parameters: dict[str, Any]
    least: float


def weigh_pairs(base: LaidOutBase, yardstick: Yardstick, *, processes: int) -> None:
    """Weigh the pairs of `alike`; those that reach the least weight are then in `weighed`."""
    told = (base.folder, yardstick)
    files = [str(file) for file in share_out(_weigh_share, told, processes=processes)]
    with base.open() as connection:
        connection.execute("CREATE TABLE weighed AS SELECT * FROM read_parquet($1)", [files])


def _weigh_share(told: tuple[Path, Yardstick], share: int, shares: int) -> Path:
    folder, yardstick = told
    model = LinkageModel.from_json(yardstick.parameters)

    @lru_cache(maxsize=_REMEMBERED)
    def weigher_of(left: str) -> Weigher:
        return Weigher(model, unpack(left))

    def weigh(left: str, right: str) -> float:
        found = weigher_of(left).weigh_packed(right, least=yardstick.least)
        return -inf if found is None else found[0]

    file = folder / f"weighed-{share}.parquet"
    with LaidOutBase(folder).open(read_only=True, threads=1) as connection:
        connection.create_function(  # pyright: ignore[reportUnknownMemberType] - its Arrow overload
            "weigh", weigh, ["VARCHAR", "VARCHAR"], "DOUBLE"
        )
        connection.execute(
            f"""COPY (
                SELECT l, r, weight FROM (
                    SELECT p.l, p.r, weigh(a.traits, b.traits) AS weight
                    FROM alike p JOIN nodes a ON a.number = p.l JOIN nodes b ON b.number = p.r
                    WHERE p.l % {shares} = {share})
                WHERE weight >= {yardstick.least}
            ) TO '{file}' (FORMAT parquet)"""  # noqa: S608 - numbers and our own path
        )
    return file
