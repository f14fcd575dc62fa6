"""Making all that is derived of records anew after the way it is made has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from customer.domain.derived import SCHEME, derive
from customer.store.deriving import (
    begin_derivation,
    hold_records,
    lock_records,
    next_records,
    note_derivation,
    write_derived,
)

if TYPE_CHECKING:
    from chassis.database import Database

RECORDS_TOGETHER = 500


class RecordsHeld(Exception):
    """Others are changing some of the records; they come again after a moment."""


async def derive_again(database: Database) -> bool:
    """Derive the next records anew; gives False when there are none left.

    Records are found and compared by what was derived before until theirs is made. What comes in
    meanwhile is derived in the new way at once. Raises `RecordsHeld`.
    """
    async with unit_of_work(database) as tx:
        through = await begin_derivation(tx, SCHEME)
        if through is None:
            return False
        record_ids = await next_records(tx, through, limit=RECORDS_TOGETHER)
        await lock_records(tx, record_ids)
        records = await hold_records(tx, record_ids)
        if len(records) < len(record_ids):
            raise RecordsHeld
        if records:
            derived = {record.id: derive(record.normalised, record.key) for record in records}
            await write_derived(tx, derived)
        await note_derivation(tx, SCHEME, record_ids)
        return bool(records)
