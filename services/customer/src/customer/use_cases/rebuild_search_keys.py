"""Making all search keys anew after the way they are made has changed, a few records at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from customer.domain.search_keys import SCHEME, search_keys_of
from customer.store.search_key_builds import (
    begin_build,
    hold_records,
    lock_records,
    next_records,
    note_build,
    write_search_keys,
)

if TYPE_CHECKING:
    from chassis.database import Database

RECORDS_TOGETHER = 500


class RecordsHeld(Exception):
    """Others are changing some of the records; they come again after a moment."""


async def rebuild_search_keys(database: Database) -> bool:
    """Make the keys of the next records anew; gives False when there are none left.

    Records are found by their old keys until theirs are made. What comes in meanwhile gets the
    new keys at once. Raises `RecordsHeld`.
    """
    async with unit_of_work(database) as tx:
        through = await begin_build(tx, SCHEME)
        if through is None:
            return False
        record_ids = await next_records(tx, through, limit=RECORDS_TOGETHER)
        await lock_records(tx, record_ids)
        records = await hold_records(tx, record_ids)
        if len(records) < len(record_ids):
            raise RecordsHeld
        if records:
            keys = {record.id: search_keys_of(record.normalised, record.key) for record in records}
            await write_search_keys(tx, keys)
        await note_build(tx, SCHEME, record_ids)
        return bool(records)
