"""Unmerging: an id that was retired, or records that were joined wrongly, come out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.global_ids import new_global_id
from chassis.ids import new_uuid
from customer.domain.rulings import Ruling
from customer.domain.unmerging import plan_split, plan_unmerge
from customer.store.holding import decide_once, hold_customers
from customer.store.parting import add_customer, edges_into, part_customers
from customer.store.rulings import records_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database, Transaction
    from chassis.idempotency import Once
    from customer.domain.stewards import Steward


async def unmerge_customer(
    database: Database,
    customer_id: str,
    retired_id: str,
    *,
    also: Collection[UUID],
    by: Steward,
    reason: str,
    now: datetime,
    once: Once[Ruling],
) -> Ruling:
    """Give a retired id back with the records it had when it was merged, and those of `also`.

    Raises `CustomerUnknown`, `NotMerged`, `RecordsOfAnother` and `NothingLeft`.
    """

    async def work(tx: Transaction) -> Ruling:
        [present], held = await hold_customers(tx, [customer_id], retired=[retired_id])
        edges = await edges_into(tx, present)
        plan = plan_unmerge(present, retired_id, edges, await records_of(tx, present), also)
        return await part_customers(
            tx, plan, held, ruling_id=new_uuid(), by=by, reason=reason, now=now
        )

    return await decide_once(database, once, work)


async def split_customer(
    database: Database,
    customer_id: str,
    record_ids: Collection[UUID],
    *,
    by: Steward,
    reason: str,
    now: datetime,
    once: Once[Ruling],
) -> Ruling:
    """Give records that intake joined to a customer a new global id of their own.

    Raises `CustomerUnknown`, `RecordsOfAnother`, `RecordsHadAnId` and `NothingLeft`.
    """

    async def work(tx: Transaction) -> Ruling:
        [present], held = await hold_customers(tx, [customer_id])
        edges = await edges_into(tx, present)
        new_id = new_global_id()
        plan = plan_split(present, new_id, edges, await records_of(tx, present), record_ids)
        await add_customer(tx, new_id, plan.record_ids, now=now)
        return await part_customers(
            tx, plan, held, ruling_id=new_uuid(), by=by, reason=reason, now=now
        )

    return await decide_once(database, once, work)
