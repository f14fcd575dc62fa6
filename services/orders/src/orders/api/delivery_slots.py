"""Delivery slots: the windows of a postcode, and places in them held, booked, moved, let go."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Self

from fastapi import APIRouter, Header, Query
from pydantic import AwareDatetime, BaseModel, Field
from starlette.requests import Request
from starlette.routing import Route

from chassis.api import (
    DatabaseDep,
    Now,
    StrictModel,
    json_response,
    principal_of,
    requires,
)
from chassis.errors import FieldProblem, Invalid, Refusal
from chassis.ids import new_uuid
from chassis.iso import Country
from orders.api.fields import Instant, ShortText
from orders.domain.slots import WINDOW, Hold, HoldState, NewHold
from orders.events import OrderId, SlotHoldId
from orders.use_cases.keep_zones import list_slots
from orders.use_cases.sell_slots import book_hold, move_hold, read_hold, release_hold

if TYPE_CHECKING:
    from starlette.responses import Response

    from chassis.batching import Batcher
    from orders.use_cases.sell_slots import HoldOutcome

router = APIRouter(prefix="/v1/delivery-slots", tags=["delivery slots"])

_WRITES = [requires("orders:write")]
_LONGEST_KEY = 255


class InvalidKey(Invalid):
    slug = "invalid-idempotency-key"
    title = "The Idempotency-Key is not valid"


class SlotOut(BaseModel):
    """A window, and how many places are left."""

    zone: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    capacity: int
    free: int


class SlotsOut(BaseModel):
    """The windows that may still be taken, the next first; `time_zone` is that of local days."""

    zone: str
    time_zone: str
    slots: list[SlotOut]


class HoldIn(StrictModel):
    """A place in a window."""

    zone: ShortText
    starts_at: Instant


class BookingIn(StrictModel):
    """For which order the place is booked."""

    order_id: OrderId


class MoveIn(StrictModel):
    """To which window of the same zone."""

    starts_at: Instant


class HoldOut(BaseModel):
    """A place: held until `expires_at`, then booked for an order, or let go."""

    hold_id: SlotHoldId
    zone: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    state: HoldState
    expires_at: Annotated[AwareDatetime, Field(description="Of a booked place it says nothing.")]
    order_id: OrderId | None

    @classmethod
    def of(cls, hold: Hold) -> Self:
        return cls(
            hold_id=hold.id,
            zone=hold.zone,
            starts_at=hold.starts_at,
            ends_at=hold.ends_at,
            state=hold.state,
            expires_at=hold.expires_at,
            order_id=hold.order_id,
        )


@router.get("", dependencies=[requires("orders:read")])
async def get_slots(
    country: Annotated[Country, Query()],
    postcode: Annotated[str, Query(min_length=1, max_length=20)],
    database: DatabaseDep,
    now: Now,
    first: Annotated[date | None, Query(alias="from", description="A local day.")] = None,
    days: Annotated[int, Query(ge=1, le=31)] = 7,
) -> SlotsOut:
    """List the windows in which the house still delivers at a postcode."""
    zone, slots = await list_slots(database, country, postcode, first=first, days=days, now=now)
    return SlotsOut(
        zone=zone.name,
        time_zone=zone.time_zone,
        slots=[
            SlotOut(
                zone=slot.zone,
                starts_at=slot.starts_at,
                ends_at=slot.starts_at + WINDOW,
                capacity=slot.capacity,
                free=slot.free,
            )
            for slot in slots
        ],
    )


async def hold_place(request: Request) -> Response:
    """Hold a place: those who ask at the same moment share one commit, first come first served."""
    request.scope["route"] = HOT_ROUTES[0]  # as FastAPI's routes tell it, for metrics and logs
    caller = principal_of(request, "orders:write")
    body = HoldIn.model_validate_json(await request.body())
    key = request.headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
        mend = f"Send a key of 1 to {_LONGEST_KEY} characters."
        raise InvalidKey(mend, fields=[FieldProblem("Idempotency-Key", "has another length", mend)])
    now = datetime.now(UTC)
    zone = await request.app.state.zones.named(body.zone)
    capacity = zone.capacity_at(body.starts_at)
    zone.check_in_time(body.starts_at, now=now)
    hold_id = new_uuid()
    asked = NewHold(
        id=hold_id,
        client_id=caller.client_id,
        key=str(hold_id) if key is None else key,
        zone=zone.name,
        starts_at=body.starts_at.astimezone(UTC),
        capacity=capacity,
        expires_at=now + timedelta(minutes=zone.hold_minutes),
        made_at=now,
    )
    holds: Batcher[NewHold, HoldOutcome] = request.app.state.holds
    outcome = await holds.submit(asked)
    if isinstance(outcome, Refusal):
        raise outcome
    return json_response(201, HoldOut.of(outcome).model_dump_json().encode())


HOT_ROUTES = (Route(f"{router.prefix}/holds", hold_place, methods=["POST"]),)


@router.post("/holds", status_code=201, dependencies=_WRITES)
async def post_hold(
    body: HoldIn,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=_LONGEST_KEY,
            description="The same key again gives the same hold.",
        ),
    ] = None,
) -> HoldOut:
    """Hold a place for a while; of those who ask together who came first is served first."""
    # Served by `hold_place`, the route of the same path that comes first: this only documents it.
    message = f"{body} {key} is held by its hot route."
    raise AssertionError(message)


@router.get("/holds/{hold_id}", dependencies=[requires("orders:read")])
async def get_hold(hold_id: SlotHoldId, database: DatabaseDep, now: Now) -> HoldOut:
    """Give a hold as it is now."""
    return HoldOut.of(await read_hold(database, hold_id, now=now))


@router.post("/holds/{hold_id}/confirm", dependencies=_WRITES)
async def confirm(hold_id: SlotHoldId, body: BookingIn, database: DatabaseDep, now: Now) -> HoldOut:
    """Book the place for an order; again for the same order changes nothing.

    A hold that expired is taken anew where there is still room (409 otherwise).
    """
    return HoldOut.of(await book_hold(database, hold_id, body.order_id, now=now))


@router.post("/holds/{hold_id}/move", dependencies=_WRITES)
async def move(hold_id: SlotHoldId, body: MoveIn, database: DatabaseDep, now: Now) -> HoldOut:
    """Move the place to another window; the old one is let go once the new one is had."""
    return HoldOut.of(await move_hold(database, hold_id, body.starts_at, now=now))


@router.post("/holds/{hold_id}/release", dependencies=_WRITES)
async def release(hold_id: SlotHoldId, database: DatabaseDep, now: Now) -> HoldOut:
    """Let the place go; again changes nothing."""
    return HoldOut.of(await release_hold(database, hold_id, now=now))
