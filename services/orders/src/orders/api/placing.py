"""`POST /v1/orders`: the hot path, and the same operation as OpenAPI documents it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import orjson
from fastapi import APIRouter, Header
from pydantic import AwareDatetime, BaseModel, ConfigDict
from starlette.requests import Request
from starlette.routing import Route

from chassis.api import is_only_check, json_response, principal_of, requires, would_be_taken
from chassis.canonical import body_hash
from chassis.errors import FieldProblem, Invalid, Refusal
from chassis.global_ids import GlobalId, show_global_id
from chassis.idempotency import REPLAYED_HEADER
from chassis.problems import told_as
from chassis.tracing import current_traceparent
from orders.api.bodies import bounded
from orders.api.claimed import whose
from orders.api.order_in import OrderIn, new_order
from orders.domain.commercial import Commercial
from orders.domain.placing import CustomerState, Receipt
from orders.domain.references import Request as OrderRequest
from orders.events import ORDER, SOURCE_RECORD, OrderId, SourceRecordId

if TYPE_CHECKING:
    from starlette.responses import Response

    from chassis.batching import Batcher
    from orders.domain.placing import NewOrder
    from orders.use_cases.place_orders import Outcome

    Intake = Batcher[NewOrder, Outcome]

PATH = "/v1/orders"
_LONGEST_KEY = 255

router = APIRouter(tags=["orders"])


class InvalidKey(Invalid):
    slug = "invalid-idempotency-key"
    title = "The Idempotency-Key is not valid"


class OrderReceiptOut(BaseModel):
    """The answer to a placed order: the same for ever, whatever becomes of the order."""

    model_config = ConfigDict(from_attributes=True)

    order_id: OrderId
    source: str
    external_ref: str
    commercial: Commercial
    customer: CustomerState
    customer_id: GlobalId | None
    source_record_id: SourceRecordId | None
    currency: str
    total_minor: int
    placed_at: AwareDatetime
    time_zone: str
    placed_on: date
    received_at: AwareDatetime
    clock_skew_seconds: int | None


async def place_order(request: Request) -> Response:
    """Read one order, have it stored with whatever else is waiting, answer after the commit."""
    request.scope["route"] = HOT_ROUTES[0]  # as FastAPI's routes tell it, for metrics and logs
    caller = principal_of(request, "orders:write")
    body = bounded(await request.body())
    order = told_as(OrderIn.model_validate_json, body)
    asked = OrderRequest(
        client_id=caller.client_id,
        received_at=datetime.now(UTC),
        body=body,
        body_hash=body_hash(body=body),
        idempotency_key=_key(request),
        traceparent=current_traceparent(),
    )
    customer = whose(
        customer_id=order.customer_id, claim=order.customer, headers=request.headers, body=body
    )
    new = new_order(order, request=asked, whose=customer)
    if is_only_check(request):
        return would_be_taken()
    intake: Intake = request.app.state.intake
    outcome = await intake.submit(new)
    if isinstance(outcome, Refusal):
        raise outcome
    return _answer(outcome)


HOT_ROUTES = (Route(PATH, place_order, methods=["POST"]),)


@router.post(
    PATH,
    status_code=201,
    dependencies=[requires("orders:write")],
    responses={
        201: {
            "headers": {
                "Location": {"schema": {"type": "string"}},
                REPLAYED_HEADER: {
                    "description": "`true` when the order was stored by an earlier request.",
                    "schema": {"type": "string"},
                },
            }
        }
    },
)
async def place_order_documented(
    order: OrderIn,
    key: Annotated[
        str | None, Header(alias="Idempotency-Key", min_length=1, max_length=_LONGEST_KEY)
    ] = None,
) -> OrderReceiptOut:
    """Place an order.

    The reference is unique per source for ever: the same body under it replays the first answer,
    another body is refused with 422 `order-reference-reused` and kept for review.
    """
    # Served by `place_order`, the route of the same path that comes first: this only documents it.
    _never_reached(order, key)


def _never_reached(*_arguments: Any) -> NoReturn:
    message = "POST /v1/orders is served by its hot route."
    raise AssertionError(message)


def _key(request: Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= _LONGEST_KEY:
        problem = f"has {len(key)} characters"
        mend = f"Send between 1 and {_LONGEST_KEY} characters, or leave it out."
        raise InvalidKey(mend, fields=[FieldProblem("Idempotency-Key", problem, mend)])
    return key


def _answer(receipt: Receipt) -> Response:
    headers = {"Location": f"{PATH}/{ORDER.show(receipt.order_id)}"}
    if receipt.is_replayed:
        headers[REPLAYED_HEADER] = "true"
    return json_response(201, written(receipt), headers)


def written(receipt: Receipt) -> bytes:
    """Write a receipt as `OrderReceiptOut` does, in a third of its time."""
    source_record = receipt.source_record_id
    shown = {
        "order_id": ORDER.show(receipt.order_id),
        "source": receipt.source,
        "external_ref": receipt.external_ref,
        "commercial": receipt.commercial,
        "customer": receipt.customer,
        "customer_id": receipt.customer_id and show_global_id(receipt.customer_id),
        "source_record_id": source_record and SOURCE_RECORD.show(source_record),
        "currency": receipt.currency,
        "total_minor": receipt.total_minor,
        "placed_at": receipt.placed_at,
        "time_zone": receipt.time_zone,
        "placed_on": receipt.placed_on,
        "received_at": receipt.received_at,
        "clock_skew_seconds": receipt.clock_skew_seconds,
    }
    return orjson.dumps(shown, option=orjson.OPT_UTC_Z)
