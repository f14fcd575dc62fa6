"""What was sold under a serial number, whose it was and is, and handing it on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.canonical import body_hash
from chassis.global_ids import GlobalId
from chassis.idempotency import REPLAYED_HEADER
from chassis.principal import Principal
from orders.api.fields import Day, Instant
from orders.api.purviews import HomeRegions
from orders.domain.handing_on import NewTransfer
from orders.domain.placing import Channel, CustomerState
from orders.domain.serial_numbers import (
    Event,
    Happening,
    Owner,
    OwnerState,
    Piece,
    Sale,
    SaleConflict,
    SerialNumber,
    Transfer,
)
from orders.domain.times import local_moment
from orders.domain.warranties import Warranty, WarrantySource, WarrantyState
from orders.events import TRANSFER, OrderId, ReturnId, TransferId
from orders.use_cases.find_serial_number import find_serial_number
from orders.use_cases.hand_on_piece import hand_on_piece

router = APIRouter(prefix="/v1/serial-numbers", tags=["orders"])

Serial = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


class OwnerOut(BaseModel):
    """Whose the piece is by the id that is theirs now; null where it is not known."""

    model_config = ConfigDict(from_attributes=True)

    state: OwnerState
    customer_id: GlobalId | None
    since: AwareDatetime


class WarrantyOut(BaseModel):
    """A sale's warranty, and how it stands on a day; it begins with the delivery."""

    months: int
    days: int = Field(description="After the months.")
    source: WarrantySource | None
    starts_on: date | None
    until_on: Annotated[date | None, Field(description="Its last day.")]
    ended_on: Annotated[date | None, Field(description="When the piece came back.")]
    on: date
    state: WarrantyState

    @classmethod
    def of(cls, warranty: Warranty, on: date) -> WarrantyOut:
        return cls(
            months=warranty.months,
            days=warranty.days,
            source=warranty.source,
            starts_on=warranty.starts_on,
            until_on=warranty.until_on,
            ended_on=warranty.ended_on,
            on=on,
            state=warranty.state(on),
        )


class SaleOut(BaseModel):
    """A sale of the piece, who bought it, and whose it is since."""

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
    owner: OwnerOut | None
    warranty: WarrantyOut

    @classmethod
    def of(cls, sale: Sale, on: date) -> SaleOut:
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
            owner=None if sale.owner is None else _owner(sale.owner),
            warranty=WarrantyOut.of(sale.warranty, on),
        )


class EventOut(BaseModel):
    """Something that happened to the piece, and whose it was from then on."""

    what: Happening
    at: AwareDatetime | None
    order_id: OrderId
    owner: OwnerOut | None
    transfer_id: TransferId | None
    return_id: ReturnId | None

    @classmethod
    def of(cls, event: Event) -> EventOut:
        return cls(
            what=event.what,
            at=event.at,
            order_id=event.order_id,
            owner=None if event.owner is None else _owner(event.owner),
            transfer_id=event.transfer_id,
            return_id=event.return_id,
        )


class ConflictOut(BaseModel):
    """Two sales without a return in between; settled once not both of them stand."""

    earlier_order_id: OrderId
    later_order_id: OrderId
    is_settled: bool

    @classmethod
    def of(cls, conflict: SaleConflict) -> ConflictOut:
        return cls(
            earlier_order_id=conflict.earlier.order.id,
            later_order_id=conflict.later.order.id,
            is_settled=conflict.is_settled,
        )


class SerialNumberOut(BaseModel):
    """A serial number's sales, the latest first; `owned_by` is the one that stands, or null.

    `is_doubtful` where more than one stands: two pieces carry it, or a return was not told. The
    history is told from the first sale on, each with what came of it.
    """

    serial_number: str
    owned_by: SaleOut | None
    is_doubtful: bool
    sales: list[SaleOut]
    conflicts: list[ConflictOut]
    history: list[EventOut]

    @classmethod
    def of(cls, found: SerialNumber, on: date) -> SerialNumberOut:
        owned_by = found.owned_by
        return cls(
            serial_number=found.serial_number,
            owned_by=None if owned_by is None else SaleOut.of(owned_by, on),
            is_doubtful=found.is_doubtful,
            sales=[SaleOut.of(sale, on) for sale in found.sales],
            conflicts=[ConflictOut.of(conflict) for conflict in found.conflicts],
            history=[EventOut.of(event) for event in found.history()],
        )


class TransferIn(StrictModel):
    """Who had the piece and who has it; null is somebody the house does not know."""

    from_customer_id: GlobalId | None
    to_customer_id: GlobalId | None
    transferred_at: Instant | None = Field(default=None, description="Without it, now.")
    order_id: OrderId | None = Field(
        default=None, description="The sale that is meant, where more than one stands."
    )


class TransferOut(BaseModel):
    """A transfer as it is stored; the customer by the id that is theirs now."""

    transfer_id: TransferId
    serial_number: str
    order_id: OrderId
    line_no: int
    owner: OwnerOut
    received_at: AwareDatetime

    @classmethod
    def of(cls, transfer: Transfer) -> TransferOut:
        return cls(
            transfer_id=transfer.id,
            serial_number=transfer.serial_number,
            order_id=transfer.order_id,
            line_no=transfer.line_no,
            owner=_owner(transfer.owner),
            received_at=transfer.received_at,
        )


@router.post("/{serial_number:path}/transfers", status_code=201)
async def post_transfer(
    serial_number: Serial,
    body: TransferIn,
    request: Request,
    response: Response,
    database: DatabaseDep,
    caller: Annotated[Principal, requires("orders:write")],
    now: Now,
    key: Annotated[
        str | None, Header(alias="Idempotency-Key", min_length=1, max_length=255)
    ] = None,
) -> TransferOut:
    """Hand a piece on: from its present owner to another customer, or out of the house's sight.

    Refused (409) where it is not the told customer's. Its warranty goes with it.
    """
    at: datetime = body.transferred_at or now
    transfer_id = TRANSFER.new()
    told = NewTransfer(
        id=transfer_id,
        client_id=caller.client_id,
        key=str(transfer_id) if key is None else key,
        request_hash=body_hash(request.url.path, body=await request.body()),
        serial_number=serial_number,
        order_id=body.order_id,
        giver=body.from_customer_id,
        receiver=body.to_customer_id,
        at=local_moment(at, None, field="transferred_at").at,
        received_at=now,
    )
    handed_on = await hand_on_piece(database, told, purview=caller.purview)
    if handed_on.is_replayed:
        response.headers[REPLAYED_HEADER] = "true"
    return TransferOut.of(handed_on.transfer)


@router.get("/{serial_number:path}", dependencies=[requires("orders:read")])
async def get_serial_number(
    serial_number: Serial,
    database: DatabaseDep,
    regions: HomeRegions,
    now: Now,
    on: Annotated[Day | None, Query(description="The day of the warranty's state.")] = None,
) -> SerialNumberOut:
    """Find what was sold under a serial number, whose it is, and what happened to it."""
    found = await find_serial_number(database, serial_number, regions=regions)
    return SerialNumberOut.of(found, on or now.date())


def _owner(owner: Owner) -> OwnerOut:
    return OwnerOut.model_validate(owner)
