"""The routing rules, read and replaced whole, and the teams they name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.errors import FieldProblem, PreconditionRequired
from chassis.iso import Country, LanguageTag
from chassis.paging import Page
from chassis.principal import Principal
from chassis.versions import etag, read_etag
from complaints.api.fields import Name, Slug, Word
from complaints.domain.report import Channel
from complaints.domain.routing import RoutingRule, RoutingRulesChanged, RoutingTable
from complaints.use_cases import read_routing
from complaints.use_cases.replace_routing_rules import replace_routing_rules

router = APIRouter(prefix="/v1", tags=["routing"])

_READ_FIRST = "Read the rules, and send their ETag as If-Match with the changed rules."


class RoutingRuleBody(StrictModel):
    """A team, and the conditions that must all hold; one with several values holds for any."""

    slug: Slug
    priority: Annotated[int, Field(ge=1, le=1_000_000, description="The lowest is tried first.")]
    team: Slug
    channels: Annotated[tuple[Channel, ...], Field(max_length=10)] = ()
    categories: Annotated[tuple[Slug, ...], Field(max_length=100)] = ()
    countries: Annotated[tuple[Country, ...], Field(max_length=300)] = ()
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=100)] = ()
    brands: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    subject_words: Annotated[tuple[Word, ...], Field(max_length=200)] = ()

    @classmethod
    def of(cls, rule: RoutingRule) -> RoutingRuleBody:
        """Show a rule."""
        return cls.model_validate(rule, from_attributes=True)

    def rule(self) -> RoutingRule:
        """Give the rule that the body writes down."""
        return RoutingRule(
            slug=self.slug,
            priority=self.priority,
            team=self.team,
            channels=self.channels,
            categories=self.categories,
            countries=self.countries,
            languages=self.languages,
            brands=self.brands,
            subject_words=self.subject_words,
        )


class RoutingRulesIn(StrictModel):
    """All the rules, in any order: their priority decides."""

    default_team: Annotated[Slug, Field(description="Takes what no rule matches.")]
    rules: Annotated[tuple[RoutingRuleBody, ...], Field(max_length=500)]


class RoutingRulesOut(BaseModel):
    """The rules by priority, and the version that decisions name."""

    version: int
    default_team: str
    rules: list[RoutingRuleBody]

    @classmethod
    def of(cls, table: RoutingTable) -> RoutingRulesOut:
        """Show a version of the rules."""
        rules = sorted(table.rules, key=lambda rule: rule.priority)
        return cls(
            version=table.version,
            default_team=table.default_team,
            rules=[RoutingRuleBody.of(rule) for rule in rules],
        )


class TeamOut(BaseModel):
    """A team that rules may name."""

    slug: str
    name: str


@router.get("/routing-rules", dependencies=[requires("complaints:read")])
async def get_routing_rules(database: DatabaseDep, response: Response) -> RoutingRulesOut:
    """Read the rules; the ETag is needed to replace them."""
    table = await read_routing.read_routing_table(database)
    response.headers["ETag"] = etag(table.version)
    return RoutingRulesOut.of(table)


@router.put("/routing-rules")
async def put_routing_rules(
    body: RoutingRulesIn,
    principal: Annotated[Principal, requires("complaints:write")],
    database: DatabaseDep,
    now: Now,
    response: Response,
    if_match: Annotated[
        str | None, Header(description="The ETag the change was made from.")
    ] = None,
) -> RoutingRulesOut:
    """Replace all rules by a new version; complaints routed before keep their team and reasons."""
    table = RoutingTable(
        version=_version(if_match) + 1,
        default_team=body.default_team,
        rules=tuple(rule.rule() for rule in body.rules),
    )
    stored = await replace_routing_rules(database, table, at=now, by=principal.client_id)
    response.headers["ETag"] = etag(stored.version)
    return RoutingRulesOut.of(stored)


@router.get("/teams", dependencies=[requires("complaints:read")])
async def list_teams(database: DatabaseDep) -> Page[TeamOut]:
    """List the teams, all on one page."""
    teams = await read_routing.list_teams(database)
    return Page(items=[TeamOut(slug=team.slug, name=team.name) for team in teams])


def _version(if_match: str | None) -> int:
    if if_match is None:
        field = FieldProblem("If-Match", "is missing", _READ_FIRST)
        raise PreconditionRequired(_READ_FIRST, fields=[field])
    version = read_etag(if_match)
    if version is None:
        field = FieldProblem("If-Match", "is not an ETag of the rules", _READ_FIRST)
        raise RoutingRulesChanged(_READ_FIRST, fields=[field])
    return version
