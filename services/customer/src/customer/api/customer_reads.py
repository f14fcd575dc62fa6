"""The audit of reads: who read a customer, when and what for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from chassis.api import DatabaseDep, requires
from chassis.global_ids import GlobalId
from chassis.paging import Cursor, Limit, Page, decode_cursor, encode_cursor
from customer.api.cursors import invalid_cursor
from customer.api.readers import ReadingDep
from customer.domain.reads import Seen
from customer.store.customer_reads import NotedRead
from customer.use_cases.note_reads import list_reads

router = APIRouter(prefix="/v1", tags=["privacy"])

_LATEST = 2**63 - 1


class ReadOut(BaseModel):
    """A read: by which client for whom, what of the customer, and how often within a second."""

    customer_id: Annotated[
        GlobalId | None, Field(description="Null for a read of the ids of many at once.")
    ]
    client_id: str
    person: str | None
    what: str
    purpose: str | None
    times: int
    read_at: AwareDatetime

    @classmethod
    def of(cls, noted: NotedRead) -> ReadOut:
        return cls(**noted.read._asdict(), times=noted.times, read_at=noted.read_at)


@router.get("/customers/{customer_id}/reads", dependencies=[requires("customers:privacy")])
async def get_reads(
    customer_id: GlobalId,
    database: DatabaseDep,
    reading: ReadingDep,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ReadOut]:
    """List who read a customer, under its id and those retired into it, the latest first.

    A search counts for each customer it found; what was typed is not kept. A page of the id map or
    of aliases is one read of many, without a customer, and stands in the list of each.
    """
    await reading.readable(customer_id)
    await reading.reads.write()
    present_id, found = await list_reads(
        database, customer_id, before=_read_cursor(cursor), limit=limit + 1
    )
    reading.note(present_id, Seen.READS)
    shown = found[:limit]
    return Page(
        items=[ReadOut.of(noted) for noted in shown],
        next_cursor=encode_cursor(shown[-1].id) if len(found) > limit else None,
    )


def _read_cursor(cursor: str | None) -> int:
    if cursor is None:
        return _LATEST
    [place] = decode_cursor(cursor, parts=1)
    if not isinstance(place, int) or not 0 <= place <= _LATEST:
        raise invalid_cursor()
    return place
