"""Carrying an order out: reserved at locations, picked, handed to carriers or to the customer."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.versions import etag
from orders.api.delivery import Area
from orders.api.fields import Count, Instant, LineNumber, Minor, ShortText
from orders.api.order_out import OrderOut
from orders.api.orders import IfMatch, OnceForOrder
from orders.api.purviews import at_home_where_seen
from orders.api.versions import expected_version
from orders.domain.allocation import Offer
from orders.domain.placing import MOST_LINES
from orders.domain.shipping import ToldParcel, ToldShipment
from orders.events import OrderId
from orders.store.homes import Thing
from orders.use_cases.allocate_order import allocate_order, pick_order, release_order
from orders.use_cases.collect_order import collect_order
from orders.use_cases.ship_order import ship_order

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from orders.domain.order import Order

router = APIRouter(prefix="/v1/orders", tags=["orders"])

_TOKEN_BYTES = 24
_WRITES = [requires("orders:write"), at_home_where_seen(Thing.ORDER)]


class ContentsIn(StrictModel):
    """A quantity of an order's line."""

    line_no: LineNumber
    quantity: Count


Contents = Annotated[list[ContentsIn], Field(min_length=1, max_length=MOST_LINES)]


class OfferIn(StrictModel):
    """What a location can give at the most."""

    location: ShortText
    lines: Contents


class AllocationsIn(StrictModel):
    """What locations can give, the preferred ones first: at most 10,000 lines in all."""

    offers: Annotated[list[OfferIn], Field(min_length=1, max_length=500)]


class AtLocationIn(StrictModel):
    """Goods of an order at a location; without `lines`, all that is there."""

    location: ShortText
    lines: Contents | None = None


class ParcelIn(StrictModel):
    """A parcel that is handed over; without `lines` it carries what no other parcel does."""

    carrier: ShortText
    tracking_number: ShortText
    lines: Contents | None = None
    service: ShortText | None = Field(default=None, description="Without it, the order's.")
    promised_until: Instant | None = Field(
        default=None, description="The first promise of this parcel; without it, the order's."
    )
    destination: Area | None = Field(default=None, description="Without it, the order's.")
    cost_minor: Minor | None = Field(
        default=None, description="What the carrier takes, in the order's currency."
    )

    def told(self, origin: str | None) -> ToldParcel:
        """Give the parcel as told."""
        return ToldParcel(
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            lines=_told_lines(self.lines),
            service=self.service,
            promised_until=self.promised_until,
            origin=origin,
            destination=self.destination,
            cost_minor=self.cost_minor,
        )


class ShipmentIn(StrictModel):
    """Parcels that leave together, from a warehouse or a store.

    A `location` that keeps goods for the order sends those; it must be told where several do.
    """

    location: ShortText | None = None
    origin: Area | None = None
    parcels: Annotated[list[ParcelIn], Field(min_length=1, max_length=100)]

    def told_of(self, order_id: UUID) -> ToldShipment:
        """Give the shipment of an order as told."""
        parcels = tuple(parcel.told(self.origin) for parcel in self.parcels)
        return ToldShipment(order_id, parcels, self.location)


@router.post("/{order_id}/allocations", dependencies=_WRITES)
async def allocate(
    order_id: OrderId,
    body: AllocationsIn,
    database: DatabaseDep,
    once: OnceForOrder,
    response: Response,
    if_match: IfMatch = None,
) -> OrderOut:
    """Reserve what is unallocated, at as few of the offered locations as can be.

    What nobody offers stays unallocated. An order to be collected is reserved first where it is
    collected.
    """
    offers = [Offer(offer.location, _counted(offer.lines)) for offer in body.offers]
    order = await allocate_order(
        database, order_id, offers, expected_version=expected_version(if_match), once=once
    )
    return _answer(order, response)


@router.post("/{order_id}/picks", dependencies=_WRITES)
async def pick(
    order_id: OrderId,
    body: AtLocationIn,
    database: DatabaseDep,
    once: OnceForOrder,
    response: Response,
    if_match: IfMatch = None,
) -> OrderOut:
    """Take reserved goods from the shelf of a location; the order is not amended after that."""
    told = _told_lines(body.lines)
    order = await pick_order(
        database,
        order_id,
        body.location,
        told,
        expected_version=expected_version(if_match),
        once=once,
    )
    return _answer(order, response)


@router.post("/{order_id}/releases", dependencies=_WRITES)
async def release(
    order_id: OrderId,
    body: AtLocationIn,
    database: DatabaseDep,
    once: OnceForOrder,
    response: Response,
    if_match: IfMatch = None,
) -> OrderOut:
    """Let go of what a location keeps for the order: it is unallocated again."""
    told = _told_lines(body.lines)
    order = await release_order(
        database,
        order_id,
        body.location,
        told,
        expected_version=expected_version(if_match),
        once=once,
    )
    return _answer(order, response)


@router.post("/{order_id}/collections", status_code=201, dependencies=_WRITES)
async def collect(
    order_id: OrderId,
    body: AtLocationIn,
    database: DatabaseDep,
    now: Now,
    once: OnceForOrder,
    response: Response,
    if_match: IfMatch = None,
) -> OrderOut:
    """Hand goods to the customer at a location; they have arrived with that.

    What is to be collected is handed over where that was agreed (409 otherwise).
    """
    told = _told_lines(body.lines)
    order = await collect_order(
        database,
        order_id,
        body.location,
        told,
        expected_version=expected_version(if_match),
        now=now,
        once=once,
    )
    return _answer(order, response)


@router.post("/{order_id}/shipments", status_code=201, dependencies=_WRITES)
async def ship(
    order_id: OrderId,
    body: ShipmentIn,
    database: DatabaseDep,
    now: Now,
    once: OnceForOrder,
    response: Response,
    if_match: IfMatch = None,
) -> OrderOut:
    """Hand parcels over to their carriers; the first shipment confirms the order."""
    order = await ship_order(
        database,
        body.told_of(order_id),
        expected_version=expected_version(if_match),
        now=now,
        new_token=new_token,
        once=once,
    )
    return _answer(order, response)


def new_token() -> str:
    """Draw what opens a parcel's public page."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def _answer(order: Order, response: Response) -> OrderOut:
    response.headers["ETag"] = etag(order.version)
    return OrderOut.model_validate(order)


def _told_lines(lines: Sequence[ContentsIn] | None) -> dict[int, int] | None:
    return None if lines is None else _counted(lines)


def _counted(lines: Sequence[ContentsIn]) -> dict[int, int]:
    counts: Counter[int] = Counter()
    for line in lines:
        counts[line.line_no] += line.quantity
    return dict(counts)
