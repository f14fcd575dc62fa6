"""Listing complaints by customer, team and status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from chassis.identity.aliases import survivor_of
from chassis.identity.tombstones import refuse_erased
from complaints.store import complaints as store

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.database import Database
    from chassis.purview import Regions
    from complaints.domain.complaint import Complaint
    from complaints.domain.lifecycle import Status


async def list_complaints(
    database: Database,
    *,
    regions: Regions,
    customer_id: str | None,
    team: str | None,
    status: Status | None,
    before: UUID | None,
    limit: int,
) -> list[Complaint]:
    """Give a page of complaints; a retired customer id lists its survivor's.

    Raises `CustomerErased`.
    """
    async with snapshot(database) as connection:
        if customer_id is not None:
            present = await survivor_of(connection, customer_id)
            await refuse_erased(connection, [customer_id, present])
            customer_id = present
        return await store.list_complaints(
            connection,
            regions=regions,
            customer_id=customer_id,
            team=team,
            status=status,
            before=before,
            limit=limit,
        )
