"""Reading what linkage compares of records."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from customer.domain.linkage.traits import Traits, unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

_TRAITS = """
SELECT source_record_id, traits FROM record_traits WHERE source_record_id = ANY($1::uuid[])
"""


async def read_traits(
    connection: asyncpg.Connection[asyncpg.Record], record_ids: Sequence[UUID]
) -> dict[UUID, Traits]:
    """Read what is compared of these records."""
    rows = await connection.fetch(_TRAITS, record_ids)
    return {row["source_record_id"]: unpack(row["traits"]) for row in rows}
