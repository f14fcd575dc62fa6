"""Recording interactions: each reference of a source once and for ever, alone or by the hundred."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import unit_of_work
from chassis.errors import Refusal
from chassis.idempotency import Once
from chassis.ids import new_uuid
from customer.domain.interactions import (
    Answered,
    Interaction,
    InteractionAlreadyAnswered,
    InteractionTold,
    InteractionUnknown,
    check_answer,
    check_texts,
    check_touch,
    reference_reused,
)
from customer.domain.owners import Found, owner_of
from customer.store.holding import decide_once
from customer.store.interaction_announcements import announce_interactions
from customer.store.interactions import (
    find_interaction,
    insert_interactions,
    known_interactions,
    update_answer,
)
from customer.store.owners import find_owners

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Database, Transaction


class RecordingOutcome(StrEnum):
    """What came of telling an interaction."""

    RECORDED = "recorded"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An interaction's id, whose it is, and whether it came just now."""

    interaction_id: UUID
    customer_id: str
    outcome: RecordingOutcome


async def record_interaction(
    database: Database, told: InteractionTold, *, once: Once[Recorded], now: datetime
) -> Recorded:
    """Record one interaction.

    Raises `InteractionAhead`, `AnsweredBeforeBegun`, `InteractionReferenceReused`,
    `NationalNumberTold`, and what `owner_of` raises.
    """

    async def work(tx: Transaction) -> Recorded:
        [outcome] = await _record(tx, [told], now)
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    return await decide_once(database, once, work)


async def record_interactions(
    database: Database, told: Sequence[InteractionTold], *, now: datetime
) -> list[Recorded | Refusal]:
    """Record many interactions in one transaction; what is refused spoils nothing else."""

    async def work(tx: Transaction) -> list[Recorded | Refusal]:
        return await _record(tx, told, now)

    return await decide_once(database, Once[list[Recorded | Refusal]](list), work)


async def answer_interaction(
    database: Database, interaction_id: UUID, answered: Answered, *, now: datetime
) -> Interaction:
    """Write down how the house answered; the same again changes nothing.

    Raises `InteractionUnknown`, `InteractionAlreadyAnswered`, `InteractionAhead`,
    `AnsweredBeforeBegun` and `NationalNumberTold`.
    """
    async with unit_of_work(database) as tx:
        interaction = await find_interaction(tx, interaction_id, hold=True)
        if interaction is None:
            message = "List the customer's interactions for their ids."
            raise InteractionUnknown(message)
        touch = replace(
            interaction.touch,
            answered_at=answered.answered_at,
            agent=answered.agent or interaction.touch.agent,
            duration_seconds=answered.duration_seconds or interaction.touch.duration_seconds,
            outcome=answered.outcome or interaction.touch.outcome,
        )
        check_answer(touch.at, answered.answered_at)
        check_touch(touch, now=now)
        check_texts(touch, interaction.external_reference)
        if interaction.touch == touch:
            return interaction
        if interaction.touch.answered_at is not None:
            message = "Read the interaction; what was answered later is an interaction of its own."
            raise InteractionAlreadyAnswered(message)
        changed = replace(interaction, touch=touch, version=interaction.version + 1)
        await update_answer(tx, changed)
        await announce_interactions(tx, [changed], at=now)
        return changed


async def _record(
    tx: Transaction, told: Sequence[InteractionTold], now: datetime
) -> list[Recorded | Refusal]:
    found = await find_owners(tx, [one.whom for one in told])
    read = [_read(one, whose, now) for one, whose in zip(told, found, strict=True)]
    good = [one for one in read if isinstance(one, Interaction)]
    kept = await insert_interactions(tx, good) if good else set[UUID]()
    taken = {
        (one.source, one.external_reference)
        for one in good
        if one.id not in kept and one.external_reference is not None
    }
    known = await known_interactions(tx, taken) if taken else {}
    await announce_interactions(tx, [one for one in good if one.id in kept], at=now)
    outcomes: list[Recorded | Refusal] = []
    for one in read:
        if isinstance(one, Refusal):
            outcomes.append(one)
        elif one.id in kept:
            outcomes.append(Recorded(one.id, one.customer_id, RecordingOutcome.RECORDED))
        else:
            outcomes.append(_again(one, known[one.source, one.external_reference or ""]))
    return outcomes


def _read(told: InteractionTold, found: Found, now: datetime) -> Interaction | Refusal:
    try:
        check_touch(told.touch, now=now)
        check_texts(told.touch, told.external_reference)
        owner = owner_of(told.whom, found)
    except Refusal as refusal:
        return refusal
    return Interaction(
        id=new_uuid(),
        told=owner.told,
        customer_id=owner.customer_id,
        source=told.source,
        external_reference=told.external_reference,
        touch=told.touch,
        content_hash=told.content_hash,
        client_id=told.client_id,
        actor=told.actor,
        version=1,
        received_at=now,
    )


def _again(one: Interaction, known: Interaction) -> Recorded | Refusal:
    if known.content_hash != one.content_hash:
        return reference_reused()
    return Recorded(known.id, known.customer_id, RecordingOutcome.UNCHANGED)
