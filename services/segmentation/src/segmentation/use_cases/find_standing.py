"""Find where a customer stands, by an id it has or had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from chassis.identity.aliases import survivor_of
from chassis.identity.tombstones import refuse_erased
from segmentation.domain.standing import Standing
from segmentation.store import memberships, profiles, scorings

if TYPE_CHECKING:
    from chassis.database import Database


async def find_standing(database: Database, customer_id: str) -> Standing:
    """Give the standing of the customer; one of whom nothing is known has no profile.

    Raises `CustomerErased`.
    """
    async with snapshot(database) as view:
        current = await survivor_of(view, customer_id)
        await refuse_erased(view, [customer_id, current])
        profile = await profiles.find(view, current)
        return Standing(
            customer_id=current,
            retired_id=customer_id if current != customer_id else None,
            profile=profile,
            since=await memberships.open_of(view, profile.profile_id) if profile else {},
            scale=await scorings.load_scale(view),
        )
