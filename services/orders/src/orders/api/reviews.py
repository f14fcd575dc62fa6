"""External references that came again with another body: the list that somebody reviews."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from chassis.api import DatabaseDep, requires
from chassis.paging import Cursor, Page
from orders.api.cursors import read_place, show_place
from orders.api.purviews import HomeRegions
from orders.domain.references import Fact, ReusedReference
from orders.events import ORDER, RETURN
from orders.use_cases.read_orders import list_reused_references

router = APIRouter(tags=["orders"])


class ReusedReferenceOut(BaseModel):
    """What came under a used reference, without who bought; `first_id` is what it names."""

    kind: Fact
    source: str
    external_ref: str
    first_id: str
    client_id: str
    body: dict[str, Any]
    times: int
    first_received_at: AwareDatetime
    last_received_at: AwareDatetime


@router.get("/v1/orders/reused-references", dependencies=[requires("orders:read")])
async def list_reuses(
    database: DatabaseDep,
    regions: HomeRegions,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at the most.")] = 20,
) -> Page[ReusedReferenceOut]:
    """List external references that came again with another body, the latest first."""
    found, more = await list_reused_references(
        database, regions=regions, before=read_place(cursor), limit=limit
    )
    last = found[-1] if more else None
    return Page(
        items=[_out(reuse) for reuse in found],
        next_cursor=None if last is None else show_place(last.first_received_at, last.id),
    )


def _out(reuse: ReusedReference) -> ReusedReferenceOut:
    kind = ORDER if reuse.kind is Fact.ORDER else RETURN
    return ReusedReferenceOut(
        kind=reuse.kind,
        source=reuse.source,
        external_ref=reuse.external_ref,
        first_id=kind.show(reuse.first_id),
        client_id=reuse.client_id,
        body=reuse.body,
        times=reuse.times,
        first_received_at=reuse.first_received_at,
        last_received_at=reuse.last_received_at,
    )
