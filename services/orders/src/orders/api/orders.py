"""Orders: reading one, listing a customer's, cancelling, shipping; and references to review."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from pydantic import Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.global_ids import GlobalId
from chassis.idempotency import Once, once_of
from chassis.paging import Cursor, Page
from orders.api.cursors import read_place, show_place
from orders.api.delivery import Area
from orders.api.fields import Count, Instant, LineNumber, LongText, Minor, ShortText
from orders.api.order_out import OrderDetailOut, OrderOut, OrderSummaryOut
from orders.api.purviews import HomeRegions, at_home_where_seen
from orders.api.versions import etag, expected_version
from orders.domain.order import Order
from orders.events import OrderId
from orders.store.homes import Thing
from orders.use_cases.cancel_order import cancel_order
from orders.use_cases.read_orders import list_orders, read_order
from orders.use_cases.ship_order import ToldParcel, ship_order

router = APIRouter(prefix="/v1/orders", tags=["orders"])

_TOKEN_BYTES = 24
_SEEN = at_home_where_seen(Thing.ORDER)

OnceForOrder = Annotated[Once[Order], once_of(Order)]


class CancelIn(StrictModel):
    """Why the order will not be carried out: a word such as `out-of-stock`, nobody's name."""

    reason: LongText


class ContentsIn(StrictModel):
    """A quantity of an order's line."""

    line_no: LineNumber
    quantity: Count


class ParcelIn(StrictModel):
    """A parcel that is handed over; without `lines` it carries what no other parcel does."""

    carrier: ShortText
    tracking_number: ShortText
    lines: Annotated[list[ContentsIn], Field(min_length=1, max_length=2_000)] | None = None
    service: ShortText | None = Field(default=None, description="Without it, the order's.")
    promised_until: Instant | None = Field(
        default=None, description="The first promise of this parcel; without it, the order's."
    )
    destination: Area | None = Field(default=None, description="Without it, the order's.")
    cost_minor: Minor | None = Field(
        default=None, description="What the carrier takes, in the order's currency."
    )


class ShipmentIn(StrictModel):
    """Parcels that leave together, from a warehouse or a store."""

    location: ShortText | None = None
    origin: Area | None = None
    parcels: Annotated[list[ParcelIn], Field(min_length=1, max_length=100)]


@router.get("", dependencies=[requires("orders:read")])
async def list_customer_orders(
    database: DatabaseDep,
    regions: HomeRegions,
    customer_id: Annotated[GlobalId, Query()],
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at the most.")] = 20,
) -> Page[OrderSummaryOut]:
    """List a customer's orders, the latest first; a retired id gives the survivor's."""
    found, more = await list_orders(
        database, customer_id, regions=regions, before=read_place(cursor), limit=limit
    )
    return Page(
        items=[OrderSummaryOut.model_validate(order) for order in found],
        next_cursor=show_place(found[-1].placed_at, found[-1].id) if more else None,
    )


@router.get("/{order_id}", dependencies=[requires("orders:read"), _SEEN])
async def get_order(order_id: OrderId, database: DatabaseDep, response: Response) -> OrderDetailOut:
    """Give an order; its ETag is what `If-Match` takes."""
    order, contact = await read_order(database, order_id)
    response.headers["ETag"] = etag(order.version)
    return OrderDetailOut.model_validate(order).model_copy(update={"contact": contact})


@router.post("/{order_id}/cancel", dependencies=[requires("orders:write"), _SEEN])
async def cancel(
    order_id: OrderId,
    body: CancelIn,
    database: DatabaseDep,
    now: Now,
    once: OnceForOrder,
    response: Response,
    if_match: Annotated[str | None, Header(max_length=50)] = None,
) -> OrderOut:
    """Cancel an order of which nothing has left.

    With `If-Match`, only as it was read (412 otherwise); the state alone forbids what is too late.
    """
    order = await cancel_order(
        database,
        order_id,
        reason=body.reason,
        expected_version=expected_version(if_match),
        now=now,
        once=once,
    )
    response.headers["ETag"] = etag(order.version)
    return OrderOut.model_validate(order)


@router.post(
    "/{order_id}/shipments", status_code=201, dependencies=[requires("orders:write"), _SEEN]
)
async def ship(
    order_id: OrderId,
    body: ShipmentIn,
    database: DatabaseDep,
    now: Now,
    once: OnceForOrder,
    response: Response,
) -> OrderOut:
    """Hand parcels over to their carriers; the first shipment confirms the order."""
    order = await ship_order(
        database,
        order_id,
        [_told(parcel, body.origin) for parcel in body.parcels],
        location=body.location,
        now=now,
        new_token=lambda: secrets.token_urlsafe(_TOKEN_BYTES),
        once=once,
    )
    response.headers["ETag"] = etag(order.version)
    return OrderOut.model_validate(order)


def _told(parcel: ParcelIn, origin: str | None) -> ToldParcel:
    contents: Counter[int] = Counter()
    for line in parcel.lines or ():
        contents[line.line_no] += line.quantity
    return ToldParcel(
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        lines=None if parcel.lines is None else dict(contents),
        service=parcel.service,
        promised_until=parcel.promised_until,
        origin=origin,
        destination=parcel.destination,
        cost_minor=parcel.cost_minor,
    )
