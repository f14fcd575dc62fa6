"""Taking what shop platforms deliver: kept at once, read later, so that nothing of it is lost."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from orders.adapters.platforms.sources import PLATFORMS
from orders.domain.carrier_answers import PayloadForgotten
from orders.domain.platform_orders import Delivery, UnknownPlatform
from orders.domain.purchases import PURCHASES
from orders.store.platform_deliveries import (
    WaitingDelivery,
    empty_deliveries,
    keep_delivery,
    lease_deliveries,
    list_deliveries,
    load_delivery,
    note_delivery_read,
    order_ids_of,
    wish_read_again,
)
from orders.store.platform_facts import forgo_fact, is_applied

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from chassis.purview import Purview, Regions
    from orders.domain.platform_orders import Shop

_AT_ONCE = 20


def check_platform(platform: str) -> None:
    """Raise `UnknownPlatform` for one that nobody reads."""
    if platform not in PLATFORMS:
        raise UnknownPlatform(f"Send to one of {', '.join(PLATFORMS)}.")


async def take_delivery(
    database: Database,
    delivery: Delivery,
    *,
    shop: Shop,
    payload: bytes,
    client_id: str,
    purview: Purview,
) -> tuple[Delivery, bool]:
    """Keep what a platform sent; gives it, and whether the same body came before."""
    check_platform(delivery.platform)
    async with unit_of_work(database) as tx:
        earlier = await keep_delivery(
            tx,
            delivery,
            shop=shop,
            body_hash=hashlib.sha256(payload).digest(),
            payload=payload,
            client_id=client_id,
            purview=purview,
        )
    return earlier or delivery, earlier is not None


async def read_delivery(database: Database, identity: UUID, *, purview: Purview) -> Delivery:
    """Give what became of a delivery; raises `DeliveryNotFound`, `HomeRegionClosed`."""
    async with snapshot(database) as connection:
        delivery = await load_delivery(connection, identity)
    purview.refuse_closed(PURCHASES, delivery.home_region)
    return delivery


async def read_deliveries(
    database: Database,
    *,
    with_problems: bool,
    regions: Regions,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[list[Delivery], bool]:
    """Give deliveries, the latest first, and if more follow: all, or those with problems."""
    async with snapshot(database) as connection:
        found = await list_deliveries(
            connection,
            with_problems=with_problems,
            regions=regions,
            before=before,
            limit=limit + 1,
        )
    return found[:limit], len(found) > limit


async def read_again(database: Database, identity: UUID, *, purview: Purview) -> Delivery:
    """Have a delivery read again.

    Raises `DeliveryNotFound`, `HomeRegionClosed`, `PayloadForgotten`.
    """
    async with unit_of_work(database) as tx:
        delivery = await load_delivery(tx, identity)
        purview.refuse_closed(PURCHASES, delivery.home_region)
        if not await wish_read_again(tx, identity):
            raise PayloadForgotten("Have the platform send it again.")
        return await load_delivery(tx, delivery.id)


async def lease_waiting(database: Database) -> list[WaitingDelivery]:
    """Take the deliveries that came first; whoever is killed leaves them to another."""
    async with unit_of_work(database) as tx:
        return await lease_deliveries(tx, limit=_AT_ONCE)


async def find_orders(
    database: Database, source: str, external_refs: Sequence[str]
) -> dict[str, UUID]:
    """Give the orders that are known by references of a source."""
    async with snapshot(database) as connection:
        return await order_ids_of(connection, source, external_refs)


async def was_applied(database: Database, *, source: str, kind: str, reference: str) -> bool:
    """Tell whether something that a platform told of an order was applied to it."""
    async with snapshot(database) as connection:
        return await is_applied(connection, source=source, kind=kind, reference=reference)


async def forgo(
    database: Database, order_id: UUID, *, source: str, kind: str, reference: str
) -> bool:
    """Never apply what a platform took back; gives False where it is applied already."""
    async with unit_of_work(database) as tx:
        return await forgo_fact(tx, order_id, source=source, kind=kind, reference=reference)


async def note_read(database: Database, delivery: Delivery) -> None:
    """Note what became of a delivery."""
    async with unit_of_work(database) as tx:
        await note_delivery_read(tx, delivery)


async def forget_payloads(database: Database, *, read_before: datetime) -> int:
    """Empty the payloads that were read before; gives how many."""
    async with unit_of_work(database) as tx:
        return await empty_deliveries(tx, read_before=read_before)
