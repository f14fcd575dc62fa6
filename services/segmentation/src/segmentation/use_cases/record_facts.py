"""Take in what other services told, and bring the customers concerned up to date."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from chassis.outbox import announce
from segmentation.domain.erasure import sums
from segmentation.domain.facts import OrderFact, join
from segmentation.domain.profiles import assess
from segmentation.domain.told import concerned, orders_that_decide
from segmentation.events import ERASURE, SegmentsErased
from segmentation.store import (
    assessments,
    complaint_facts,
    customer_aliases,
    erasing,
    gate,
    order_facts,
    owners,
    profiles,
    return_facts,
    summaries,
    tombstones,
    yardsticks,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from chassis.database import Transaction
    from segmentation.domain.erasure import Erasure
    from segmentation.domain.told import Told, Turn


async def record_facts(tx: Transaction, told: Told, *, now: datetime) -> None:
    """Keep what was told and recompute each customer it concerns from all its facts.

    The end does not depend on the order in which things are told, nor on how often.
    """
    await gate.enter(tx, alone=bool(told.turns or told.erasures))
    for turn in told.turns:
        await _measure(tx, await _follow(tx, turn), now=now, turn=turn)
    for erasure in told.erasures:
        await _measure(tx, await _erase(tx, erasure, now=now), now=now)
    told = told.under(await owners.resolve(tx, told.owners))
    await _measure(tx, await _keep(tx, told), now=now)


async def _measure(
    tx: Transaction, customers: Collection[str], *, now: datetime, turn: Turn | None = None
) -> None:
    """Recompute customers from their facts; those who were erased have no numbers."""
    left = await tombstones.without_erased(tx, customers)
    if not left:
        return
    yardstick = await yardsticks.load(tx, today=now.date())
    made_by = turn.merge_of if turn is not None and not turn.undoes else None
    known = await profiles.lock(tx, left, now=now, made_by=made_by)
    indicators = await summaries.summarise(tx, left)
    measured = [assess(each, indicators[each.customer_id], yardstick) for each in known]
    await assessments.keep(tx, measured, now=now, turn=turn)
    if turn is not None and turn.undoes:
        await profiles.forget_empty(tx, made_by=turn.merge_of)


async def _follow(tx: Transaction, turn: Turn) -> set[str]:
    await customer_aliases.note_records(tx, turn.records)
    moved = await customer_aliases.note_moves(tx, turn.moves)
    records = [record.source_record_id for record in turn.records]
    return await owners.repoint(tx, customer_ids=moved, source_record_ids=records)


async def _erase(tx: Transaction, erasure: Erasure, *, now: datetime) -> set[str]:
    """Erase what is there and answer; gives the customers who may have lost a fact by it."""
    await tombstones.entomb(tx, erasure)
    survivors = await customer_aliases.resolve(tx, erasure.customer_ids)
    present = {*erasure.customer_ids, *survivors.values()}
    found, concerned_ids = await erasing.erase_owners(tx, erasure, present_ids=present)
    found |= await erasing.erase_profiles(tx, erasure.customer_ids, now=now)
    erased = sums(await tombstones.answer_before(tx, erasure.erasure_id), found)
    await tombstones.keep_answer(tx, erasure, erased)
    event = SegmentsErased(
        erasure_id=erasure.erasure_id,
        customer_id=erasure.customer_ids[0],
        erased=erased,
        kept=(),
        erased_at=erasure.erased_at,
    )
    key = ERASURE.show(erasure.erasure_id)
    await announce(tx, event, key=key, sequence=1, at=erasure.erased_at)
    return concerned_ids


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
