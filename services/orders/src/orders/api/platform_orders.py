"""What shop platforms deliver, unchanged: taken at once, read a moment later."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.api import DatabaseDep, Now, principal_of, requires
from chassis.idempotency import REPLAYED_HEADER
from chassis.ids import new_uuid
from chassis.paging import Cursor, Page
from orders.api.carrier_answers import Payload
from orders.api.cursors import read_place, show_place
from orders.api.purviews import HomeRegions
from orders.api.shop_in import ShopIn
from orders.domain.carrier_answers import check_signature
from orders.domain.platform_orders import Delivery, Problem, Step
from orders.domain.webhooks import DELIVERY_HEADERS
from orders.events import OrderId, PlatformDeliveryId
from orders.use_cases.take_platform_orders import (
    check_platform,
    read_again,
    read_deliveries,
    read_delivery,
    take_delivery,
)

router = APIRouter(prefix="/v1/platform-orders", tags=["orders"])

_RAW_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {}}}}
}
_LONGEST = 100

WithProblems = Annotated[
    bool, Query(description="Only those of which something could not be applied.")
]


class DeliveryState(StrEnum):
    """Whether a delivery was read, and if all of it was applied."""

    WAITING = "waiting"
    READ = "read"
    TROUBLED = "troubled"


class ProblemOut(BaseModel):
    """Something that could not be applied; `problem` is the name of the refusal."""

    model_config = ConfigDict(from_attributes=True)

    external_ref: str | None
    step: Step
    problem: str
    detail: str


class PlatformDeliveryOut(BaseModel):
    """What became of a body: orders `placed`, orders that were `known` before, and problems."""

    model_config = ConfigDict(from_attributes=True)

    delivery_id: PlatformDeliveryId
    platform: str
    source: str
    state: DeliveryState
    told_delivery_id: str | None = Field(description="The platform's own id of the delivery.")
    topic: str | None
    received_at: AwareDatetime
    read_at: AwareDatetime | None
    placed: int | None
    known: int | None
    order_ids: tuple[OrderId, ...]
    problems: tuple[ProblemOut, ...]

    @classmethod
    def of(cls, delivery: Delivery) -> PlatformDeliveryOut:
        state = DeliveryState.WAITING if delivery.read_at is None else DeliveryState.READ
        if delivery.problems and delivery.read_at is not None:
            state = DeliveryState.TROUBLED
        return cls(
            delivery_id=delivery.id,
            platform=delivery.platform,
            source=delivery.source,
            state=state,
            told_delivery_id=delivery.delivery_id,
            topic=delivery.topic,
            received_at=delivery.received_at,
            read_at=delivery.read_at,
            placed=delivery.placed,
            known=delivery.known,
            order_ids=delivery.order_ids,
            problems=tuple(_problem(problem) for problem in delivery.problems),
        )


@router.post(
    "/{platform}",
    status_code=202,
    dependencies=[requires("orders:write")],
    openapi_extra=_RAW_BODY,
)
async def post_delivery(
    platform: Annotated[str, Path(max_length=50)],
    shop: Annotated[ShopIn, Query()],
    request: Request,
    payload: Payload,
    database: DatabaseDep,
    now: Now,
    response: Response,
) -> PlatformDeliveryOut:
    """Take a platform's order, or a list of them, as it came; the worker reads it.

    The same body again is the same delivery. Where the house has told the platform's secret, the
    body must carry its signature (401 otherwise).
    """
    check_platform(platform)
    check_signature(platform, payload, request.headers, request.app.state.webhook_secrets)
    caller = principal_of(request)
    told = shop.shop()
    delivery, is_repeated = await take_delivery(
        database,
        told_delivery(platform, request, source=told.source, home=told.home_region, now=now),
        shop=told,
        payload=payload,
        client_id=caller.client_id,
        purview=caller.purview,
    )
    if is_repeated:
        response.headers[REPLAYED_HEADER] = "true"
    return PlatformDeliveryOut.of(delivery)


@router.get("", dependencies=[requires("orders:read")])
async def list_all(
    database: DatabaseDep,
    regions: HomeRegions,
    with_problems: WithProblems = False,  # noqa: FBT002 - a parameter of the query
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at the most.")] = 20,
) -> Page[PlatformDeliveryOut]:
    """List what platforms delivered, the latest first."""
    found, more = await read_deliveries(
        database,
        with_problems=with_problems,
        regions=regions,
        before=read_place(cursor),
        limit=limit,
    )
    last = found[-1] if more else None
    return Page(
        items=[PlatformDeliveryOut.of(one) for one in found],
        next_cursor=None if last is None else show_place(last.received_at, last.id),
    )


@router.get("/{delivery_id}", dependencies=[requires("orders:read")])
async def get_delivery(
    delivery_id: PlatformDeliveryId, request: Request, database: DatabaseDep
) -> PlatformDeliveryOut:
    """Tell what became of a delivery."""
    purview = principal_of(request).purview
    return PlatformDeliveryOut.of(await read_delivery(database, delivery_id, purview=purview))


@router.post("/{delivery_id}/readings", status_code=202, dependencies=[requires("orders:write")])
async def post_reading(
    delivery_id: PlatformDeliveryId, request: Request, database: DatabaseDep
) -> PlatformDeliveryOut:
    """Have a delivery read again, as often as one likes: what was applied is not applied twice."""
    purview = principal_of(request).purview
    return PlatformDeliveryOut.of(await read_again(database, delivery_id, purview=purview))


def told_delivery(platform: str, request: Request, *, source: str, home: str, now: Now) -> Delivery:
    """Give a delivery with the id and the topic that its platform's headers tell."""
    told = [request.headers.get(name) for name in DELIVERY_HEADERS[platform]]
    delivery_id, topic = (_printable(text) for text in told)
    return Delivery(
        id=new_uuid(),
        platform=platform,
        source=source,
        home_region=home,
        received_at=now,
        delivery_id=delivery_id,
        topic=topic,
    )


def _printable(text: str | None) -> str | None:
    return "".join(filter(str.isprintable, text or ""))[:_LONGEST] or None


def _problem(problem: Problem) -> ProblemOut:
    return ProblemOut.model_validate(problem)
