"""Reading how a customer came to be, moment by moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from customer.domain.claims import RecordKey
from customer.domain.history import Judged, Merged, Moment, Place, RecordCame, Ruled
from customer.domain.judgements import Judge, Verdict
from customer.domain.rulings import Act, Ruling
from customer.store.rulings import read_ruling

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

BEGINNING: Place = (datetime(1, 1, 1, tzinfo=UTC), 0, "")
_CAME_RANK, _JUDGED_RANK, _MERGED_RANK, _RULED_RANK = range(4)

_FAMILY = """
    SELECT CAST(:customer_id AS text)
    UNION ALL SELECT retired_id FROM customer_aliases WHERE survivor_id = :customer_id
"""

# Each list is cut at the same place, so that together they give the next moments of all.
_NEXT = """
WHERE (at, CAST(:rank AS int), name COLLATE "C") > (:at, CAST(:after_rank AS int), :after_name)
ORDER BY at, name COLLATE "C" LIMIT :bound
"""

_CAME = f"""
SELECT * FROM (
    SELECT created_at AS at, CAST(id AS text) AS name, id, source, external_id, channel, matched_on
    FROM source_records WHERE customer_id = :customer_id) AS m
{_NEXT}
"""  # noqa: S608 - made of constants

_JUDGED = f"""
WITH mine AS (
    SELECT id, source || '/' || external_id AS called FROM source_records
    WHERE customer_id = :customer_id
)
SELECT m.*, l.called AS left_called, r.called AS right_called
FROM (
    SELECT * FROM (
        SELECT judged_at AS at, CAST(id AS text) AS name, id, left_id, right_id, verdict, judge,
               rule, evidence
        FROM judgements WHERE judge <> 'person' AND id IN (
            SELECT id FROM judgements WHERE left_id IN (SELECT id FROM mine)
            UNION SELECT id FROM judgements WHERE right_id IN (SELECT id FROM mine))) AS m
    {_NEXT}) AS m
LEFT JOIN mine l ON l.id = m.left_id
LEFT JOIN mine r ON r.id = m.right_id
"""  # noqa: S608 - made of constants

_MERGED = f"""
SELECT * FROM (
    SELECT merged_at AS at, retired_id AS name, retired_id, survivor_id,
           source_record_ids AS records
    FROM merges WHERE retired_id IN ({_FAMILY}) OR survivor_id IN ({_FAMILY})) AS m
{_NEXT}
"""  # noqa: S608 - made of constants

_RULED = f"""
SELECT * FROM (
    SELECT ruled_at AS at, CAST(judgement_id AS text) AS name, rulings.*
    FROM rulings WHERE act <> 'merge'
    AND (customer_id IN ({_FAMILY}) OR other_id IN ({_FAMILY}))) AS m
{_NEXT}
"""  # noqa: S608 - made of constants

_RULINGS_ON = """
SELECT * FROM rulings
WHERE other_id = ANY(CAST(:retired_ids AS text[])) AND act IN ('merge', 'unmerge')
"""


async def next_moments(
    connection: AsyncConnection, customer_id: str, *, after: Place, limit: int
) -> list[Moment]:
    """Give what happened to a customer, and to the ids that lead to it, in order of time."""
    reader = _Reader(connection, customer_id, after, limit)
    moments: list[Moment] = [_came(row) for row in await reader.rows(_CAME, _CAME_RANK)]
    moments += [_judged(row) for row in await reader.rows(_JUDGED, _JUDGED_RANK)]
    merged = await reader.rows(_MERGED, _MERGED_RANK)
    rulings = await _rulings_on(connection, {row["retired_id"] for row in merged})
    moments += [_merged(row, rulings) for row in merged]
    moments += [_ruled(row) for row in await reader.rows(_RULED, _RULED_RANK)]
    return sorted(moments, key=lambda moment: moment.place)[:limit]


class _Reader:
    """Reads the next rows of each kind after one place."""

    def __init__(
        self, connection: AsyncConnection, customer_id: str, after: Place, limit: int
    ) -> None:
        self._connection = connection
        at, rank, name = after
        self._values = {
            "customer_id": customer_id,
            "at": at,
            "after_rank": rank,
            "after_name": name,
            "bound": limit,
        }

    async def rows(self, query: str, rank: int) -> Sequence[RowMapping]:
        rows = await self._connection.execute(text(query), {**self._values, "rank": rank})
        return rows.mappings().all()


async def _rulings_on(connection: AsyncConnection, retired_ids: Collection[str]) -> list[Ruling]:
    if not retired_ids:
        return []
    rows = await connection.execute(text(_RULINGS_ON), {"retired_ids": list(retired_ids)})
    return [read_ruling(row) for row in rows.mappings()]


def _came(row: RowMapping) -> RecordCame:
    return RecordCame(
        place=(row["at"], _CAME_RANK, row["name"]),
        record_id=row["id"],
        key=RecordKey(row["source"], row["external_id"]),
        channel=row["channel"],
        matched_on=tuple(row["matched_on"]),
    )


def _judged(row: RowMapping) -> Judged:
    evidence: dict[str, Any] = row["evidence"]
    return Judged(
        place=(row["at"], _JUDGED_RANK, row["name"]),
        judgement_id=row["id"],
        record_ids=(row["left_id"], row["right_id"]),
        called=(row["left_called"], row["right_called"]),
        verdict=Verdict(row["verdict"]),
        judge=Judge(row["judge"]),
        rule=row["rule"],
        weight=evidence.get("weight"),
        shared=tuple(evidence.get("shared", ())),
        contradictions=tuple(evidence.get("contradictions", ())),
    )


def _merged(row: RowMapping, rulings: Sequence[Ruling]) -> Merged:
    ruled = {
        ruling.act: ruling
        for ruling in rulings
        if (ruling.other_id, ruling.merged_at) == (row["retired_id"], row["at"])
    }
    return Merged(
        place=(row["at"], _MERGED_RANK, row["name"]),
        retired_id=row["retired_id"],
        survivor_id=row["survivor_id"],
        record_ids=tuple(row["records"]),
        was_undone=Act.UNMERGE in ruled,
        ruling=ruled.get(Act.MERGE),
    )


def _ruled(row: RowMapping) -> Ruled:
    place = (row["at"], _RULED_RANK, row["name"])
    return Ruled(place, read_ruling(row), was_lifted=row["lifted_at"] is not None)
