"""Deriving records anew: which come next, and what they get in the place of what they had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from chassis.database import lock
from customer.domain.claims import Normalised, RecordKey
from customer.store.records_json import read_normalised
from customer.store.search import FIRST_RECORD
from customer.store.tables.golden import derivations

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from chassis.database import Transaction
    from customer.domain.derived import Derived

_KEYS = "SELECT source, external_id FROM source_records WHERE id = ANY(CAST(:ids AS uuid[]))"
_NEXT = """
SELECT id FROM source_records WHERE id > :through ORDER BY id LIMIT :bound
"""

# Whoever holds a record may be deriving it, or waiting for another that is held here.
_HOLD = """
SELECT id, source, external_id, normalised FROM source_records
WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE SKIP LOCKED
"""

_WRITE_SEARCH_KEYS = """
WITH told AS (
    SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:keys AS text[]), CAST(:ids AS uuid[]))
        AS k (kind, key, source_record_id)
), old AS (
    DELETE FROM search_keys WHERE source_record_id = ANY(CAST(:records AS uuid[]))
    AND (kind, key, source_record_id) NOT IN (SELECT * FROM told)
)
INSERT INTO search_keys SELECT * FROM told ON CONFLICT DO NOTHING
"""

_WRITE_TRAITS = """
WITH told AS (
    SELECT * FROM jsonb_to_recordset(:told) AS t (source_record_id uuid, traits text, keys bigint[])
), blocks AS (
    SELECT unnest(keys) AS key, source_record_id FROM told
), old AS (
    DELETE FROM blocking_keys b USING (
        SELECT unnest(keys) AS key, source_record_id FROM record_traits
        WHERE source_record_id IN (SELECT source_record_id FROM told)
        EXCEPT SELECT * FROM blocks
    ) AS o WHERE b.key = o.key AND b.source_record_id = o.source_record_id
), new AS (
    INSERT INTO blocking_keys SELECT * FROM blocks ON CONFLICT DO NOTHING
)
INSERT INTO record_traits (source_record_id, traits, keys) SELECT * FROM told
ON CONFLICT (source_record_id) DO UPDATE SET traits = excluded.traits, keys = excluded.keys
"""


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A source record that is held, as it is derived from."""

    id: UUID
    key: RecordKey
    normalised: Normalised


async def begin_derivation(tx: Transaction, scheme: int) -> UUID | None:
    """Take up a derivation where it stopped; gives None when it is finished, or another has it."""
    await tx.execute(insert(derivations).values(scheme=scheme).on_conflict_do_nothing())
    row = (
        await tx.execute(
            select(derivations.c.through, derivations.c.finished_at)
            .where(derivations.c.scheme == scheme)
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


async def hold_records(tx: Transaction, record_ids: Collection[UUID]) -> list[HeldRecord]:
    """Hold the records that nobody else holds now, and read them."""
    rows = await tx.execute(text(_HOLD), {"ids": list(record_ids)})
    return [
        HeldRecord(row.id, RecordKey(row.source, row.external_id), read_normalised(row.normalised))
        for row in rows
    ]


async def write_derived(tx: Transaction, derived: Mapping[UUID, Derived]) -> None:
    """Give records this in the place of what was derived of them before."""
    told = [
        (kind, key, record_id)
        for record_id in derived
        for kind, key in derived[record_id].search_keys
    ]
    keys = {
        "kinds": [str(kind) for kind, _, _ in told],
        "keys": [key for _, key, _ in told],
        "ids": [record_id for _, _, record_id in told],
        "records": list(derived),
    }
    await tx.execute(text(_WRITE_SEARCH_KEYS), keys)
    traits = [
        {"source_record_id": str(record_id), "traits": one.traits, "keys": one.blocking_keys}
        for record_id, one in derived.items()
    ]
    statement = text(_WRITE_TRAITS).bindparams(bindparam("told", type_=JSONB))
    await tx.execute(statement, {"told": traits})


async def note_derivation(tx: Transaction, scheme: int, record_ids: Sequence[UUID]) -> None:
    """Remember how far the derivation came; without a record it is finished."""
    values = {"through": record_ids[-1]} if record_ids else {"finished_at": func.now()}
    await tx.execute(update(derivations).where(derivations.c.scheme == scheme).values(values))
