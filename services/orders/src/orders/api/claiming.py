"""Claiming a sale that was nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from fastapi import APIRouter, Request, Response

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.versions import etag
from orders.api.fields import CustomerClaim
from orders.api.order_out import OrderOut
from orders.api.orders import OnceForOrder
from orders.api.purviews import at_home_where_seen
from orders.events import OrderId
from orders.store.homes import Thing
from orders.use_cases.claim_order import claim_order

if TYPE_CHECKING:
    from orders.store.claims import ClaimCipher

router = APIRouter(prefix="/v1/orders", tags=["orders"])


class ClaimIn(StrictModel):
    """Who bought, as a source says: what `PUT /v1/source-records/…` takes, with its two ids."""

    customer: CustomerClaim


@router.post(
    "/{order_id}/customer-claims",
    status_code=202,
    dependencies=[requires("orders:write"), at_home_where_seen(Thing.ORDER)],
)
async def claim(
    order_id: OrderId,
    body: ClaimIn,
    request: Request,
    database: DatabaseDep,
    now: Now,
    once: OnceForOrder,
    response: Response,
) -> OrderOut:
    """Say whose an anonymous sale was, such as from its receipt.

    It is resolved soon after as a new order's claim is, the order linked, and `order.linked.v1`
    told; a claim that identity refuses leaves the order anonymous.
    """
    cipher: ClaimCipher = request.app.state.cipher
    told = orjson.dumps(body.customer.model_dump(mode="json"))
    order = await claim_order(database, cipher, order_id, told, now=now, once=once)
    response.headers["ETag"] = etag(order.version)
    return OrderOut.model_validate(order)
