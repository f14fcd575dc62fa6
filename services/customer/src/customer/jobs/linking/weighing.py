"""Weighing pairs in several processes: DuckDB calls the model's own comparators as a function."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from customer.domain.crowding import CROWDED_BITS, told_of
from customer.domain.identifiers import Identifier
from customer.domain.linkage.model import LinkageModel
from customer.domain.linkage.traits import Traits, unpack
from customer.domain.linkage.weighing import Weigher
from customer.domain.neighbourhood import without
from customer.jobs.linking.laid_out import LaidOutBase, idle_identifiers
from customer.jobs.linking.shares import share_out

_RECORDS_AT_ONCE = 20_000

# A record is weighed against all of its partners in one call: it is prepared once, and DuckDB
# crosses over to Python once. A few records at a time, for each brings its partners' traits.
_WEIGH = """
INSERT INTO weighed
SELECT l, r, weight FROM (
    SELECT p.l, unnest(p.partners) AS r, unnest(weigh(a.traits, p.traits)) AS weight
    FROM (
        SELECT p.l, list(p.r) AS partners, list(b.traits) AS traits
        FROM base.alike p JOIN base.nodes b ON b.number = p.r
        WHERE p.l >= $1 AND p.l < $2
        GROUP BY p.l) AS p
    JOIN base.nodes a ON a.number = p.l)
WHERE weight >= $3
"""


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
    model, least = LinkageModel.from_json(yardstick.parameters), yardstick.least
    with LaidOutBase(folder).open(read_only=True, threads=1) as connection:
        idle = idle_identifiers(connection)

    def read(packed: str) -> tuple[Traits, frozenset[Identifier]]:
        traits = unpack(packed)
        return without(traits, idle.everything), told_of(traits, idle.crowded)

    def weigh(left: str, others: list[str]) -> list[float]:
        mine, my_crowded = read(left)
        weigher = Weigher(model, mine)
        weights: list[float] = []
        for theirs, their_crowded in map(read, others):
            weight = weigher.weigh(theirs, least=least)
            said = CROWDED_BITS if my_crowded & their_crowded else 0.0
            weights.append(-inf if weight is None else weight + said)
        return weights

    file = folder / f"weighed-{share}.parquet"
    with LaidOutBase(folder).attached() as connection:
        connection.create_function(  # pyright: ignore[reportUnknownMemberType] - its Arrow overload
            "weigh", weigh, ["VARCHAR", "VARCHAR[]"], "DOUBLE[]"
        )
        connection.execute("CREATE TABLE weighed (l INTEGER, r INTEGER, weight DOUBLE)")
        [(count,)] = connection.execute("SELECT count(*) FROM base.nodes").fetchall()
        step = shares * _RECORDS_AT_ONCE
        for first in range(share * _RECORDS_AT_ONCE, int(count), step):
            connection.execute(_WEIGH, [first, first + _RECORDS_AT_ONCE, least])
        connection.execute(f"COPY weighed TO '{file}' (FORMAT parquet)")
    return file
