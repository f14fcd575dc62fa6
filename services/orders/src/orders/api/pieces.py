"""The pieces with a serial number that a customer has by now."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from chassis.api import DatabaseDep, Now, requires
from chassis.global_ids import GlobalId
from chassis.paging import Cursor, Page
from orders.api.cursors import read_piece_place, show_piece_place
from orders.api.fields import Day
from orders.api.purviews import HomeRegions
from orders.api.serial_numbers import WarrantyOut
from orders.domain.pieces import OwnedPiece
from orders.domain.serial_numbers import Piece
from orders.events import OrderId, TransferId
from orders.use_cases.read_pieces import list_pieces

router = APIRouter(prefix="/v1/customers", tags=["orders"])


class PieceOut(BaseModel):
    """A piece, whose it is since when, and the sale that it comes from."""

    serial_number: str
    sku: str
    description: str | None
    category: str | None
    since: AwareDatetime = Field(description="Since when it is this customer's.")
    transfer_id: TransferId | None = Field(
        description="How it came to them, where they did not buy it themselves."
    )
    order_id: OrderId = Field(description="The sale it comes from, which may be another's.")
    line_no: int
    store: str | None
    country: str
    placed_at: AwareDatetime
    piece: Piece
    is_doubtful: bool = Field(description="More than one sale of the serial number stands.")
    warranty: WarrantyOut

    @classmethod
    def of(cls, owned: OwnedPiece, on: date) -> PieceOut:
        sale = owned.sale
        order, line = sale.order, sale.line
        return cls(
            serial_number=owned.serial_number,
            sku=line.sku,
            description=line.description,
            category=line.category,
            since=owned.place.since,
            transfer_id=sale.transfers[-1].id if sale.transfers else None,
            order_id=order.id,
            line_no=line.line_no,
            store=order.store,
            country=order.country,
            placed_at=order.placed_at,
            piece=sale.piece,
            is_doubtful=owned.is_doubtful,
            warranty=WarrantyOut.of(sale.warranty, on),
        )


@router.get("/{customer_id}/pieces", dependencies=[requires("orders:read")])
async def get_pieces(
    customer_id: GlobalId,
    database: DatabaseDep,
    regions: HomeRegions,
    now: Now,
    on: Annotated[Day | None, Query(description="The day of the warranties' state.")] = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at the most.")] = 20,
) -> Page[PieceOut]:
    """List the pieces with a serial number that a customer has, the one had last first.

    Those bought and neither handed on nor taken back, and those that were handed on to them. A
    retired id gives the survivor's.
    """
    found = await list_pieces(
        database, customer_id, regions=regions, before=read_piece_place(cursor), limit=limit
    )
    return Page(
        items=[PieceOut.of(owned, on or now.date()) for owned in found.pieces],
        next_cursor=None if found.last is None else show_piece_place(found.last),
    )
