"""The words of carriers that somebody should map: each with its count and an example."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.api import DatabaseDep, requires
from chassis.paging import Cursor, Page, decode_cursor, encode_cursor
from orders.api.purviews import HomeRegions
from orders.use_cases.list_unmapped_codes import list_unmapped_codes

router = APIRouter(tags=["parcels"])


class UnmappedCodeOut(BaseModel):
    """A carrier's code that came with the status `unknown`, and how often."""

    model_config = ConfigDict(from_attributes=True)

    carrier: str
    code: str
    times: int
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    example: str | None = Field(
        description="The carrier's text of one such event; null where it told none, where it was "
        "erased, and where its order's home region is closed to the client."
    )


@router.get("/v1/unmapped-codes", dependencies=[requires("orders:read")])
async def list_codes(
    database: DatabaseDep,
    regions: HomeRegions,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many at the most.")] = 50,
) -> Page[UnmappedCodeOut]:
    """List carriers' codes of no known meaning, by carrier and code, with counts and an example."""
    found, more = await list_unmapped_codes(
        database, regions=regions, after=_place(cursor), limit=limit
    )
    return Page(
        items=[UnmappedCodeOut.model_validate(code) for code in found],
        next_cursor=encode_cursor(found[-1].carrier, found[-1].code) if more else None,
    )


def _place(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    carrier, code = decode_cursor(cursor, parts=2)
    return str(carrier), str(code)
