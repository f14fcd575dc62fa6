"""The named segments, their rules and how many members they have."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from chassis.database import driver
from segmentation.domain.segments import Range, Segment, SegmentMap, SegmentRule
from segmentation.store import tables, written_segments

if TYPE_CHECKING:
    from chassis.database import Transaction

_RULES = "SELECT * FROM segment_rules ORDER BY segment, recency_from, frequency_from, monetary_from"
_SEGMENTS = (
    select(tables.segments)
    .where(tables.segments.c.ended_at.is_(None))
    .order_by(tables.segments.c.position.nulls_last(), tables.segments.c.slug)
)
_COUNTS = select(
    tables.segment_counts.c.segment, func.sum(tables.segment_counts.c.members).label("members")
).group_by(tables.segment_counts.c.segment)


@lru_cache(maxsize=1)
def _map_of(rules: tuple[SegmentRule, ...]) -> SegmentMap:
    return SegmentMap(rules)


async def load_map(tx: Transaction) -> SegmentMap:
    """Give the segment of every triple of scores."""
    return _map_of(await _rules(tx))


async def list_all(tx: Transaction) -> list[Segment]:
    """Give the segments with the number of their members: of scores, best first, then written."""
    rules: defaultdict[str, list[SegmentRule]] = defaultdict(list)
    for rule in await _rules(tx):
        rules[rule.segment].append(rule)
    written = {each.slug: each for each in await written_segments.load_all(tx)}
    counts = {row.segment: int(row.members) for row in await tx.execute(_COUNTS)}
    return [
        Segment(
            slug=row.slug,
            name=row.name,
            description=row.description,
            rules=tuple(rules[row.slug]),
            members=counts.get(row.slug, 0),
            written=written.get(row.slug),
        )
        for row in await tx.execute(_SEGMENTS)
    ]


async def exists(tx: Transaction, slug: str) -> bool:
    """Tell whether there is a segment of this name that has not ended."""
    query = select(tables.segments.c.slug).where(
        tables.segments.c.slug == slug, tables.segments.c.ended_at.is_(None)
    )
    return (await tx.execute(query)).first() is not None


async def count_members(tx: Transaction) -> int:
    """Count the members of the segments of scores, who are all that ever bought."""
    total = await tx.execute(
        select(func.coalesce(func.sum(tables.segment_counts.c.members), 0))
        .join(tables.segments, tables.segments.c.slug == tables.segment_counts.c.segment)
        .where(tables.segments.c.rule.is_(None))
    )
    return int(total.scalar_one())


async def _rules(tx: Transaction) -> tuple[SegmentRule, ...]:
    connection = await driver(tx)
    return tuple(
        SegmentRule(
            segment=row["segment"],
            recency=Range(row["recency_from"], row["recency_to"]),
            frequency=Range(row["frequency_from"], row["frequency_to"]),
            monetary=Range(row["monetary_from"], row["monetary_to"]),
        )
        for row in await connection.fetch(_RULES)
    )
