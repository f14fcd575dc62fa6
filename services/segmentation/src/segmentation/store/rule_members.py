"""Whom the house's own rules take: some customers asked for, all that differ, or how many."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Text, func, literal, select, text, union_all

from segmentation.store import attribute_forms, written_segments
from segmentation.store.rule_predicates import Asked, takes
from segmentation.store.tables import memberships, profiles

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from chassis.database import Transaction
    from segmentation.domain.profiles import Profile
    from segmentation.domain.rules import Subjects
    from segmentation.domain.written_segments import SegmentText, WrittenSegment


_WHILE_SOMEBODY_WAITS = text("SET LOCAL statement_timeout = '15s'")


@dataclass(frozen=True, slots=True)
class Matching:
    """Which of the rules that were asked take whom; None: all rules were."""

    asked: frozenset[str] | None
    found: Mapping[str, set[str]]

    def segments_of(self, profile: Profile) -> frozenset[str]:
        """Give the written segments of a profile; where no rule was asked it stays as it is."""
        kept = frozenset[str]() if self.asked is None else profile.written - self.asked
        return kept | self.found.get(profile.customer_id, set())


async def matching(
    tx: Transaction, customer_ids: Collection[str], *, now: datetime, about: Subjects | None
) -> Matching:
    """Ask which rules take the customers, from their facts alone; only those `about` what was told.

    Planning a rule costs more than looking up a few customers by it.
    """
    written = await written_segments.load_all(tx)
    asked_slugs = None
    if about is not None:
        written = [each for each in written if each.text.rule.speaks_of(about)]
        asked_slugs = frozenset(each.slug for each in written)
    found: defaultdict[str, set[str]] = defaultdict(set)
    if written:
        asked = Asked(sorted(customer_ids), now, await attribute_forms.load_all(tx))
        parts = [(each.slug, takes(each.text, asked).subquery()) for each in written]
        rows = await tx.execute(
            union_all(*(select(literal(slug, Text), part.c.customer_id) for slug, part in parts))
        )
        for slug, customer_id in rows:
            found[customer_id].add(slug)
    return Matching(asked_slugs, found)


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
    missing = fits.except_(members).subquery()
    wrong = members.except_(fits).subquery()
    either = union_all(select(missing.c.customer_id), select(wrong.c.customer_id))
    return list(await tx.scalars(either.limit(limit)))


async def count(tx: Transaction, written: SegmentText, *, now: datetime) -> int:
    """Count whom a rule would take now; gives up before the caller does."""
    await tx.execute(_WHILE_SOMEBODY_WAITS)
    asked = Asked(None, now, await attribute_forms.load_all(tx))
    found = takes(written, asked).subquery()
    return int(await tx.scalar(select(func.count()).select_from(found)) or 0)
