"""The survivorship rules, read and replaced whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.iso import Country
from chassis.versions import etag
from customer.api.actors import ActorDep
from customer.api.fields import Word
from customer.api.steward_fields import steward_of
from customer.api.versions import IfMatchNeeded
from customer.domain.golden_attributes import GoldenAttribute
from customer.domain.survivorship_rules import (
    SurvivorshipMethod,
    SurvivorshipRule,
    SurvivorshipRules,
)
from customer.use_cases.survivorship_rules import (
    read_survivorship_rules,
    replace_survivorship_rules,
)

router = APIRouter(prefix="/v1", tags=["stewardship"])

Sources = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*\*?$")
]


class SurvivorshipRuleBody(StrictModel):
    """How an attribute survives, or each; for a brand's or a country's customers, or for all.

    What a rule holds equal, and attributes without a rule, go to the most recent value.
    """

    method: SurvivorshipMethod
    attribute: Annotated[
        GoldenAttribute | None, Field(description="Without it, every attribute.")
    ] = None
    brand: Word | None = None
    country: Country | None = None
    sources: Annotated[
        tuple[Sources, ...],
        Field(max_length=100, description="For most-trusted: the most trusted first; `till-*`."),
    ] = ()


class SurvivorshipRulesIn(StrictModel):
    """All the rules, in any order: the most particular one decides."""

    rules: Annotated[tuple[SurvivorshipRuleBody, ...], Field(max_length=500)]


class SurvivorshipRulesOut(BaseModel):
    """The rules in force."""

    version: int
    rules: list[SurvivorshipRuleBody]

    @classmethod
    def of(cls, rules: SurvivorshipRules) -> SurvivorshipRulesOut:
        return cls(
            version=rules.version,
            rules=[
                SurvivorshipRuleBody.model_validate(rule, from_attributes=True)
                for rule in rules.rules
            ],
        )


@router.get("/survivorship-rules", dependencies=[requires("customers:steward")])
async def get_survivorship_rules(database: DatabaseDep, response: Response) -> SurvivorshipRulesOut:
    """Read the rules in force; the ETag is needed to replace them."""
    rules = await read_survivorship_rules(database)
    response.headers["ETag"] = etag(rules.version)
    return SurvivorshipRulesOut.of(rules)


@router.put("/survivorship-rules", dependencies=[requires("customers:steward")])
async def put_survivorship_rules(
    body: SurvivorshipRulesIn,
    database: DatabaseDep,
    actor: ActorDep,
    now: Now,
    made_from: IfMatchNeeded,
    response: Response,
) -> SurvivorshipRulesOut:
    """Replace all rules by a new version; every golden record follows at once."""
    rules = await replace_survivorship_rules(
        database,
        [SurvivorshipRule(**dict(rule)) for rule in body.rules],
        made_from=made_from,
        at=now,
        by=steward_of(actor),
    )
    response.headers["ETag"] = etag(rules.version)
    return SurvivorshipRulesOut.of(rules)
