"""What was sold under a serial number, and whose it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel

from chassis.api import DatabaseDep, requires
from chassis.global_ids import GlobalId
from orders.api.purviews import HomeRegions
from orders.domain.placing import Channel, CustomerState
from orders.domain.serial_numbers import Piece, Sale, SerialNumber
from orders.events import OrderId
from orders.use_cases.find_serial_number import find_serial_number

router = APIRouter(prefix="/v1/serial-numbers", tags=["orders"])


class SaleOut(BaseModel):
    """A sale of the piece; its customer by the id that is hers now."""

    order_id: OrderId
    line_no: int
    sku: str
    description: str | None
    channel: Channel
    store: str | None
    country: str
    placed_at: AwareDatetime
    customer: CustomerState
    customer_id: GlobalId | None
    piece: Piece

    @classmethod
    def of(cls, sale: Sale) -> SaleOut:
        order, line = sale.order, sale.line
        return cls(
            order_id=order.id,
            line_no=line.line_no,
            sku=line.sku,
            description=line.description,
            channel=order.channel,
            store=order.store,
            country=order.country,
            placed_at=order.placed_at,
            customer=order.customer,
            customer_id=order.customer_id,
            piece=sale.piece,
        )


class SerialNumberOut(BaseModel):
    """A serial number's sales, the latest first; `owned_by` is the one that stands, or null.

    `is_doubtful` where more than one stands: two pieces carry it, or a return was not told.
    """

    serial_number: str
    owned_by: SaleOut | None
    is_doubtful: bool
    sales: list[SaleOut]

    @classmethod
    def of(cls, found: SerialNumber) -> SerialNumberOut:
        owned_by = found.owned_by
        return cls(
            serial_number=found.serial_number,
            owned_by=None if owned_by is None else SaleOut.of(owned_by),
            is_doubtful=found.is_doubtful,
            sales=[SaleOut.of(sale) for sale in found.sales],
        )


@router.get("/{serial_number:path}", dependencies=[requires("orders:read")])
async def get_serial_number(
    serial_number: Annotated[str, Path(min_length=1, max_length=100)],
    database: DatabaseDep,
    regions: HomeRegions,
) -> SerialNumberOut:
    """Find what was sold under a serial number, and by which sale it is somebody's now."""
    return SerialNumberOut.of(await find_serial_number(database, serial_number, regions=regions))
