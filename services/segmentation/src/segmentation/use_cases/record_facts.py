"""Take in what other services told, and bring the customers concerned up to date."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from chassis.identity.aliases import survivors_of
from chassis.identity.erasure import sums
from chassis.identity.following import note
from chassis.identity.tombstones import entomb
from chassis.outbox import announce
from segmentation.domain.facts import OrderFact, join
from segmentation.domain.told import concerned, orders_that_decide, owners_of
from segmentation.events import ERASURE, SegmentsErased
from segmentation.store import (
    attribute_facts,
    attribute_forms,
    complaint_facts,
    erasing,
    erasure_answers,
    gate,
    interaction_facts,
    measuring,
    order_facts,
    owners,
    return_facts,
    written_segments,
)

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction
    from chassis.identity.erasure import Erasure
    from chassis.identity.moves import Turn
    from segmentation.domain.told import Told


async def record_facts(tx: Transaction, told: Told, *, now: datetime) -> None:
    """Keep what was told and recompute each customer it concerns from all its facts.

    The end does not depend on the order in which things are told, nor on how often.
    """
    has_new_forms = await attribute_forms.are_new(tx, told.forms)
    await gate.enter(tx, alone=bool(told.turns or told.erasures) or has_new_forms)
    for turn in told.turns:
        await measuring.measure(tx, await _follow(tx, turn), now=now, turn=turn)
    for erasure in told.erasures:
        await measuring.measure(tx, await _erase(tx, erasure, now=now), now=now)
    told = told.under(await owners.resolve(tx, told.owners))
    await written_segments.measure_anew(tx, await attribute_forms.keep(tx, told.forms))
    await measuring.measure(tx, await _keep(tx, told), now=now, about=told.subjects)


async def _follow(tx: Transaction, turn: Turn) -> set[str]:
    moved = await note(tx, turn)
    records = [record.source_record_id for record in turn.records]
    return await owners.repoint(tx, customer_ids=moved, source_record_ids=records)


async def _erase(tx: Transaction, erasure: Erasure, *, now: datetime) -> set[str]:
    """Erase what is there and answer; gives the customers who may have lost a fact by it."""
    await entomb(tx, erasure)
    present = await survivors_of(tx, erasure.customer_ids)
    found, concerned_ids = await erasing.erase_owners(tx, erasure, present_ids=present)
    found |= await erasing.erase_profiles(tx, erasure.customer_ids, now=now)
    erased = sums(await erasure_answers.answer_before(tx, erasure.erasure_id), found)
    await erasure_answers.keep_answer(tx, erasure, erased)
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
    found = concerned(known, orders, chain(returns, complaints))
    return found | await _keep_declared(tx, told)


async def _keep_declared(tx: Transaction, told: Told) -> set[str]:
    """Write what customers declared and how they were met; names whose facts changed."""
    attributes = join(
        await attribute_facts.load(tx, {fact.id for fact in told.attributes}), told.attributes
    )
    interactions = join(
        await interaction_facts.load(tx, {fact.id for fact in told.interactions}),
        told.interactions,
    )
    await attribute_facts.save(tx, attributes)
    await interaction_facts.save(tx, interactions)
    return owners_of(chain(attributes, interactions))
