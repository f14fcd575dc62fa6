"""The body that files a complaint, and whose complaint it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from chassis.api import StrictModel
from chassis.global_ids import GlobalId
from chassis.iso import Country, LanguageTag
from complaints.api.fields import Instant, Name, Prose, Slug, Subject
from complaints.domain.complaint import Customer, UnresolvedClaim
from complaints.domain.report import Channel, Report
from complaints.events import OrderId, SourceRecordId

_HOUSE = "house"


class CustomerClaim(BaseModel):
    """What a source says of the customer; the gateway has it resolved and nothing of it is kept.

    All fields of a source record may stand here; the customer service checks them.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    source: Name
    external_id: Name


class ComplaintIn(StrictModel):
    """What a customer complains of, as the channel that met them tells it."""

    channel: Channel
    source: Annotated[Name, Field(description="The system that tells us.")]
    external_ref: Annotated[
        Name | None,
        Field(description="The source's own reference; it names one complaint for ever."),
    ] = None
    category: Slug | None = None
    subject: Subject
    text: Prose
    language: LanguageTag | None = None
    country: Country
    store: Name | None = None
    brand: Name = _HOUSE
    legal_entity: Name = _HOUSE
    home_region: Annotated[Name | None, Field(description="Without it, the country.")] = None
    order_id: OrderId | None = None
    customer_id: GlobalId | None = None
    customer: CustomerClaim | None = None
    filed_at: Annotated[
        Instant | None, Field(description="When the customer complained, by the source's clock.")
    ] = None

    @field_validator("customer")
    @classmethod
    def _stands_alone(
        cls, claim: CustomerClaim | None, others: ValidationInfo
    ) -> CustomerClaim | None:
        if claim is not None and others.data.get("customer_id") is not None:
            message = "must not stand beside customer_id: send one of the two"
            raise ValueError(message)
        return claim

    def report(self) -> Report:
        """Give what was told, without the text and the customer."""
        return Report(
            channel=self.channel,
            source=self.source,
            external_ref=self.external_ref,
            category=self.category,
            subject=self.subject,
            language=self.language,
            country=self.country,
            store=self.store,
            brand=self.brand,
            legal_entity=self.legal_entity,
            home_region=self.home_region or self.country,
            order_id=self.order_id,
            filed_at=self.filed_at,
        )


@dataclass(frozen=True, slots=True)
class ResolvedClaim:
    """What the gateway learnt of the claim in the body; it lets no client send these headers."""

    customer_id: str | None
    source_record_id: SourceRecordId | None

    def customer_of(self, body: ComplaintIn) -> Customer | UnresolvedClaim | None:
        """Tell whose complaint the body is, if anybody's and as far as is known."""
        if body.customer_id is not None:
            return Customer(body.customer_id, None)
        if body.customer is None:
            return None
        if self.customer_id is None or self.source_record_id is None:
            return UnresolvedClaim()
        return Customer(self.customer_id, self.source_record_id)


async def _resolved_claim(
    customer_id: Annotated[
        GlobalId | None, Header(alias="Carnet-Customer-Id", include_in_schema=False)
    ] = None,
    source_record_id: Annotated[
        SourceRecordId | None, Header(alias="Carnet-Source-Record-Id", include_in_schema=False)
    ] = None,
) -> ResolvedClaim:
    return ResolvedClaim(customer_id, source_record_id)


ResolvedClaimDep = Annotated[ResolvedClaim, Depends(_resolved_claim)]
