"""Shipments of many orders at once: a result for each, and bad ones spoil nothing."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, Field, ValidationError

from chassis.api import DatabaseDep, Now, principal_of, requires
from chassis.errors import Refusal
from chassis.problems import invalid
from orders.api.fulfilling import ShipmentIn, new_token
from orders.api.item_problems import ItemProblemOut, item_problem
from orders.domain.shipping import ToldShipment
from orders.events import OrderId, ParcelId, ShipmentId
from orders.use_cases.ship_orders import ship_orders

if TYPE_CHECKING:
    from orders.use_cases.ship_orders import Outcome

router = APIRouter(prefix="/v1/shipments", tags=["shipments"])

LARGEST = 500


class ShipmentOfIn(ShipmentIn):
    """A shipment that names its order."""

    order_id: OrderId


class ShipmentOutcome(StrEnum):
    """What came of a shipment: `repeated` where its order had just these parcels together."""

    SHIPPED = "shipped"
    REPEATED = "repeated"
    REFUSED = "refused"


class ShipmentResultOut(BaseModel):
    """What came of one shipment, by its place: its parcels as they were told, or the problem."""

    index: int
    outcome: ShipmentOutcome
    shipment_id: ShipmentId | None = None
    parcel_ids: list[ParcelId] = []
    problem: ItemProblemOut | None = None


Item = Annotated[ShipmentOfIn | Any, Field(union_mode="left_to_right")]


@router.post("", dependencies=[requires("orders:write")])
async def ship_many(
    items: Annotated[list[Item], Body(min_length=1, max_length=LARGEST)],
    request: Request,
    database: DatabaseDep,
    now: Now,
) -> list[ShipmentResultOut]:
    """Hand over the parcels of up to 500 shipments; the answer has a result for each, in order.

    Each is what `POST /v1/orders/{order_id}/shipments` takes, with its `order_id`. One that cannot
    be taken is refused with its problem, and the others are stored. A shipment is known for ever by
    its parcels' carriers and numbers: sending it again changes nothing.
    """
    read = [_read(item) for item in items]
    told = [one for one in read if isinstance(one, ToldShipment)]
    outcomes = iter(
        await ship_orders(
            database,
            told,
            purview=principal_of(request).purview,
            now=now,
            new_token=new_token,
        )
        if told
        else ()
    )
    return [
        _result(index, one if isinstance(one, Refusal) else next(outcomes))
        for index, one in enumerate(read)
    ]


def _read(item: object) -> ToldShipment | Refusal:
    if not isinstance(item, ShipmentOfIn):
        try:
            item = ShipmentOfIn.model_validate_json(orjson.dumps(item))
        except ValidationError as error:
            return invalid(error.errors(), told=item)
    return item.told_of(item.order_id)


def _result(index: int, outcome: Outcome) -> ShipmentResultOut:
    if isinstance(outcome, Refusal):
        problem = ItemProblemOut(**item_problem(outcome))
        return ShipmentResultOut(index=index, outcome=ShipmentOutcome.REFUSED, problem=problem)
    kind = ShipmentOutcome.REPEATED if outcome.is_repeated else ShipmentOutcome.SHIPPED
    return ShipmentResultOut(
        index=index,
        outcome=kind,
        shipment_id=outcome.shipment_id,
        parcel_ids=[parcel.id for parcel in outcome.parcels],
    )
