"""Blocked identifiers: values that a steward knows to identify nobody."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.ids import IdType
from chassis.iso import Country
from chassis.paging import Cursor, Limit, Page, decode_cursor, encode_cursor
from customer.api.actors import ActorDep
from customer.api.fields import LongText
from customer.domain.identifiers import IdentifierKind
from customer.store.blocked_identifiers import BlockedIdentifier
from customer.use_cases.block_identifiers import (
    block_identifier,
    list_blocked_identifiers,
    unblock_identifier,
)
from customer.use_cases.search_customers import read_identifier

router = APIRouter(prefix="/v1/blocked-identifiers", tags=["stewardship"])

BLOCKED = IdType("blk")
BlockedId = Annotated[UUID, BLOCKED.schema]


class BlockIn(StrictModel):
    """A value that identifies nobody; `country` reads a phone number dialled without its code."""

    kind: IdentifierKind
    value: LongText
    country: Country | None = None
    reason: Annotated[LongText, Field(description="Why, for the stewards who come after.")]


class BlockedOut(BaseModel):
    """A blocked value in the form in which values are compared, by whom and why."""

    id: BlockedId
    kind: IdentifierKind
    value: str
    reason: str
    blocked_by: str
    blocked_at: AwareDatetime

    @classmethod
    def of(cls, blocked: BlockedIdentifier) -> BlockedOut:
        return cls(
            id=blocked.id,
            kind=blocked.identifier.kind,
            value=blocked.identifier.value,
            reason=blocked.reason,
            blocked_by=blocked.blocked_by,
            blocked_at=blocked.blocked_at,
        )


@router.post("", status_code=201, dependencies=[requires("customers:steward")])
async def post(body: BlockIn, database: DatabaseDep, actor: ActorDep, now: Now) -> BlockedOut:
    """Block a value: from now on nobody is recognised by it, and it is flagged when it is told.

    Customers whom it joined before stay joined: unmerge them by hand. Blocking it again changes
    nothing.
    """
    identifier = read_identifier(body.kind, body.value, body.country)
    by = actor.person or actor.client_id
    blocked = await block_identifier(database, identifier, reason=body.reason, by=by, now=now)
    return BlockedOut.of(blocked)


@router.get("", dependencies=[requires("customers:steward")])
async def get_all(
    database: DatabaseDep, cursor: Cursor = None, limit: Limit = 50
) -> Page[BlockedOut]:
    """List the blocked values, that blocked first first."""
    after = BLOCKED.read(str(decode_cursor(cursor, parts=1)[0])) if cursor is not None else None
    found = await list_blocked_identifiers(database, after=after, limit=limit + 1)
    shown = found[:limit]
    return Page(
        items=[BlockedOut.of(blocked) for blocked in shown],
        next_cursor=encode_cursor(BLOCKED.show(shown[-1].id)) if len(found) > limit else None,
    )


@router.delete("/{blocked_id}", status_code=204, dependencies=[requires("customers:steward")])
async def delete(blocked_id: Annotated[BlockedId, Path()], database: DatabaseDep) -> None:
    """Unblock a value, so that it identifies again."""
    await unblock_identifier(database, blocked_id)
