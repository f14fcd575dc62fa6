"""Reading interactions: one, or a customer's, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from customer.domain.interactions import Interaction, InteractionChannel, InteractionUnknown
from customer.domain.owners import Whom
from customer.store import interactions as store
from customer.store.owners import find_owner

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database


async def read_interaction(database: Database, interaction_id: UUID) -> Interaction:
    """Read an interaction; raises `InteractionUnknown`."""
    async with snapshot(database) as connection:
        interaction = await store.find_interaction(connection, interaction_id)
    if interaction is None:
        message = "List the customer's interactions for their ids."
        raise InteractionUnknown(message)
    return interaction


async def list_interactions(
    database: Database,
    customer_id: str,
    *,
    channel: InteractionChannel | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Interaction]:
    """List a customer's interactions, the newest first; raises `CustomerUnknown`."""
    async with snapshot(database) as connection:
        owner = await find_owner(connection, Whom(customer_id))
        return await store.list_interactions(
            connection, owner.customer_id, channel=channel, before=before, limit=limit
        )
