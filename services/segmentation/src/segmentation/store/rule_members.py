"""Whom the house's own rules take: some customers asked for, all that differ, or how many."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import Text, func, literal, select, union_all

from segmentation.store import attribute_forms, written_segments
from segmentation.store.rule_predicates import Asked, takes
from segmentation.store.tables import memberships, profiles

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from chassis.database import Transaction
    from segmentation.domain.written_segments import SegmentText, WrittenSegment


async def matching(
    tx: Transaction, customer_ids: Collection[str], *, now: datetime
) -> dict[str, frozenset[str]]:
    """Give for each of the customers the segments whose rules take it, from its facts alone."""
    written = await written_segments.load_all(tx)
    found: defaultdict[str, set[str]] = defaultdict(set)
    if written:
        asked = Asked(sorted(customer_ids), now, await attribute_forms.load_all(tx))
        parts = [(each.slug, takes(each.text, asked).subquery()) for each in written]
        rows = await tx.execute(
            union_all(*(select(literal(slug, Text), part.c.customer_id) for slug, part in parts))
        )
        for slug, customer_id in rows:
            found[customer_id].add(slug)
    return {each: frozenset(found[each]) for each in customer_ids}


async def differing(
    tx: Transaction, segment: WrittenSegment, *, now: datetime, limit: int
) -> list[str]:
    """Name customers who are members and should not be, or should and are not."""
    members = (
        select(profiles.c.customer_id)
        .join(memberships, memberships.c.profile_id == profiles.c.profile_id)
        .where(memberships.c.segment == segment.slug, memberships.c.left_at.is_(None))
    )
    if segment.ended_at is not None:
        return list(await tx.scalars(members.limit(limit)))
    fitting = takes(segment.text, Asked(None, now, await attribute_forms.load_all(tx))).subquery()
    fits = select(fitting.c.customer_id)
    missing = fits.where(fitting.c.customer_id.not_in(members))
    wrong = members.where(profiles.c.customer_id.not_in(fits))
    return list(await tx.scalars(union_all(missing, wrong).limit(limit)))


async def count(tx: Transaction, text: SegmentText, *, now: datetime) -> int:
    """Count whom a rule would take now."""
    asked = Asked(None, now, await attribute_forms.load_all(tx))
    found = takes(text, asked).subquery()
    return int(await tx.scalar(select(func.count()).select_from(found)) or 0)
