"""Merging two customers by a person's decision, whatever a machine thinks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.ids import new_uuid
from customer.domain.rulings import Ruling, refuse_one_customer
from customer.store.holding import decide_once, hold_customers
from customer.store.joining import join_customers
from customer.store.rulings import newest_records

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database, Transaction
    from chassis.idempotency import Once
    from customer.domain.stewards import Steward


async def merge_customers(
    database: Database,
    customer_id: str,
    other_customer_id: str,
    *,
    by: Steward,
    reason: str,
    now: datetime,
    once: Once[Ruling],
) -> Ruling:
    """Merge the customers to whom two ids lead: the older survives.

    Raises `CustomerUnknown` and `AlreadyOneCustomer`.
    """

    async def work(tx: Transaction) -> Ruling:
        [left, right], held = await hold_customers(tx, [customer_id, other_customer_id])
        refuse_one_customer(left, right)
        return await join_customers(
            tx,
            (held[left], held[right]),
            await newest_records(tx, left, right),
            ruling_id=new_uuid(),
            by=by,
            reason=reason,
            now=now,
        )

    return await decide_once(database, once, work)
