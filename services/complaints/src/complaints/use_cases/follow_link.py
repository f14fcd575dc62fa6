"""Following the link of an order: what its parcels' incidents opened has a customer now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaints.store.filing import present_owner
from complaints.store.incidents import give_to, keep_link

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Transaction
    from complaints.domain.complaint import Customer


async def follow_link(tx: Transaction, order_id: UUID, told: Customer, *, at: datetime) -> int:
    """Give the customer what was nobody's; of an erased customer nothing is kept."""
    present, was_erased = await present_owner(tx, told)
    if was_erased or present is None:
        return 0
    await keep_link(tx, order_id, told, at=at)
    return await give_to(tx, order_id, present)
