"""Finding the records that share a blocking key with a claim, with what is compared of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from customer.domain.linkage.blocking import BLOCK_CAP
from customer.domain.linkage.traits import Traits, unpack
from customer.domain.neighbourhood import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import asyncpg

    from customer.domain.neighbourhood import Near, Portrait, Recogniser

CANDIDATES = 60
"""How many stored records are weighed against a claim: those that share its rarest keys."""

# A block one larger than its cap tells that it is crowded; then it is not looked into.
_MEET = """
WITH met AS MATERIALIZED (
    SELECT k.key, b.source_record_id, count(*) OVER (PARTITION BY k.key) AS crowd
    FROM unnest($1::bigint[]) AS k (key)
    CROSS JOIN LATERAL (
        SELECT source_record_id FROM blocking_keys WHERE key = k.key LIMIT $2
    ) AS b
)
SELECT m.source_record_id, m.keys, t.traits
FROM (
    SELECT source_record_id, array_agg(key) AS keys FROM met WHERE crowd < $2
    GROUP BY source_record_id ORDER BY sum(1.0 / crowd) DESC, source_record_id LIMIT $3
) AS m
JOIN record_traits t USING (source_record_id)
"""
_TRAITS = """
SELECT source_record_id, traits FROM record_traits WHERE source_record_id = ANY($1::uuid[])
"""


async def find_near(
    connection: asyncpg.Connection[asyncpg.Record],
    portraits: Sequence[Portrait],
    recogniser: Recogniser,
) -> dict[Portrait, list[Near]]:
    """Find for each portrait the stored records that resemble it, the most alike first."""
    keys = sorted({key for portrait in portraits for key in portrait.keys})
    if not keys:
        return {}
    bound = CANDIDATES if len(portraits) == 1 else None
    rows = await connection.fetch(_MEET, keys, BLOCK_CAP + 1, bound)
    met = [(row["source_record_id"], unpack(row["traits"])) for row in rows]
    if len(portraits) == 1:
        return {portraits[0]: nearest(recogniser, portraits[0].traits, met)}
    blocks: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        for key in row["keys"]:
            blocks.setdefault(key, []).append(place)
    return {
        portrait: nearest(
            recogniser, portrait.traits, [met[place] for place in _rarest(portrait, blocks, met)]
        )
        for portrait in portraits
    }


def _rarest(
    portrait: Portrait,
    blocks: Mapping[int, Sequence[int]],
    met: Sequence[tuple[UUID, Traits]],
) -> list[int]:
    """Give the places of those who share the rarest keys.

    One birth date in a block of three says more than three keys of a hundred.
    """
    shares: dict[int, float] = {}
    for key in portrait.keys:
        block = blocks.get(key, ())
        for place in block:
            shares[place] = shares.get(place, 0.0) + 1.0 / len(block)
    if len(shares) <= CANDIDATES:
        return list(shares)
    return sorted(shares, key=lambda place: (-shares[place], met[place][0]))[:CANDIDATES]


async def read_traits(
    connection: asyncpg.Connection[asyncpg.Record], record_ids: Sequence[UUID]
) -> dict[UUID, Traits]:
    """Read what is compared of these records."""
    rows = await connection.fetch(_TRAITS, record_ids)
    return {row["source_record_id"]: unpack(row["traits"]) for row in rows}
