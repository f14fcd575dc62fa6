"""Relationships as they are told and answered."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from chassis.api import StrictModel
from chassis.global_ids import GlobalId
from customer.api.fields import Day, ShortText, Source, Word
from customer.api.parties import CompanyId, HouseholdId
from customer.api.told_fields import OpaqueId, RecordIn, Slug, WhomIn, record_named
from customer.domain.owners import Whom
from customer.domain.relationships import OtherEnd, Relationship, RelationshipType, Terms
from customer.events import SourceRecordId
from customer.store.relationships import RELATIONSHIP

RelationshipId = Annotated[UUID, RELATIONSHIP.schema]


class EndIn(StrictModel):
    """The other end: a customer, a company, a household or a sales associate."""

    customer_id: GlobalId | None = None
    source_record: RecordIn | None = None
    source_record_id: SourceRecordId | None = None
    company_id: CompanyId | None = None
    household_id: HouseholdId | None = None
    associate: OpaqueId | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        named = [getattr(self, field) for field in EndIn.model_fields]
        if sum(one is not None for one in named) != 1:
            message = f"must give exactly one of {', '.join(EndIn.model_fields)}"
            raise ValueError(message)
        return self

    def whom(self) -> Whom | None:
        """Give the customer, if it is one."""
        record = record_named(self.source_record, self.source_record_id)
        if self.customer_id is None and record is None:
            return None
        return Whom(self.customer_id, record)

    def party(self) -> OtherEnd:
        """Give what is no customer."""
        return OtherEnd(
            company_id=self.company_id,
            household_id=self.household_id,
            associate=self.associate,
        )


class TermsIn(StrictModel):
    """What may change: the company's site, roles, and from which day until which it holds."""

    site: Slug | None = None
    brand: Word | None = None
    store: Annotated[ShortText | None, Field(min_length=1)] = None
    roles: Annotated[tuple[Slug, ...], Field(max_length=10)] = ()
    since: Day | None = None
    until: Annotated[
        Day | None, Field(description="The first day on which it no longer holds.")
    ] = None

    def terms(self) -> Terms:
        """Give the terms that the domain checks."""
        roles = tuple(sorted(set(self.roles)))
        return Terms(self.site, self.brand, self.store, roles, self.since, self.until)


class RelationshipIn(TermsIn):
    """A customer is something to somebody: `from` is the `type` (of or by) `to`."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    type: RelationshipType
    from_: Annotated[WhomIn, Field(alias="from")]
    to: EndIn
    source: Source


class CustomerEndOut(BaseModel):
    """Whose the relationship is at present, and of whom it was told."""

    customer_id: GlobalId
    source_record_id: SourceRecordId | None
    told_customer_id: GlobalId | None


class OtherEndOut(BaseModel):
    """The other end; of a customer, who that is at present, and of whom it was told."""

    customer_id: GlobalId | None = None
    source_record_id: SourceRecordId | None = None
    told_customer_id: GlobalId | None = None
    company_id: CompanyId | None = None
    household_id: HouseholdId | None = None
    associate: str | None = None

    @classmethod
    def of(cls, end: OtherEnd) -> OtherEndOut:
        return cls(
            customer_id=end.customer_id,
            source_record_id=None if end.told is None else end.told.source_record_id,
            told_customer_id=None if end.told is None else end.told.customer_id,
            company_id=end.company_id,
            household_id=end.household_id,
            associate=end.associate,
        )


class RelationshipOut(BaseModel):
    """A relationship: `from` is the `type` (of or by) `to`."""

    model_config = ConfigDict(serialize_by_alias=True)

    relationship_id: RelationshipId
    type: RelationshipType
    from_: Annotated[CustomerEndOut, Field(alias="from")]
    to: OtherEndOut
    site: str | None
    brand: str | None
    store: str | None
    roles: list[str]
    since: date | None
    until: date | None
    in_force: bool
    source: str
    client_id: str
    actor: str | None
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, one: Relationship, *, in_force: bool) -> RelationshipOut:
        begins = CustomerEndOut(
            customer_id=one.customer_id,
            source_record_id=one.told.source_record_id,
            told_customer_id=one.told.customer_id,
        )
        return cls.model_validate(
            {
                "relationship_id": one.id,
                "type": one.type,
                "from": begins,
                "to": OtherEndOut.of(one.to),
                "site": one.terms.site,
                "brand": one.terms.brand,
                "store": one.terms.store,
                "roles": list(one.terms.roles),
                "since": one.terms.since,
                "until": one.terms.until,
                "in_force": in_force,
                "source": one.source,
                "client_id": one.client_id,
                "actor": one.actor,
                "version": one.version,
                "created_at": one.created_at,
                "updated_at": one.updated_at,
            }
        )


class EndQuery(StrictModel):
    """To which company, household or associate, and which page."""

    company_id: CompanyId | None = None
    household_id: HouseholdId | None = None
    associate: OpaqueId | None = None
    type: RelationshipType | None = None
    cursor: Annotated[str | None, Field(max_length=500)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (
            sum(one is not None for one in (self.company_id, self.household_id, self.associate))
            != 1
        ):
            message = "must give exactly one of company_id, household_id and associate"
            raise ValueError(message)
        return self

    def end(self) -> OtherEnd:
        """Give the end that is asked for."""
        return OtherEnd(
            company_id=self.company_id, household_id=self.household_id, associate=self.associate
        )
