"""Measuring customers from their facts: their numbers, their scores, and whose rules take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentation.domain.profiles import assess
from segmentation.store import (
    assessments,
    profiles,
    rule_members,
    summaries,
    tombstones,
    yardsticks,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from chassis.database import Transaction
    from chassis.identity.moves import Turn
    from segmentation.domain.rules import Subjects


async def measure(
    tx: Transaction,
    customers: Collection[str],
    *,
    now: datetime,
    turn: Turn | None = None,
    about: Subjects | None = None,
) -> None:
    """Recompute customers from their facts; those who were erased have no numbers.

    `about` is what the facts that changed are about; without it every rule is asked.

    The rules are read when the profiles are held: whoever changes a rule has everybody measured
    by it afterwards, so that no profile stays as an earlier rule would have it.
    """
    left = await tombstones.without_erased(tx, customers)
    if not left:
        return
    yardstick = await yardsticks.load(tx, today=now.date())
    made_by = turn.merge_of if turn is not None and not turn.undoes else None
    known = await profiles.lock(tx, left, now=now, made_by=made_by)
    indicators = await summaries.summarise(tx, left)
    rules = await rule_members.matching(tx, left, now=now, about=about)
    measured = [
        assess(each, indicators[each.customer_id], yardstick, written=rules.segments_of(each))
        for each in known
    ]
    await assessments.keep(tx, measured, now=now, turn=turn)
    if turn is not None and turn.undoes:
        await profiles.forget_empty(tx, made_by=turn.merge_of)
