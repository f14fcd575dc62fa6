"""Claiming a sale that was nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.versions import etag
from orders.api.fields import CustomerClaim
from orders.api.order_out import OrderOut
from orders.api.orders import OnceForOrder
from orders.api.purviews import at_home_where_seen
from orders.domain.claiming import ClaimState
from orders.events import ORDER, OrderId
from orders.store.homes import Thing
from orders.use_cases.claim_order import claim_order
from orders.use_cases.read_claim import read_claim

if TYPE_CHECKING:
    from orders.store.claims import ClaimCipher

router = APIRouter(prefix="/v1/orders", tags=["orders"])


class ClaimIn(StrictModel):
    """Who bought, as a source says: what `PUT /v1/source-records/…` takes, with its two ids."""

    customer: CustomerClaim


class ClaimOut(BaseModel):
    """What became of a claim; only its state is left once it is linked or erased."""

    state: ClaimState
    claimed_at: AwareDatetime | None = None
    attempts: int | None = Field(default=None, description="How often identity was asked.")
    next_try_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = Field(default=None, description="When it was refused.")
    reason: str | None = Field(
        default=None,
        description="The type of identity's problem, or how it failed to answer, the last time.",
        examples=["urn:carnet:problem:invalid"],
    )
    fields: tuple[str, ...] = Field(
        default=(), description="The fields of the claim that are wrong, by their names."
    )


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
    told; a claim that identity refuses leaves the order anonymous. `GET` of the same path says how
    it stands.
    """
    cipher: ClaimCipher = request.app.state.cipher
    told = orjson.dumps(body.customer.model_dump(mode="json"))
    order = await claim_order(database, cipher, order_id, told, now=now, once=once)
    response.headers["ETag"] = etag(order.version)
    response.headers["Location"] = f"/v1/orders/{ORDER.show(order_id)}/customer-claims"
    return OrderOut.model_validate(order)


@router.get(
    "/{order_id}/customer-claims",
    dependencies=[requires("orders:read"), at_home_where_seen(Thing.ORDER)],
)
async def get_claim(order_id: OrderId, database: DatabaseDep) -> ClaimOut:
    """Read what became of the claim of an order, without what it says.

    `refused` means that identity refuses it for its `reason`, or did not answer for weeks: send
    another one. An order that was told with a customer's id was not claimed (404).
    """
    state, kept = await read_claim(database, order_id)
    if kept is None:
        return ClaimOut(state=state)
    return ClaimOut(
        state=state,
        claimed_at=kept.claimed_at,
        attempts=kept.attempts,
        next_try_at=kept.next_try_at,
        ended_at=kept.ended_at,
        reason=kept.reason,
        fields=kept.fields,
    )
