"""Reading what became of the claim of an order."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import snapshot
from orders.domain.claiming import ClaimState, state_of_claim
from orders.store.claims import kept_claim
from orders.store.orders import load_order

if TYPE_CHECKING:
    from chassis.database import Database
    from orders.domain.claiming import KeptClaim


async def read_claim(database: Database, order_id: UUID) -> tuple[ClaimState, KeptClaim | None]:
    """Give how an order's claim stands, and what is kept of one that is not linked.

    Raises `OrderNotFound`, `OrderNotClaimed`.
    """
    async with snapshot(database) as connection:
        order = await load_order(connection, order_id)
        kept = await kept_claim(connection, order_id)
    return state_of_claim(order, kept), kept
