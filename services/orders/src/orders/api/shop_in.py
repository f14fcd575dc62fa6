"""A shop on a platform, as a source tells it: under which names its orders are taken."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from chassis.api import StrictModel
from chassis.iso import Country
from orders.api.fields import ShortText, TimeZone
from orders.domain.placing import HOUSE, Channel
from orders.domain.platform_orders import Shop

SourceName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[^/\x00-\x1f\x7f]*$"),
    Field(description="The source of the shop's orders and of its customers."),
]


class ShopIn(StrictModel):
    """The shop: every order of it carries these names."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    source: SourceName
    channel: Channel = Channel.WEB
    store: ShortText | None = None
    country: Country | None = Field(default=None, description="Of orders that name none.")
    brand: ShortText = HOUSE
    legal_entity: ShortText = HOUSE
    home_region: ShortText = HOUSE
    time_zone: TimeZone | None = Field(
        default=None, description="Without it, the offset of each order's time."
    )

    def shop(self) -> Shop:
        """Give it as the service knows it."""
        return Shop(**self.model_dump())
