"""The topic `orders`: what was bought, by whom, what was called off and what came back."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from chassis.events import Incoming
from segmentation.consumers.recording import Reader, recording
from segmentation.consumers.views import OrderId, OwnedView, ReturnId, View
from segmentation.domain.facts import Amendment, Cancellation, OrderFact, Purchase, ReturnFact
from segmentation.domain.told import Told


class Placed(OwnedView):
    order_id: OrderId
    brand: str
    country: str
    currency: str
    total_minor: int
    placed_at: AwareDatetime
    placed_on: date


class Linked(OwnedView):
    order_id: OrderId


class Amended(View):
    order_id: OrderId
    total_minor: int


class Cancelled(View):
    order_id: OrderId
    total_minor: int
    cancelled_at: AwareDatetime


class Returned(OwnedView):
    return_id: ReturnId
    order_id: OrderId | None = None
    currency: str
    refund_minor: int
    returned_at: AwareDatetime


def read_placed(incoming: Incoming) -> Told:
    """Read who bought what, when and for how much."""
    event = Placed.model_validate_json(incoming.data)
    purchase = Purchase(
        brand=event.brand,
        country=event.country,
        currency=event.currency,
        total_minor=event.total_minor,
        placed_at=event.placed_at,
        placed_on=event.placed_on,
    )
    return Told(orders=(OrderFact(event.order_id, event.owner(incoming.sequence), purchase),))


def read_linked(incoming: Incoming) -> Told:
    """Read whose an order proved to be."""
    event = Linked.model_validate_json(incoming.data)
    return Told(orders=(OrderFact(event.order_id, event.owner(incoming.sequence)),))


def read_amended(incoming: Incoming) -> Told:
    """Read what an order comes to since it was changed."""
    event = Amended.model_validate_json(incoming.data)
    amendment = Amendment(event.total_minor, incoming.sequence)
    return Told(orders=(OrderFact(event.order_id, amendment=amendment),))


def read_cancelled(incoming: Incoming) -> Told:
    """Read what of an order was called off."""
    event = Cancelled.model_validate_json(incoming.data)
    cancellation = Cancellation(event.total_minor, event.cancelled_at)
    return Told(orders=(OrderFact(event.order_id, cancellation=cancellation),))


def read_returned(incoming: Incoming) -> Told:
    """Read what came back, from whom or of which order."""
    event = Returned.model_validate_json(incoming.data)
    fact = ReturnFact(
        return_id=event.return_id,
        order_id=event.order_id,
        owner=event.owner(incoming.sequence),
        currency=event.currency,
        refund_minor=event.refund_minor,
        returned_at=event.returned_at,
    )
    return Told(returns=(fact,))


READERS: dict[str, Reader] = {
    "order.placed.v1": read_placed,
    "order.linked.v1": read_linked,
    "order.amended.v1": read_amended,
    "order.cancelled.v1": read_cancelled,
    "order.returned.v1": read_returned,
}
HANDLERS = {type_: recording(read) for type_, read in READERS.items()}
