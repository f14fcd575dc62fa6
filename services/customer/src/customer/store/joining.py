"""Merges by a person, written like a machine's with who and why; and splits that are taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from chassis.database import mark_announced
from chassis.global_ids import show_global_id
from chassis.ids import new_uuid
from chassis.outbox import outbox_row
from customer.domain.match_candidates import NothingToUndo
from customer.domain.merging import Merge, moves
from customer.domain.rulings import Act, Ruling
from customer.events import CustomerMerged
from customer.store.changes import move_records, write_merges
from customer.store.holding import hold_customers
from customer.store.kept_apart import lift, lift_between
from customer.store.match_candidates import settle_candidates
from customer.store.rulings import newest_records, records_of, rulings_of_split, write_ruling

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Transaction
    from customer.domain.stewards import Steward
    from customer.store.holding import HeldCustomer

_COUNT_UP = """
UPDATE customers
SET version = version + 1, updated_at = :now,
    retired_at = CASE WHEN id = :retired_id THEN CAST(:now AS timestamptz) END
WHERE id IN (:survivor_id, :retired_id)
"""


async def join_customers(
    tx: Transaction,
    customers: tuple[HeldCustomer, HeldCustomer],
    pair: tuple[UUID, UUID],
    *,
    ruling_id: UUID,
    by: Steward,
    reason: str,
    now: datetime,
) -> Ruling:
    """Merge two held customers, whatever contradicts: the older survives.

    `pair` is a record of each, for the judgement; what kept the two apart is lifted, and match
    candidates of the retired follow.
    """
    survivor, retired = sorted(customers, key=lambda one: one.age_rank)
    leads_to = {retired.id: survivor.id}
    await lift_between(tx, survivor.id, retired.id, now=now)
    merge = Merge(retired.id, survivor.id, pair[0], ())
    [move] = moves([merge], await move_records(tx, leads_to))
    ids = {"survivor_id": survivor.id, "retired_id": retired.id, "now": now}
    await tx.execute(text(_COUNT_UP), ids)
    event = CustomerMerged(
        survivor_id=survivor.id,
        retired_id=retired.id,
        source_record_ids=list(move.record_ids),
        merged_at=now,
    )
    key = show_global_id(retired.id)
    row = outbox_row(event, key=key, sequence=retired.version + 1, at=now)
    await write_merges(tx, [move], leads_to, [row], now=now)
    mark_announced(tx)
    ruling = Ruling(
        judgement_id=ruling_id,
        act=Act.MERGE,
        customer_id=survivor.id,
        other_id=retired.id,
        by=by,
        reason=reason,
        ruled_at=now,
        merged_at=now,
        source_record_ids=move.record_ids,
    )
    await write_ruling(tx, ruling, pair)
    await settle_candidates(tx, leads_to, now=now)
    return ruling


async def join_as_before(
    tx: Transaction, split: Ruling, *, by: Steward, reason: str, now: datetime
) -> None:
    """Take a proposed split back: the parts are one customer again, under the id that was kept.

    Ids of their own lead to it. The merges are no words that the parts are one person: whether
    they are is open again. Raises `NothingToUndo` unless each part still has what it was given.
    """
    rulings = await rulings_of_split(tx, split)
    asked = [split.customer_id, *(one.other_id for one in rulings)]
    present, held = await hold_customers(tx, asked)
    for one in rulings:
        own = await records_of(tx, one.other_id)
        if present != asked or not set(one.source_record_ids) <= set(own):
            message = "The parts changed since they were split. Merge the customers instead."
            raise NothingToUndo(message)
    for one in rulings:
        await lift(tx, one.judgement_id, now=now)
        merge = await join_customers(
            tx,
            (held[split.customer_id], held[one.other_id]),
            await newest_records(tx, split.customer_id, one.other_id),
            ruling_id=new_uuid(),
            by=by,
            reason=reason,
            now=now,
        )
        await lift(tx, merge.judgement_id, now=now)
