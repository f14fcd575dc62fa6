"""The segments that the house writes, and whether their members are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from segmentation.domain.rules import Rule
from segmentation.domain.written_segments import SegmentText, WrittenSegment
from segmentation.store.tables import segments

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import RowMapping

    from chassis.database import Transaction

_RULE = TypeAdapter(Rule)
_WRITTEN = select(segments).where(segments.c.rule.is_not(None)).order_by(segments.c.slug)


async def load_all(tx: Transaction) -> list[WrittenSegment]:
    """Give the written segments that have not ended, by name."""
    rows = await tx.execute(_WRITTEN.where(segments.c.ended_at.is_(None)))
    return [_segment(row) for row in rows.mappings()]


async def hold_one_to_measure(tx: Transaction) -> WrittenSegment | None:
    """Hold one whose members are yet to be found, or, where it ended, to be let go.

    Who changes the form of its attributes, or the segment itself, waits until the transaction
    ends, and has it measured again.
    """
    query = _WRITTEN.where(segments.c.measured_at.is_(None)).limit(1)
    row = (await tx.execute(query.with_for_update(key_share=True))).mappings().first()
    return None if row is None else _segment(row)


async def find(tx: Transaction, slug: str) -> WrittenSegment | None:
    """Find a written segment, ended or not."""
    row = (await tx.execute(_WRITTEN.where(segments.c.slug == slug))).mappings().first()
    return None if row is None else _segment(row)


async def count(tx: Transaction) -> int:
    """Count the written segments that have not ended."""
    written = segments.c.rule.is_not(None) & segments.c.ended_at.is_(None)
    return int(await tx.scalar(select(func.count()).where(written)) or 0)


async def put(tx: Transaction, segment: WrittenSegment) -> None:
    """Write a segment, new or anew."""
    values: dict[str, Any] = {
        "name": segment.text.name,
        "description": segment.text.description,
        "purpose": segment.text.purpose,
        "rule": _RULE.dump_python(segment.text.rule, mode="json"),
        "version": segment.version,
        "written_at": segment.written_at,
        "measured_at": segment.measured_at,
        "ended_at": segment.ended_at,
    }
    statement = insert(segments).values(slug=segment.slug, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["slug"], set_=values))


async def measure_anew(tx: Transaction, attributes: Collection[str]) -> None:
    """Have the segments measured again that speak of attributes whose form changed."""
    if not attributes:
        return
    known = await load_all(tx)
    concerned = [each.slug for each in known if each.text.rule.attributes & set(attributes)]
    if concerned:
        await tx.execute(
            update(segments).where(segments.c.slug.in_(concerned)).values(measured_at=None)
        )


async def note_measured(tx: Transaction, slug: str, *, now: datetime) -> None:
    """Note that a held segment has its members."""
    await tx.execute(update(segments).where(segments.c.slug == slug).values(measured_at=now))


def _segment(row: RowMapping) -> WrittenSegment:
    return WrittenSegment(
        slug=row["slug"],
        text=SegmentText(
            name=row["name"],
            description=row["description"],
            purpose=row["purpose"],
            rule=_RULE.validate_python(row["rule"]),
        ),
        version=row["version"],
        written_at=row["written_at"],
        measured_at=row["measured_at"],
        ended_at=row["ended_at"],
    )
