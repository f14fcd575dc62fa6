"""Making search keys anew: which records come next, and the keys they get instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database import lock
from customer.domain.claims import Normalised, RecordKey
from customer.store.records_json import read_normalised
from customer.store.search import FIRST_RECORD
from customer.store.tables.golden import search_key_builds

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from chassis.database import Transaction
    from customer.domain.search_keys import SearchKey

_KEYS = "SELECT source, external_id FROM source_records WHERE id = ANY(CAST(:ids AS uuid[]))"
_NEXT = """
SELECT id FROM source_records WHERE id > :through ORDER BY id LIMIT :bound
"""

# Whoever holds a record may be writing its keys, or waiting for another that is held here.
_HOLD = """
SELECT id, source, external_id, normalised FROM source_records
WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE SKIP LOCKED
"""

_WRITE = """
WITH told AS (
    SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:keys AS text[]), CAST(:ids AS uuid[]))
        AS k (kind, key, source_record_id)
), old AS (
    DELETE FROM search_keys WHERE source_record_id = ANY(CAST(:records AS uuid[]))
    AND (kind, key, source_record_id) NOT IN (SELECT * FROM told)
)
INSERT INTO search_keys SELECT * FROM told ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class KeyedRecord:
    """A source record as its search keys are made of it."""

    id: UUID
    key: RecordKey
    normalised: Normalised


async def begin_build(tx: Transaction, scheme: int) -> UUID | None:
    """Take up a build where it stopped; gives None when it is finished, or another has it."""
    await tx.execute(insert(search_key_builds).values(scheme=scheme).on_conflict_do_nothing())
    row = (
        await tx.execute(
            select(search_key_builds.c.through, search_key_builds.c.finished_at)
            .where(search_key_builds.c.scheme == scheme)
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()
    if row is None or row.finished_at is not None:
        return None
    return row.through or FIRST_RECORD


async def next_records(tx: Transaction, through: UUID, *, limit: int) -> list[UUID]:
    """Name the records that come next."""
    rows = await tx.execute(text(_NEXT), {"through": through, "bound": limit})
    return list(rows.scalars())


async def lock_records(tx: Transaction, record_ids: Sequence[UUID]) -> None:
    """Wait for intakes of these records, and have later ones wait, as they do for each other."""
    rows = await tx.execute(text(_KEYS), {"ids": list(record_ids)})
    await lock(tx, *(RecordKey(row.source, row.external_id).name for row in rows))


async def hold_records(tx: Transaction, record_ids: Collection[UUID]) -> list[KeyedRecord]:
    """Hold the records that nobody else holds now, and read them."""
    rows = await tx.execute(text(_HOLD), {"ids": list(record_ids)})
    return [
        KeyedRecord(row.id, RecordKey(row.source, row.external_id), read_normalised(row.normalised))
        for row in rows
    ]


async def write_search_keys(tx: Transaction, keys: Mapping[UUID, Collection[SearchKey]]) -> None:
    """Give records these keys in the place of those they had."""
    told = [(kind, key, record_id) for record_id, found in keys.items() for kind, key in found]
    values = {
        "kinds": [str(kind) for kind, _, _ in told],
        "keys": [key for _, key, _ in told],
        "ids": [record_id for _, _, record_id in told],
        "records": list(keys),
    }
    await tx.execute(text(_WRITE), values)


async def note_build(tx: Transaction, scheme: int, record_ids: Sequence[UUID]) -> None:
    """Remember how far the build came; without a record it is finished."""
    values = {"through": record_ids[-1]} if record_ids else {"finished_at": func.now()}
    await tx.execute(
        update(search_key_builds).where(search_key_builds.c.scheme == scheme).values(values)
    )
