"""How an order is to reach its customer, as a source tells it and as it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from chassis.api import StrictModel
from orders.api.fields import Instant, LongText, ShortText
from orders.domain.delivery import Delivery, DeliveryMethod, area, check_delivery

if TYPE_CHECKING:
    from orders.api.contact_in import ContactIn

Area = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2}(-[0-9A-Z]{1,3})?$"),
    Field(description="A country or a region of it, such as `FR` or `FR-75`; no address."),
]


class DeliveryIn(StrictModel):
    """What was agreed; `location` is where the order is collected."""

    method: DeliveryMethod = DeliveryMethod.SHIP
    location: ShortText | None = None
    service: ShortText | None = Field(
        default=None, description="The carrier's service, such as `express`."
    )
    promised_from: Instant | None = None
    promised_until: Instant | None = Field(
        default=None, description="The promise that the delivery is measured by."
    )
    terms: LongText | None = Field(default=None, description="As the customer was told them.")
    destination: Area | None = Field(
        default=None, description="Without it, the area of the contact's address."
    )

    def delivery(self, contact: ContactIn | None, *, taken_away: bool) -> Delivery:
        """Give what was agreed; raises what `check_delivery` raises."""
        address = None if contact is None else contact.address
        derived = None if address is None else area(address.country, address.postal_code)
        return check_delivery(
            Delivery(
                method=self.method,
                location=self.location,
                service=self.service,
                promised_from=self.promised_from,
                promised_until=self.promised_until,
                terms=self.terms,
                destination=self.destination or derived,
            ),
            taken_away=taken_away,
        )


class DeliveryOut(BaseModel):
    """What was agreed."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    method: DeliveryMethod
    location: str | None
    service: str | None
    promised_from: AwareDatetime | None
    promised_until: AwareDatetime | None
    terms: str | None
    destination: str | None
