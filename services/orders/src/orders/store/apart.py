"""What stands apart of a year that was put away, emptied of whatever an erasure would empty."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import text

from orders.store.erasing import FREE_TEXTS, erase_texts
from orders.store.years import PARTITIONED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Transaction

_PARTED = re.compile(rf"(?<![:'\w])({'|'.join(PARTITIONED)})\b")
"""The names of the partitioned tables, where they are no parameters and no keys of JSON."""

_ORDERS = """
    UPDATE orders SET customer_id = NULL, told_customer_id = NULL, source_record_id = NULL,
        cancel_reason = NULL, erased_at = coalesce(erased_at, :at)
    WHERE id IN (
        SELECT id FROM orders WHERE id > CAST(:after AS uuid) ORDER BY id LIMIT :limit)
    RETURNING id
"""
_RETURNS = """
    UPDATE returns SET reason = NULL, erased_at = :at
    WHERE order_id = ANY(CAST(:orders AS uuid[])) AND told_customer_id IS NULL
        AND erased_at IS NULL
        AND NOT EXISTS (SELECT FROM customer_claims WHERE customer_claims.id = returns.id)
    RETURNING id
"""


async def empty_orders(
    tx: Transaction, year: int, *, after: UUID, limit: int, at: datetime
) -> UUID | None:
    """Make the next orders of a detached year nobody's; gives the last one, None at the end.

    What is personal of them goes wherever it is: in the tables that stand apart, in those of other
    years, where their parcels may be, and in those that have no years.
    """
    whom = {"after": after, "limit": limit, "at": at}
    emptied = list(await tx.scalars(text(_apart(_ORDERS, year)), whom))
    if not emptied:
        return None
    returned = await tx.scalars(text(_RETURNS), {"orders": emptied, "at": at})
    await erase_texts(tx, {"ids": [], "orders": emptied, "returns": list(returned)})
    await _erase_texts_apart(tx, year, emptied)
    return max(emptied)


async def _erase_texts_apart(tx: Transaction, year: int, order_ids: Sequence[UUID]) -> None:
    whom: Mapping[str, Sequence[UUID]] = {"orders": order_ids}
    for statement in FREE_TEXTS.values():
        apart = _apart(statement, year)
        if apart != statement:
            await tx.execute(text(apart), whom)


def _apart(statement: str, year: int) -> str:
    return _PARTED.sub(rf"\1_{year}", statement)
