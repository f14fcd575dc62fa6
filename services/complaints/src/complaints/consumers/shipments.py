"""The topic `shipments`: a parcel's incident opens a complaint."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict

from chassis.global_ids import GlobalId
from chassis.logs import get_logger
from complaints.domain.complaint import Customer
from complaints.domain.incidents import DEFAULT_TIMES, Incident, OrderFacts
from complaints.events import COMPLAINT, OrderId, ParcelId, SourceRecordId
from complaints.use_cases.open_from_incident import open_from_incident

if TYPE_CHECKING:
    from chassis.consuming import Handler
    from chassis.database import Transaction
    from chassis.events import Incoming

log = get_logger()


class ShipmentIncident(BaseModel):
    """The fields that this service reads; it ignores the others.

    What was published before it told of the order has no country, and opens nothing.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    parcel_id: ParcelId
    order_id: OrderId
    carrier: str
    reason: str
    occurred_at: AwareDatetime
    customer_id: GlobalId | None = None
    told_customer_id: GlobalId | None = None
    source_record_id: SourceRecordId | None = None
    channel: str | None = None
    store: str | None = None
    country: str | None = None
    brand: str | None = None
    legal_entity: str | None = None
    home_region: str | None = None

    def incident(self, *, sequence: int) -> Incident | None:
        """Give the incident, if it tells of its order."""
        if not (self.country and self.brand and self.legal_entity and self.home_region):
            return None
        customer = None
        if self.customer_id is not None:
            customer = Customer(self.customer_id, self.source_record_id, self.told_customer_id)
        order = OrderFacts(
            order_id=self.order_id,
            customer=customer,
            channel=self.channel,
            store=self.store,
            country=self.country,
            brand=self.brand,
            legal_entity=self.legal_entity,
            home_region=self.home_region,
        )
        return Incident(
            parcel_id=self.parcel_id,
            reason=self.reason,
            carrier=self.carrier,
            occurred_at=self.occurred_at,
            sequence=sequence,
            order=order,
        )


def handlers(opens_at: Mapping[str, int]) -> dict[str, Handler]:
    """Give the handlers for a house in which incidents open complaints as told."""

    async def on_shipment_incident(tx: Transaction, incoming: Incoming) -> None:
        told = ShipmentIncident.model_validate_json(incoming.data)
        incident = told.incident(sequence=incoming.sequence)
        if incident is None:
            return
        opened = await open_from_incident(tx, incident, opens_at=opens_at, now=datetime.now(UTC))
        if opened is not None:
            log.info(
                "complaint.opened", complaint_id=COMPLAINT.show(opened.id), reason=incident.reason
            )

    return {"shipment.incident.v1": on_shipment_incident}


HANDLERS = handlers(DEFAULT_TIMES)
