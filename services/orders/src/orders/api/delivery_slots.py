"""Delivery slots: the windows of a postcode, and places in them held, booked, moved, let go."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Self

from fastapi import APIRouter, Header, Query
from pydantic import AwareDatetime, BaseModel, Field, model_validator
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
from chassis.canonical import body_hash
from chassis.errors import FieldProblem, Invalid, Refusal
from chassis.ids import new_uuid
from chassis.iso import Country
from chassis.principal import Principal
from chassis.problems import told_as
from orders.api.fields import Day, Instant, ShortText
from orders.api.purviews import at_home_where_seen
from orders.domain.slots import Hold, HoldState, NewHold
from orders.domain.times import local_moment
from orders.domain.zones import WINDOW
from orders.events import OrderId, SlotHoldId
from orders.store.homes import Thing
from orders.use_cases.keep_zones import list_slots
from orders.use_cases.sell_slots import book_hold, move_hold, read_hold, release_hold

if TYPE_CHECKING:
    from starlette.responses import Response

    from chassis.batching import Batcher
    from orders.use_cases.hold_slots import HoldOutcome
    from orders.use_cases.keep_zones import ZoneMap

router = APIRouter(prefix="/v1/delivery-slots", tags=["delivery slots"])

_WRITES = [requires("orders:write")]
_SEEN = at_home_where_seen(Thing.HOLD)
_LONGEST_KEY = 255

Postcode = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[^\x00-\x1f\x7f]*$")]


class InvalidKey(Invalid):
    slug = "invalid-idempotency-key"
    title = "The Idempotency-Key is not valid"


class SlotOut(BaseModel):
    """A window, and how many places are left.

    Where the house offers fewer than are taken already, `held` and `booked` exceed `capacity`.
    """

    zone: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    capacity: int
    held: int
    booked: int
    free: int


class SlotsOut(BaseModel):
    """The windows that may still be taken, the next first; `time_zone` is that of local days."""

    zone: str
    time_zone: str
    slots: list[SlotOut]


class HoldIn(StrictModel):
    """A place in a window, of a zone or of whichever covers a postcode of a country."""

    zone: ShortText | None = None
    country: Country | None = None
    postcode: Postcode | None = None
    starts_at: Instant

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        told = (self.zone is not None, self.country is not None, self.postcode is not None)
        if told not in {(True, False, False), (False, True, True)}:
            message = "needs either a zone, or a country and a postcode"
            raise ValueError(message)
        return self

    async def zone_of(self, zones: ZoneMap) -> str:
        """Name the zone that is meant; raises `NotDeliveredThere`."""
        if self.country is None or self.postcode is None:
            return self.zone or ""
        return await zones.covering(self.country, self.postcode)


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
    postcode: Annotated[Postcode, Query()],
    database: DatabaseDep,
    now: Now,
    first: Annotated[Day | None, Query(alias="from", description="A local day.")] = None,
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
                held=slot.held,
                booked=slot.booked,
                free=slot.free,
            )
            for slot in slots
        ],
    )


async def hold_place(request: Request) -> Response:
    """Hold a place: those who ask at the same moment share one commit, first come first served."""
    request.scope["route"] = HOT_ROUTES[0]  # as FastAPI's routes tell it, for metrics and logs
    caller = principal_of(request, "orders:write")
    raw = await request.body()
    body = told_as(HoldIn.model_validate_json, raw)
    key = request.headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
        mend = f"Send a key of 1 to {_LONGEST_KEY} characters."
        raise InvalidKey(mend, fields=[FieldProblem("Idempotency-Key", "has another length", mend)])
    hold_id = new_uuid()
    asked = NewHold(
        id=hold_id,
        client_id=caller.client_id,
        key=str(hold_id) if key is None else key,
        request_hash=body_hash(body=raw),
        zone=await body.zone_of(request.app.state.zones),
        starts_at=local_moment(body.starts_at, None, field="starts_at").at,
        made_at=datetime.now(UTC),
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
            description="The same key and body again give the same hold.",
        ),
    ] = None,
) -> HoldOut:
    """Hold a place for a while; of those who ask together who came first is served first."""
    # Served by `hold_place`, the route of the same path that comes first: this only documents it.
    message = f"{body} {key} is held by its hot route."
    raise AssertionError(message)


@router.get("/holds/{hold_id}", dependencies=[requires("orders:read"), _SEEN])
async def get_hold(hold_id: SlotHoldId, database: DatabaseDep, now: Now) -> HoldOut:
    """Give a hold as it is now."""
    return HoldOut.of(await read_hold(database, hold_id, now=now))


@router.post("/holds/{hold_id}/confirm", dependencies=[_SEEN])
async def confirm(
    hold_id: SlotHoldId,
    body: BookingIn,
    database: DatabaseDep,
    caller: Annotated[Principal, requires("orders:write")],
    now: Now,
) -> HoldOut:
    """Book the place for an order; again for the same order changes nothing.

    A hold that expired is taken anew where there is still room (409 otherwise). An order has one
    place at a time; once its window is over, another attempt may be booked.
    """
    booked = await book_hold(database, hold_id, body.order_id, purview=caller.purview, now=now)
    return HoldOut.of(booked)


@router.post("/holds/{hold_id}/move", dependencies=[*_WRITES, _SEEN])
async def move(hold_id: SlotHoldId, body: MoveIn, database: DatabaseDep, now: Now) -> HoldOut:
    """Move the place to another window; the old one is let go once the new one is had.

    What was promised in a window that has begun stays (409).
    """
    starts_at = local_moment(body.starts_at, None, field="starts_at").at
    return HoldOut.of(await move_hold(database, hold_id, starts_at, now=now))


@router.post("/holds/{hold_id}/release", dependencies=[*_WRITES, _SEEN])
async def release(hold_id: SlotHoldId, database: DatabaseDep, now: Now) -> HoldOut:
    """Let the place go; again changes nothing. One whose window has begun stays (409)."""
    return HoldOut.of(await release_hold(database, hold_id, now=now))
