"""Exchanges: the order that a customer took for goods that came back."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from orders.api.fields import Minor
from orders.api.purviews import at_home_where_seen
from orders.events import OrderId, ReturnId
from orders.store.homes import Thing
from orders.use_cases.exchange_return import exchange_return

router = APIRouter(prefix="/v1/orders", tags=["orders"])

_WRITES = [
    requires("orders:write"),
    at_home_where_seen(Thing.ORDER),
    at_home_where_seen(Thing.RETURN),
]


class ExchangeIn(StrictModel):
    """What of the return's worth pays for the order; without it all, up to the order's total."""

    credit_minor: Minor | None = None


class ExchangeOut(BaseModel):
    """An order that was taken for goods that came back; the credit counts as paid."""

    model_config = ConfigDict(from_attributes=True)

    return_id: ReturnId
    order_id: OrderId
    credit_minor: int = Field(description="In minor units of the currency of both.")
    exchanged_at: AwareDatetime


@router.put("/{order_id}/exchanges/{return_id}", dependencies=_WRITES)
async def exchange(
    order_id: OrderId, return_id: ReturnId, body: ExchangeIn, database: DatabaseDep, now: Now
) -> ExchangeOut:
    """Say that an order was taken for a return; the same again changes nothing."""
    told = await exchange_return(database, return_id, order_id, body.credit_minor, now=now)
    return ExchangeOut.model_validate(told)
