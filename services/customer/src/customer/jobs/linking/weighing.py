"""Weighing pairs in several processes: DuckDB calls the model's own comparators as a function."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from customer.domain.crowding import CROWDED_BITS
from customer.domain.linkage.model import LinkageModel
from customer.domain.linkage.traits import unpack
from customer.domain.linkage.weighing import Weigher
from customer.jobs.linking.laid_out import LaidOutBase
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

_ADD_CROWDED = """
UPDATE weighed SET weight = weight + $1
FROM crowded a, crowded b
WHERE a.number = weighed.l AND b.number = weighed.r AND list_has_any(a.told, b.told)
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
        connection.execute(_ADD_CROWDED, [CROWDED_BITS])


def _weigh_share(told: tuple[Path, Yardstick], share: int, shares: int) -> Path:
    folder, yardstick = told
    model, least = LinkageModel.from_json(yardstick.parameters), yardstick.least

    def weigh(left: str, others: list[str]) -> list[float]:
        weigher = Weigher(model, unpack(left))
        found = (weigher.weigh_packed(other, least=least) for other in others)
        return [-inf if one is None else one[0] for one in found]

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
