"""Recording tracking events, one by one or many at once: hot paths, and how OpenAPI has them."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import orjson
from fastapi import APIRouter, Body
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.routing import Route

from chassis.api import json_response, principal_of, requires
from chassis.errors import Refusal
from chassis.idempotency import REPLAYED_HEADER
from chassis.problems import invalid, told_as
from chassis.tracing import current_traceparent
from orders.api.item_problems import ItemProblemOut, item_problem
from orders.api.order_out import ParcelOut
from orders.api.tracking_event_in import TrackingEventIn, TrackingEventOfIn
from orders.domain.telling import Recorded, ToldEvent, Unclaimed
from orders.domain.tracking import Tracking
from orders.events import PARCEL, ParcelId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from chassis.batching import Batcher
    from orders.use_cases.record_tracking import Outcome

    Singles = Batcher[ToldEvent, Outcome]
    Batches = Batcher[Sequence[ToldEvent], Sequence[Outcome]]

LARGEST = 500
ONE = "/v1/parcels/{parcel_id}/tracking-events"
MANY = "/v1/tracking-events"

router = APIRouter()


class TrackingOutcome(StrEnum):
    """What came of an event: `unclaimed` waits until a parcel with its number is registered."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    UNCLAIMED = "unclaimed"
    REFUSED = "refused"


class TrackingResultOut(BaseModel):
    """What came of one event, by its place: its parcel as it stood after it, or the problem."""

    index: int
    outcome: TrackingOutcome
    parcel_id: ParcelId | None = None
    parcel_status: Tracking | None = None
    problem: ItemProblemOut | None = None


Events = Annotated[list[TrackingEventOfIn], Field(min_length=1, max_length=LARGEST)]
_EVENTS = TypeAdapter(Events)
_ITEMS = TypeAdapter(Annotated[list[Any], Field(min_length=1, max_length=LARGEST)])
_EVENT = TypeAdapter(TrackingEventOfIn)


async def record_one(request: Request) -> Response:
    """Read one event, have it recorded with whatever else is waiting, answer after the commit."""
    request.scope["route"] = HOT_ROUTES[0]  # as FastAPI's routes tell it, for metrics and logs
    caller = principal_of(request, "orders:write")
    parcel_id = PARCEL.read(request.path_params["parcel_id"])
    event = told_as(TrackingEventIn.model_validate_json, await request.body())
    told = event.told_of(
        parcel_id,
        received_at=datetime.now(UTC),
        purview=caller.purview,
        traceparent=current_traceparent(),
    )
    singles: Singles = request.app.state.tracking_singles
    outcome = await singles.submit(told)
    if isinstance(outcome, Refusal):
        raise outcome
    assert isinstance(outcome, Recorded)  # noqa: S101 - a parcel named by its id is not waited for
    headers = {REPLAYED_HEADER: "true"} if outcome.is_repeated else None
    out = ParcelOut.model_validate(outcome.parcel)
    return json_response(201, out.model_dump_json().encode(), headers)


async def record_many(request: Request) -> Response:
    """Read events, refuse those that cannot be read, have the others recorded together."""
    request.scope["route"] = HOT_ROUTES[1]
    caller = principal_of(request, "orders:write")
    now, trace = datetime.now(UTC), current_traceparent()
    read = [
        event
        if isinstance(event, Refusal)
        else event.told_of(event.parcel, received_at=now, purview=caller.purview, traceparent=trace)
        for event in _read(await request.body())
    ]
    batches: Batches = request.app.state.tracking_batches
    told = [event for event in read if isinstance(event, ToldEvent)]
    outcomes = iter(await batches.submit(told) if told else ())
    results = [
        _result(index, one if isinstance(one, Refusal) else next(outcomes))
        for index, one in enumerate(read)
    ]
    return json_response(200, orjson.dumps(results))


HOT_ROUTES = (
    Route(ONE, record_one, methods=["POST"]),
    Route(MANY, record_many, methods=["POST"]),
)


@router.post(ONE, status_code=201, dependencies=[requires("orders:write")], tags=["parcels"])
async def post_tracking_event(parcel_id: ParcelId, body: TrackingEventIn) -> ParcelOut:
    """Record a tracking event; the parcel's status is what all its events come to.

    Events may come late, twice or shuffled: the end is the same. An event after the delivery
    disputes it, and never takes it back.
    """
    # Served by `record_one`, the route of the same path that comes first: this only documents it.
    _never_reached(parcel_id, body)


@router.post(MANY, dependencies=[requires("orders:write")], tags=["parcels"])
async def post_tracking_events(events: Annotated[Events, Body()]) -> list[TrackingResultOut]:
    """Record up to 500 tracking events; the answer has a result for each, in the same order.

    Each names its parcel by `parcel_id`, or by `carrier` and `tracking_number`, which is the one
    registered last with them. One that cannot be taken is refused with its problem, and the others
    are recorded. What is told of a number that nobody has registered yet is kept, and recorded
    when a shipment registers it. Sending a batch again changes nothing.
    """
    _never_reached(events)


def _never_reached(*_arguments: Any) -> NoReturn:
    message = "Tracking events are recorded by their hot routes."
    raise AssertionError(message)


def _read(body: bytes) -> Sequence[TrackingEventOfIn | Refusal]:
    try:
        return _EVENTS.validate_json(body)
    except ValidationError:
        return [_read_item(item) for item in told_as(_ITEMS.validate_json, body)]


def _read_item(item: object) -> TrackingEventOfIn | Refusal:
    try:
        return _EVENT.validate_python(item)
    except ValidationError as error:
        return invalid(error.errors(), told=item)


def _result(index: int, outcome: Outcome) -> dict[str, Any]:
    """Write a result as `TrackingResultOut` documents it."""
    result: dict[str, Any] = {
        "index": index,
        "outcome": TrackingOutcome.REFUSED.value,
        "parcel_id": None,
        "parcel_status": None,
        "problem": None,
    }
    if isinstance(outcome, Refusal):
        return result | {"problem": item_problem(outcome)}
    if isinstance(outcome, Recorded):
        result |= {
            "parcel_id": PARCEL.show(outcome.parcel.id),
            "parcel_status": outcome.parcel.status.value,
        }
    kind = TrackingOutcome.UNCLAIMED if isinstance(outcome, Unclaimed) else TrackingOutcome.RECORDED
    result["outcome"] = (TrackingOutcome.REPEATED if outcome.is_repeated else kind).value
    return result
