"""Holding a client of a region to where orders, parcels and returns are at home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from chassis.api import principal_of
from chassis.purview import Regions
from orders.domain.purchases import PURCHASES
from orders.events import ORDER, PARCEL, RETURN, SLOT_HOLD
from orders.store.homes import Thing
from orders.use_cases.read_homes import home_region_of

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.ids import IdType

_KINDS: dict[Thing, IdType] = {
    Thing.ORDER: ORDER,
    Thing.PARCEL: PARCEL,
    Thing.RETURN: RETURN,
    Thing.HOLD: SLOT_HOLD,
}


def _regions(request: Request) -> Regions:
    return principal_of(request).purview.of(PURCHASES)


HomeRegions = Annotated[Regions, Depends(_regions)]
"""Depend on the home regions of which the caller may read purchases."""


def at_home_where_seen(thing: Thing) -> Any:
    """Depend on what the path names being at home where the caller may read.

    Who may not read one does not change it either.
    """

    async def check(request: Request) -> None:
        if principal_of(request).purview.is_whole:
            return  # who asks for what is no id is told so by the route itself
        shown_id = request.path_params[f"{thing}_id"]
        await refuse_closed(request, thing, _KINDS[thing].read(shown_id))

    return Depends(check)


async def refuse_closed(request: Request, thing: Thing, thing_id: UUID) -> None:
    """Refuse what is at home where the caller may not read; raises `HomeRegionClosed`."""
    purview = principal_of(request).purview
    if purview.is_whole:
        return
    home = await home_region_of(request.app.state.database, thing, thing_id)
    if home is not None:
        purview.refuse_closed(PURCHASES, home)
