"""The topic `orders`: an order that was placed without a customer has one now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from chassis.global_ids import GlobalId
from complaints.domain.complaint import Customer
from complaints.events import OrderId, SourceRecordId
from complaints.use_cases.follow_link import follow_link

if TYPE_CHECKING:
    from chassis.consuming import Handler
    from chassis.database import Transaction
    from chassis.events import Incoming


class OrderLinked(BaseModel):
    """The fields that this service reads; it ignores the others."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    order_id: OrderId
    customer_id: GlobalId
    source_record_id: SourceRecordId


async def on_order_linked(tx: Transaction, incoming: Incoming) -> None:
    """Give the customer what was opened from the order's parcels."""
    told = OrderLinked.model_validate_json(incoming.data)
    customer = Customer(told.customer_id, told.source_record_id)
    await follow_link(tx, told.order_id, customer, at=datetime.now(UTC))


HANDLERS: dict[str, Handler] = {"order.linked.v1": on_order_linked}
