"""Customers: the golden record, its source records, and where ids lead."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from chassis.api import DatabaseDep, requires
from chassis.global_ids import GlobalId
from chassis.paging import Cursor, Limit, Page, decode_cursor, encode_cursor
from customer.api.cursors import invalid_cursor, read_record_id
from customer.api.customer_out import AliasOut, CustomerOut
from customer.api.readers import ReadingDep
from customer.api.source_record_out import SourceRecordOut
from customer.domain.reads import Seen
from customer.events import SOURCE_RECORD
from customer.store.source_records import Position
from customer.use_cases.read_customer import follow_alias, list_source_records, read_customer

router = APIRouter(prefix="/v1", tags=["customers"])


@router.get("/customers/{customer_id}", dependencies=[requires("customers:read")])
async def get_customer(
    customer_id: GlobalId,
    database: DatabaseDep,
    reading: ReadingDep,
    *,
    alternatives: Annotated[
        bool, Query(description="Also list the values that did not survive, and who told them.")
    ] = False,
) -> CustomerOut:
    """Read a customer by any id it ever had.

    Of each attribute that value survives which a person locked, else the one that the house's
    survivorship rules choose, else the one told most recently. A retired id answers with its
    survivor and repeats what was asked as `retired_id`.
    """
    view = await reading.customer(await read_customer(database, customer_id))
    return CustomerOut.of(view, customer_id, alternatives=alternatives)


@router.get("/customers/{customer_id}/source-records", dependencies=[requires("customers:read")])
async def get_source_records(
    customer_id: GlobalId,
    database: DatabaseDep,
    reading: ReadingDep,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[SourceRecordOut]:
    """List what sources told of a customer, that observed last first."""
    found = await list_source_records(
        database, customer_id, before=_read_record_cursor(cursor), limit=limit + 1
    )
    shown = found[:limit]
    more = len(found) > limit
    last = shown[-1] if more else None
    return Page(
        items=[SourceRecordOut.of(record) for record in await reading.records(shown)],
        next_cursor=encode_cursor(last.observed_at.isoformat(), SOURCE_RECORD.show(last.id))
        if last is not None
        else None,
    )


@router.get("/aliases/{customer_id}", dependencies=[requires("customers:read")])
async def get_alias(customer_id: GlobalId, database: DatabaseDep, reading: ReadingDep) -> AliasOut:
    """Find to which customer an id leads now; a current id leads to itself."""
    customer = await follow_alias(database, customer_id)
    await reading.readable(customer.id)
    reading.note(customer.id, Seen.ALIAS)
    return AliasOut.of(customer, customer_id)


def _read_record_cursor(cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    instant, shown = decode_cursor(cursor, parts=2)
    try:
        observed_at = datetime.fromisoformat(str(instant))
        observed_at.astimezone(UTC)  # which the first and last day of all may not have
    except (ValueError, OverflowError) as error:
        raise invalid_cursor() from error
    if observed_at.tzinfo is None:
        raise invalid_cursor()
    return observed_at, read_record_id(shown)
