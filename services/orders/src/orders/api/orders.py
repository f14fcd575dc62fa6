"""Orders: reading one, listing a customer's or a series', confirming and cancelling."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.errors import FieldProblem, Invalid
from chassis.global_ids import GlobalId
from chassis.idempotency import Once, once_of
from chassis.paging import Cursor, Page
from chassis.versions import etag
from orders.api.cursors import read_place, show_place
from orders.api.fields import LongText, ShortText
from orders.api.order_out import OrderDetailOut, OrderOut, OrderSummaryOut
from orders.api.purviews import HomeRegions, at_home_where_seen
from orders.api.versions import expected_version
from orders.domain.order import Order
from orders.events import OrderId
from orders.store.homes import Thing
from orders.use_cases.cancel_order import cancel_order
from orders.use_cases.confirm_order import confirm_order
from orders.use_cases.read_orders import list_orders, list_series, read_whole_order

router = APIRouter(prefix="/v1/orders", tags=["orders"])

_SEEN = at_home_where_seen(Thing.ORDER)

IfMatch = Annotated[str | None, Header(max_length=50)]
OnceForOrder = Annotated[Once[Order], once_of(Order)]


class WhoseOrders(Invalid):
    slug = "whose-orders"
    title = "It is not said whose orders to list"


class CancelIn(StrictModel):
    """Why the order will not be carried out: a word such as `out-of-stock`, nobody's name."""

    reason: LongText


@router.get("", dependencies=[requires("orders:read")])
async def list_customer_orders(
    database: DatabaseDep,
    regions: HomeRegions,
    customer_id: Annotated[GlobalId | None, Query()] = None,
    series_id: Annotated[ShortText | None, Query()] = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at the most.")] = 20,
) -> Page[OrderSummaryOut]:
    """List the orders of a customer or of a series, the latest first.

    A retired id gives the survivor's.
    """
    before = read_place(cursor)
    if customer_id is not None and series_id is None:
        found, more = await list_orders(
            database, customer_id, regions=regions, before=before, limit=limit
        )
    elif series_id is not None and customer_id is None:
        found, more = await list_series(
            database, series_id, regions=regions, before=before, limit=limit
        )
    else:
        raise _neither_or_both()
    return Page(
        items=[OrderSummaryOut.model_validate(order) for order in found],
        next_cursor=show_place(found[-1].placed_at, found[-1].id) if more else None,
    )


@router.get("/{order_id}", dependencies=[requires("orders:read"), _SEEN])
async def get_order(order_id: OrderId, database: DatabaseDep, response: Response) -> OrderDetailOut:
    """Give an order; its ETag is what `If-Match` takes."""
    whole = await read_whole_order(database, order_id)
    response.headers["ETag"] = etag(whole.order.version)
    return OrderDetailOut.of(whole.order, whole.contact, whole.paid)


@router.post("/{order_id}/confirm", dependencies=[requires("orders:write"), _SEEN])
async def confirm(
    order_id: OrderId,
    database: DatabaseDep,
    now: Now,
    once: OnceForOrder,
    response: Response,
    if_match: IfMatch = None,
) -> OrderOut:
    """Say that the house will carry the order out; a confirmed one stays as it is."""
    order = await confirm_order(
        database, order_id, expected_version=expected_version(if_match), now=now, once=once
    )
    response.headers["ETag"] = etag(order.version)
    return OrderOut.model_validate(order)


@router.post("/{order_id}/cancel", dependencies=[requires("orders:write"), _SEEN])
async def cancel(
    order_id: OrderId,
    body: CancelIn,
    database: DatabaseDep,
    now: Now,
    once: OnceForOrder,
    response: Response,
    if_match: IfMatch = None,
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


def _neither_or_both() -> WhoseOrders:
    mend = "Send customer_id or series_id, one of the two."
    return WhoseOrders(
        mend, fields=[FieldProblem("customer_id", "is missing, or one of two", mend)]
    )
