"""Relationships: told, changed and deleted, and read from either side."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from chassis.api import DatabaseDep, Now, requires
from chassis.global_ids import GlobalId
from chassis.idempotency import Once, once_of
from chassis.paging import Cursor, Limit, Page
from chassis.versions import etag
from customer.api.actors import ActorDep
from customer.api.places import read_last, write_last
from customer.api.readers import Reading, ReadingDep, sees
from customer.api.relationship_bodies import (
    EndQuery,
    RelationshipId,
    RelationshipIn,
    RelationshipOut,
    TermsIn,
)
from customer.api.seen_parts import see, seen_of, with_open_ends
from customer.api.versions import IfMatch, IfMatchNeeded
from customer.domain.relationships import Relationship, RelationshipType
from customer.store.relationships import RELATIONSHIP
from customer.use_cases import read_relationships
from customer.use_cases import relate as relating
from customer.use_cases.read_relationships import RelationshipView
from customer.use_cases.relate import RelationshipTold

router = APIRouter(prefix="/v1", tags=["relationships"])

_WRITES = [requires("customers:write")]
_READS = [requires("customers:read")]
_PART = "relationships"


@router.post("/relationships", status_code=201, dependencies=_WRITES)
async def post_relationship(
    body: RelationshipIn,
    database: DatabaseDep,
    reading: ReadingDep,
    actor: ActorDep,
    once: Annotated[Once[Relationship], once_of(Relationship)],
    now: Now,
    response: Response,
) -> RelationshipOut:
    """Relate a customer to another, a company, a household or a sales associate.

    Nobody is merged by it. A relationship to itself, one that is told already and one that would
    close a circle of parents or referrals are refused.
    """
    told = RelationshipTold(
        type=body.type,
        whom=body.from_.whom(),
        to=body.to.whom(),
        party=body.to.party(),
        terms=body.terms(),
        source=body.source,
        client_id=actor.client_id,
        actor=actor.person,
    )
    [shown] = await with_open_ends(
        reading, [await relating.relate(database, told, once=once, now=now)]
    )
    return _shown(shown, response, now)


@router.get("/relationships", dependencies=_READS)
async def get_related(
    query: Annotated[EndQuery, Query()], database: DatabaseDep, reading: ReadingDep, now: Now
) -> Page[RelationshipOut]:
    """List a company's contacts, a household's members or a sales associate's customers."""
    views = await read_relationships.list_related(
        database,
        query.end(),
        type_=query.type,
        before=read_last(query.cursor, RELATIONSHIP),
        limit=query.limit + 1,
        today=now.date(),
    )
    shown = await seen_of(reading, _PART, views[: query.limit])
    return await _page(reading, views, shown, query.limit)


@router.get("/relationships/{relationship_id}", dependencies=_READS)
async def get_relationship(
    relationship_id: RelationshipId,
    database: DatabaseDep,
    reading: ReadingDep,
    now: Now,
    response: Response,
) -> RelationshipOut:
    """Read a relationship; its ETag is what `If-Match` takes."""
    relationship = await read_relationships.read_relationship(database, relationship_id)
    await see(reading, _PART, relationship.customer_id, relationship)
    [shown] = await with_open_ends(reading, [relationship])
    return _shown(shown, response, now)


@router.put("/relationships/{relationship_id}", dependencies=_WRITES)
async def put_relationship(
    relationship_id: RelationshipId,
    body: TermsIn,
    database: DatabaseDep,
    reading: ReadingDep,
    expected: IfMatchNeeded,
    now: Now,
    response: Response,
) -> RelationshipOut:
    """Change site, roles, or from when until when, if it is as it was read."""
    changed = await relating.change_relationship(
        database, relationship_id, body.terms(), expected=expected, now=now
    )
    [shown] = await with_open_ends(reading, [changed])
    return _shown(shown, response, now)


@router.delete("/relationships/{relationship_id}", status_code=204, dependencies=_WRITES)
async def remove_relationship(
    relationship_id: RelationshipId, database: DatabaseDep, expected: IfMatch
) -> Response:
    """Delete a relationship that was told by mistake; one that ended is given an `until`."""
    await relating.delete_relationship(database, relationship_id, expected=expected)
    return Response(status_code=204)


@router.get("/customers/{customer_id}/relationships", dependencies=[*_READS, sees(_PART)])
async def get_relationships(
    customer_id: GlobalId,
    database: DatabaseDep,
    reading: ReadingDep,
    now: Now,
    type: Annotated[RelationshipType | None, Query()] = None,  # noqa: A002 - the query's name
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RelationshipOut]:
    """List a customer's relationships from either side, those told last first.

    Of a brand's and store's sales associates the one who began last is in force.
    """
    views = await read_relationships.list_relationships(
        database,
        customer_id,
        type_=type,
        before=read_last(cursor, RELATIONSHIP),
        limit=limit + 1,
        today=now.date(),
    )
    return await _page(reading, views, await reading.told(_PART, views[:limit]), limit)


def _shown(one: Relationship, response: Response, now: datetime) -> RelationshipOut:
    response.headers["ETag"] = etag(one.version)
    return RelationshipOut.of(one, in_force=one.holds_on(now.date()))


async def _page(
    reading: Reading, views: list[RelationshipView], shown: list[RelationshipView], limit: int
) -> Page[RelationshipOut]:
    last = views[limit - 1] if len(views) > limit else None
    seen = await with_open_ends(reading, [view.relationship for view in shown])
    return Page(
        items=[
            RelationshipOut.of(one, in_force=view.in_force)
            for one, view in zip(seen, shown, strict=True)
        ],
        next_cursor=None if last is None else write_last(last.relationship.id, RELATIONSHIP),
    )
