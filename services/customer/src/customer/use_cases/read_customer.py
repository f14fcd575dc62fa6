"""Reading a customer: its golden record, its source records, and where a retired id leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from chassis.global_ids import show_global_id
from customer.domain.claims import RecordKey
from customer.domain.refusals import CustomerUnknown, SourceRecordUnknown
from customer.store.customers import StoredCustomer, find_customer
from customer.store.golden_records import CustomerView, view_customer
from customer.store.source_records import Position, StoredRecord, find_record, list_records

if TYPE_CHECKING:
    from chassis.database import Database, Transaction


# The newest records tell enough, also of what is most frequent.
_TELLING_RECORDS = 200


async def read_customer(database: Database, customer_id: str) -> CustomerView:
    """Read a customer by any id it ever had; raises `CustomerUnknown`."""
    async with snapshot(database) as connection:
        customer = await _find(connection, customer_id)
        return await view_customer(connection, customer, records_each=_TELLING_RECORDS)


async def follow_alias(database: Database, customer_id: str) -> StoredCustomer:
    """Find to whom an id leads; raises `CustomerUnknown`."""
    async with snapshot(database) as connection:
        return await _find(connection, customer_id)


async def list_source_records(
    database: Database, customer_id: str, *, before: Position | None, limit: int
) -> list[StoredRecord]:
    """List what sources told of a customer; raises `CustomerUnknown`."""
    async with snapshot(database) as connection:
        customer = await _find(connection, customer_id)
        return await list_records(connection, customer.id, before=before, limit=limit)


async def read_source_record(database: Database, key: RecordKey) -> StoredRecord:
    """Read what a source told under its own id; raises `SourceRecordUnknown`."""
    async with snapshot(database) as connection:
        record = await find_record(connection, key)
    if record is None:
        message = "Put the record first, or correct the source and its id."
        raise SourceRecordUnknown(message)
    return record


async def _find(connection: Transaction, customer_id: str) -> StoredCustomer:
    customer = await find_customer(connection, customer_id)
    if customer is None:
        shown = show_global_id(customer_id)
        raise CustomerUnknown(f"{shown} was never given to a customer. Search for the customer.")
    return customer
