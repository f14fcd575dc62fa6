"""Declared attributes of a customer: told one by one, read with who told them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field, WithJsonSchema

from chassis.api import DatabaseDep, Now, StrictModel, principal_of, requires
from chassis.global_ids import GlobalId
from customer.api.actors import ActorDep
from customer.api.fields import ExternalId, Source
from customer.api.readers import ReadingDep, sees
from customer.api.told_fields import Instant, Slug
from customer.domain.attribute_definitions import AttributeType
from customer.domain.attribute_values import DeclaredValue, next_on
from customer.domain.claims import RecordKey
from customer.domain.owners import Whom
from customer.events import AttributeValueId, SourceRecordId
from customer.use_cases.declare_attribute import (
    Attribute,
    AttributeTold,
    Declared,
    DeclaringOutcome,
    declare_attribute,
    list_attributes,
    withdraw_value,
)

router = APIRouter(prefix="/v1/customers/{customer_id}/attributes", tags=["attributes"])

_VALUE_SCHEMA = {
    "description": "In the form of the attribute's type: a text, a number, a choice, a list of "
    "choices, a day, true or false, or a measure.",
    "examples": ["50-to-100", {"amount": 38, "system": "EU"}],
}
AnyValue = Annotated[Any, WithJsonSchema(_VALUE_SCHEMA)]


class AttributeIn(StrictModel):
    """A value, who told it, when it was observed, and what the house may use it for.

    With `external_id` or `source_record_id` the value follows that source record.
    """

    value: AnyValue
    source: Source
    external_id: ExternalId | None = None
    source_record_id: SourceRecordId | None = None
    purpose: Slug
    observed_at: Annotated[
        Instant | None, Field(description="When the source learnt it; now if left out.")
    ] = None
    valid_until: Instant | None = None

    def record(self) -> RecordKey | UUID | None:
        """Give the source record that the value follows, if one is named."""
        if self.source_record_id is None and self.external_id is not None:
            return RecordKey(self.source, self.external_id)
        return self.source_record_id


class DeclaredValueOut(BaseModel):
    """A value and where it comes from."""

    value_id: AttributeValueId
    value: AnyValue
    purpose: str
    source: str
    source_record_id: SourceRecordId | None
    told_customer_id: GlobalId | None
    observed_at: AwareDatetime
    valid_until: AwareDatetime | None
    received_at: AwareDatetime
    client_id: str
    actor: str | None

    @classmethod
    def of(cls, value: DeclaredValue) -> DeclaredValueOut:
        told = value.declaration
        return cls(
            value_id=value.id,
            value=told.value,
            purpose=told.purpose,
            source=told.source,
            source_record_id=value.told.source_record_id,
            told_customer_id=value.told.customer_id,
            observed_at=told.observed_at,
            valid_until=told.valid_until,
            received_at=value.received_at,
            client_id=value.client_id,
            actor=value.actor,
        )


class DeclaredOut(BaseModel):
    """What came of declaring: `unchanged` when the source had told just that."""

    customer_id: GlobalId
    name: str
    outcome: DeclaringOutcome
    in_force: bool
    declared: DeclaredValueOut

    @classmethod
    def of(cls, declared: Declared) -> DeclaredOut:
        return cls(
            customer_id=declared.customer_id,
            name=declared.definition.name,
            outcome=declared.outcome,
            in_force=declared.in_force,
            declared=DeclaredValueOut.of(declared.value),
        )


class AttributeOut(BaseModel):
    """An attribute: the value in force, when a yearly date comes next, and all that was told."""

    name: str
    title: str
    type: AttributeType
    sensitive: bool
    in_force: DeclaredValueOut | None
    next_on: date | None
    history: list[DeclaredValueOut]

    @classmethod
    def of(cls, attribute: Attribute, today: date) -> AttributeOut:
        definition, latest = attribute.definition, attribute.in_force
        return cls(
            name=definition.name,
            title=definition.title,
            type=definition.type,
            sensitive=definition.sensitive,
            in_force=None if latest is None else DeclaredValueOut.of(latest),
            next_on=None
            if latest is None
            else next_on(definition, latest.declaration.value, today),
            history=[DeclaredValueOut.of(value) for value in attribute.history],
        )


class AttributesOut(BaseModel):
    """What a customer declared, by name; sensitive attributes only for who may see them."""

    items: list[AttributeOut]


@router.get("", dependencies=[requires("customers:read"), sees("attributes")])
async def get_attributes(
    customer_id: GlobalId,
    request: Request,
    database: DatabaseDep,
    reading: ReadingDep,
    now: Now,
    *,
    history: Annotated[bool, Query(description="False: only what is in force.")] = True,
) -> AttributesOut:
    """List what a customer declared: the value in force of each attribute, and its history.

    Sensitive attributes are left out unless the key has `customers:privacy`. Without the history
    those of which nothing is in force are left out too.
    """
    sensitive = "customers:privacy" in principal_of(request).scopes
    attributes = await list_attributes(
        database, customer_id, reading.eyes, sensitive=sensitive, now=now
    )
    if not history:
        attributes = [replace(one, history=()) for one in attributes if one.in_force is not None]
    return AttributesOut(items=[AttributeOut.of(one, now.date()) for one in attributes])


@router.put("/{name}", dependencies=[requires("customers:write")])
async def put_attribute(
    customer_id: GlobalId,
    name: Annotated[Slug, Path()],
    body: AttributeIn,
    database: DatabaseDep,
    actor: ActorDep,
    now: Now,
) -> DeclaredOut:
    """Declare an attribute of a customer; the value observed last is in force.

    Earlier values are kept. The catalogue says which values and purposes are allowed.
    """
    told = AttributeTold(
        whom=Whom(customer_id, body.record()),
        name=name,
        value=body.value,
        source=body.source,
        purpose=body.purpose,
        observed_at=body.observed_at,
        valid_until=body.valid_until,
        client_id=actor.client_id,
        actor=actor.person,
    )
    return DeclaredOut.of(await declare_attribute(database, told, now=now))


@router.delete(
    "/{name}/values/{value_id}", status_code=204, dependencies=[requires("customers:write")]
)
async def delete_attribute_value(
    customer_id: GlobalId,
    name: Annotated[Slug, Path()],
    value_id: AttributeValueId,
    database: DatabaseDep,
    now: Now,
) -> Response:
    """Delete one value for good; the one observed before it is in force again."""
    await withdraw_value(database, customer_id, name, value_id, now=now)
    return Response(status_code=204)
