"""The catalogue of attributes: what customers may declare, in which form, for which purposes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StringConstraints

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.paging import Cursor, Limit, Page, decode_cursor, encode_cursor
from chassis.versions import etag
from customer.api.actors import ActorDep
from customer.api.told_fields import Slug
from customer.api.versions import IfMatch
from customer.domain.attribute_definitions import (
    AttributeDefinition,
    AttributeType,
    Scale,
    SpecialCategory,
)
from customer.use_cases.define_attribute import (
    define_attribute,
    list_definitions,
    read_definition,
)

router = APIRouter(prefix="/v1/attribute-definitions", tags=["attributes"])

_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
_LARGEST = 10**15

Title = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_PRINTABLE)]
Mark = Annotated[str, StringConstraints(min_length=1, max_length=16, pattern=_PRINTABLE)]
Amount = Annotated[
    Annotated[StrictInt, Field(ge=-_LARGEST, le=_LARGEST)]
    | Annotated[StrictFloat, Field(ge=-_LARGEST, le=_LARGEST, allow_inf_nan=False)],
    Field(union_mode="left_to_right"),
]


class ScaleBody(StrictModel):
    """One system of a measure: numbers from a range in a unit, or marks such as S, M, L."""

    model_config = ConfigDict(from_attributes=True)

    system: Annotated[Mark, Field(description="Such as EU, US, JP, metric.")]
    unit: Mark | None = None
    minimum: Amount | None = None
    maximum: Amount | None = None
    marks: Annotated[tuple[Mark, ...], Field(max_length=100)] = ()


class AttributeDefinitionIn(StrictModel):
    """What may be declared under a name.

    A number may have a `unit` and a range; a choice, or several `choices`, needs its list; a date
    may be `yearly`; a measure needs its scales. What belongs to the special categories of personal
    data must be `sensitive`: it is shown only to keys with `customers:privacy`.
    """

    title: Title
    type: AttributeType
    purposes: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=20)]
    sensitive: bool = False
    special_category: SpecialCategory | None = None
    unit: Mark | None = None
    minimum: Amount | None = None
    maximum: Amount | None = None
    choices: Annotated[tuple[Slug, ...], Field(max_length=200)] = ()
    yearly: bool = False
    scales: Annotated[tuple[ScaleBody, ...], Field(max_length=20)] = ()

    def definition(self, name: str) -> AttributeDefinition:
        """Give the definition that the domain checks."""
        fields = {field: getattr(self, field) for field in AttributeDefinitionIn.model_fields}
        fields["scales"] = tuple(Scale(**scale.model_dump()) for scale in self.scales)
        return AttributeDefinition(name=name, **fields)


class AttributeDefinitionOut(BaseModel):
    """A definition; its version is 0 for one that is shipped."""

    name: str
    title: str
    type: AttributeType
    purposes: list[str]
    sensitive: bool
    special_category: SpecialCategory | None
    unit: str | None
    minimum: Amount | None
    maximum: Amount | None
    choices: list[str]
    yearly: bool
    scales: list[ScaleBody]
    version: int

    @classmethod
    def of(cls, definition: AttributeDefinition) -> AttributeDefinitionOut:
        return cls.model_validate(asdict(definition))


@router.get("", dependencies=[requires("customers:read")])
async def list_all(
    database: DatabaseDep, cursor: Cursor = None, limit: Limit = 200
) -> Page[AttributeDefinitionOut]:
    """List the catalogue by name: what is shipped, and the house's own."""
    after = "" if cursor is None else str(decode_cursor(cursor, parts=1)[0])
    later = [each for each in await list_definitions(database) if each.name > after]
    more = len(later) > limit
    return Page(
        items=[AttributeDefinitionOut.of(definition) for definition in later[:limit]],
        next_cursor=encode_cursor(later[limit - 1].name) if more else None,
    )


@router.get("/{name}", dependencies=[requires("customers:read")])
async def get(
    name: Annotated[Slug, Path()], database: DatabaseDep, response: Response
) -> AttributeDefinitionOut:
    """Read a definition; its ETag is what `If-Match` takes."""
    definition = await read_definition(database, name)
    response.headers["ETag"] = etag(definition.version)
    return AttributeDefinitionOut.of(definition)


@router.put("/{name}", dependencies=[requires("customers:steward")])
async def put(
    name: Annotated[Slug, Path()],
    body: AttributeDefinitionIn,
    database: DatabaseDep,
    actor: ActorDep,
    expected: IfMatch,
    now: Now,
    response: Response,
) -> AttributeDefinitionOut:
    """Define an attribute, or replace its definition.

    While values are kept, its type stays, and so does `sensitive`. A purpose that is taken out of
    the list puts the values that were told for it out of force.
    """
    definition = await define_attribute(
        database,
        body.definition(name),
        expected=expected,
        client_id=actor.client_id,
        actor=actor.person,
        now=now,
    )
    response.headers["ETag"] = etag(definition.version)
    return AttributeDefinitionOut.of(definition)
