"""Opening the book: everything that a few claims may concern, read and held in a few statements."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from customer.domain.book import Book, Holder
from customer.domain.neighbourhood import Neighbourhood, leave_out
from customer.store.finding import find
from customer.store.known_customers import read_judged, read_kept_apart, read_owners
from customer.store.races import BookChangedMeanwhile

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    import asyncpg

    from customer.domain.claims import RecordKey
    from customer.domain.identifiers import Identifier
    from customer.domain.neighbourhood import Portrait, Recogniser


async def open_book(
    connection: asyncpg.Connection[asyncpg.Record],
    keys: Collection[RecordKey],
    identifiers: Sequence[Identifier],
    portraits: Sequence[Portrait],
    recogniser: Recogniser,
    *,
    key_hashes: Sequence[bytes] = (),
    hold: bool = True,
) -> tuple[Book, dict[bytes, datetime]]:
    """Read all that the claims point to or resemble, and hold the customers until the end.

    With `hold` false nobody is held or waited for: what is read may change at once, and who is
    erased between the statements is left out.

    The caller has locked the names of the keys, identifiers and blocking keys, so that none of
    them can be told by anybody else meanwhile. But their customers may be merged through others:
    so whose a record is counts as it is when its customer is held. Customers who share a crowded
    value are left alone: nothing can come of it. Gives besides when the records of `key_hashes`
    were erased, of those that were. Raises `BookChangedMeanwhile` when customers change again and
    again, or are erased.
    """
    found = await find(connection, keys, identifiers, portraits, recogniser, key_hashes)
    distinct = leave_out(recogniser, found.near, found.crowded)
    resembling = {near.record_id for around in distinct.values() for near in around}
    holding = {holder.record_id for who in found.holders.values() for holder in who}
    known_ids = [record.id for record in found.records]
    customers, owners = await read_owners(
        connection, {*known_ids, *holding, *resembling}, hold=hold
    )
    if hold and not holding.union(known_ids) <= owners.keys():
        raise BookChangedMeanwhile
    book = Book(
        records=[
            replace(record, customer_id=owners[record.id])
            for record in found.records
            if record.id in owners
        ],
        customers=customers,
        holders={
            value: [
                Holder(holder.record_id, owners[holder.record_id])
                for holder in who
                if holder.record_id in owners
            ]
            for value, who in found.holders.items()
        },
        crowded=found.crowded,
        blocked=found.blocked,
        judged=await read_judged(connection, known_ids),
        kept_apart=await read_kept_apart(connection, [customer.id for customer in customers]),
        owners={record_id: owners[record_id] for record_id in resembling if record_id in owners},
        neighbourhood=Neighbourhood(recogniser, distinct),
    )
    return book, found.erased
