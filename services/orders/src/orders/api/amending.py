"""Changing an order that was placed, and what of it is made to measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.versions import etag
from orders.api.contact_in import ContactIn
from orders.api.delivery import DeliveryIn
from orders.api.fields import Count, LineNumber, LongText
from orders.api.line_in import LineIn, MeasurementsIn
from orders.api.order_out import OrderOut, SpecificationOut
from orders.api.orders import IfMatch, OnceForOrder
from orders.api.purviews import at_home_where_seen
from orders.api.versions import expected_version
from orders.domain.placing import MOST_LINES
from orders.events import OrderId
from orders.store.homes import Thing
from orders.use_cases.amend_order import Wish, amend_order, read_amendments
from orders.use_cases.read_orders import read_order
from orders.use_cases.specify_line import begin_production, read_specifications, specify_line

if TYPE_CHECKING:
    from orders.domain.order import Order

router = APIRouter(prefix="/v1/orders", tags=["orders"])

_READS = [requires("orders:read"), at_home_where_seen(Thing.ORDER)]
_WRITES = [requires("orders:write"), at_home_where_seen(Thing.ORDER)]

LineNo = Annotated[int, Path(ge=1, le=MOST_LINES)]


class CancelLineIn(StrictModel):
    """A quantity of a line to call off."""

    line_no: LineNumber
    quantity: Count


class AmendmentIn(StrictModel):
    """What is to change; what is left out stays. The reason is a word, nobody's name."""

    reason: LongText
    cancel_lines: Annotated[list[CancelLineIn], Field(max_length=2_000)] | None = None
    add_lines: Annotated[list[LineIn], Field(max_length=500)] | None = None
    delivery: DeliveryIn | None = None
    contact: ContactIn | None = None


class CancelledLineOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    line_no: int
    sku: str
    quantity: int
    removed_minor: int


class AddedLineOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    line_no: int
    sku: str
    quantity: int
    added_minor: int


class AmendmentOut(BaseModel):
    """One change; `total_minor` is what the order came to after it."""

    model_config = ConfigDict(from_attributes=True)

    order_version: int
    amended_at: AwareDatetime
    reason: str | None
    cancelled: tuple[CancelledLineOut, ...]
    added: tuple[AddedLineOut, ...]
    changed_delivery: bool
    changed_contact: bool
    total_minor: int


class AmendmentsOut(BaseModel):
    """An order's amendments, the first one first."""

    items: list[AmendmentOut]


class SpecificationsOut(BaseModel):
    """All versions of what a line is made after, the first one first."""

    items: list[SpecificationOut]


@router.post("/{order_id}/amendments", status_code=201, dependencies=_WRITES)
async def amend(
    order_id: OrderId,
    body: AmendmentIn,
    database: DatabaseDep,
    now: Now,
    once: OnceForOrder,
    response: Response,
    if_match: IfMatch = None,
) -> OrderOut:
    """Change an order before it is picked.

    What is neither picked nor being made can be called off at any time. The total that was placed
    stays; `present_total_minor` tells what the order comes to now.
    """
    order = await read_order(database, order_id)
    cancel: dict[int, int] = {}
    for line in body.cancel_lines or ():
        cancel[line.line_no] = cancel.get(line.line_no, 0) + line.quantity
    wish = Wish(
        reason=body.reason,
        cancel_lines=cancel,
        add_lines=[
            line.line(prices_include_tax=order.prices_include_tax, field=f"add_lines.{index}")
            for index, line in enumerate(body.add_lines or ())
        ],
        delivery=None
        if body.delivery is None
        else body.delivery.delivery(body.contact, taken_away=order.taken_away),
        contact=None if body.contact is None else body.contact.model_dump(mode="json"),
    )
    order = await amend_order(
        database,
        order_id,
        wish,
        expected_version=expected_version(if_match),
        now=now,
        once=once,
    )
    return _answer(order, response)


@router.get("/{order_id}/amendments", dependencies=_READS)
async def list_amendments(order_id: OrderId, database: DatabaseDep) -> AmendmentsOut:
    """List how an order was changed after it was placed."""
    found = await read_amendments(database, order_id)
    return AmendmentsOut(items=[AmendmentOut.model_validate(one) for one in found])


@router.post("/{order_id}/lines/{line_no}/specifications", status_code=201, dependencies=_WRITES)
async def specify(
    order_id: OrderId,
    line_no: LineNo,
    body: MeasurementsIn,
    database: DatabaseDep,
    now: Now,
    once: OnceForOrder,
    response: Response,
) -> OrderOut:
    """Keep another version of what a line is made after, until it is being made."""
    order = await specify_line(database, order_id, line_no, body.measurements(), now=now, once=once)
    return _answer(order, response)


@router.get("/{order_id}/lines/{line_no}/specifications", dependencies=_READS)
async def list_specifications(
    order_id: OrderId, line_no: LineNo, database: DatabaseDep
) -> SpecificationsOut:
    """List all versions of what a line is made after."""
    found = await read_specifications(database, order_id, line_no)
    return SpecificationsOut(items=[SpecificationOut.model_validate(one) for one in found])


@router.put("/{order_id}/lines/{line_no}/production", dependencies=_WRITES)
async def produce(
    order_id: OrderId,
    line_no: LineNo,
    database: DatabaseDep,
    now: Now,
    once: OnceForOrder,
    response: Response,
) -> OrderOut:
    """Say that a line is being made: from now on it is neither changed nor cancelled."""
    order = await begin_production(database, order_id, line_no, now=now, once=once)
    return _answer(order, response)


def _answer(order: Order, response: Response) -> OrderOut:
    response.headers["ETag"] = etag(order.version)
    return OrderOut.model_validate(order)
