"""Take in what other services told, and bring the customers concerned up to date."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from segmentation.domain.facts import OrderFact, join
from segmentation.domain.profiles import assess
from segmentation.domain.told import concerned, orders_that_decide
from segmentation.store import (
    assessments,
    complaint_facts,
    customer_aliases,
    gate,
    order_facts,
    owners,
    profiles,
    return_facts,
    summaries,
    yardsticks,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Transaction
    from segmentation.domain.told import Merge, Told


async def record_facts(tx: Transaction, told: Told, *, now: datetime) -> None:
    """Keep what was told and recompute each customer it concerns from all its facts.

    The end does not depend on the order in which things are told, nor on how often.
    """
    await gate.enter(tx, alone=bool(told.merges))
    customers = await _follow(tx, told.merges)
    told = told.under(await customer_aliases.resolve(tx, told.customer_ids))
    customers |= await _keep(tx, told)
    if not customers:
        return
    yardstick = await yardsticks.load(tx, today=now.date())
    known = await profiles.lock(tx, customers, now=now)
    indicators = await summaries.summarise(tx, customers)
    measured = [assess(each, indicators[each.customer_id], yardstick) for each in known]
    await assessments.keep(tx, measured, now=now)


async def _follow(tx: Transaction, merges: Sequence[Merge]) -> set[str]:
    if not merges:
        return set()
    await customer_aliases.add(tx, merges)
    survivors = await customer_aliases.resolve(tx, {merge.retired_id for merge in merges})
    return await owners.repoint(tx, survivors)


async def _keep(tx: Transaction, told: Told) -> set[str]:
    """Write what is new and name the customers whose facts changed.

    A return or complaint that has only its order's customer locks the order's row, made if need
    be: who writes the order at the same time then sees it, or is seen.
    """
    returns = join(await return_facts.load(tx, {fact.id for fact in told.returns}), told.returns)
    complaints = join(
        await complaint_facts.load(tx, {fact.id for fact in told.complaints}), told.complaints
    )
    mentioned = orders_that_decide(chain(returns, complaints))
    orders_told = (*told.orders, *(OrderFact(order_id) for order_id in mentioned))
    known = await order_facts.load(tx, {fact.id for fact in orders_told})
    orders = join(known, orders_told)

    await order_facts.save(tx, orders)
    await return_facts.save(tx, returns)
    await complaint_facts.save(tx, complaints)
    return concerned(known, orders, chain(returns, complaints))
