"""What customers declared, a row for each value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chassis.database import driver
from segmentation.domain.facts import AttributeFact
from segmentation.store.arrays import write
from segmentation.store.owners import owner_columns, read_owner

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from chassis.database import Transaction
    from segmentation.domain.facts import Change

_LOAD = "SELECT * FROM attribute_facts WHERE value_id = ANY($1) ORDER BY value_id FOR UPDATE"
_INSERT = """
INSERT INTO attribute_facts (value_id, customer_id, told_customer_id, source_record_id,
    owner_sequence, attribute, purpose, value, observed_at, valid_until, told_at, is_withdrawn)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::text[],
    $7::text[], $8::jsonb[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[],
    $12::boolean[]) AS told (value_id) ORDER BY value_id
"""
_UPDATE = """
UPDATE attribute_facts AS fact SET
    (customer_id, told_customer_id, source_record_id, owner_sequence, value, told_at, is_withdrawn)
    = (told.customer_id, told.told_customer_id, told.source_record_id, told.owner_sequence,
        told.value, told.told_at, told.is_withdrawn)
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::jsonb[],
        $7::timestamptz[], $8::boolean[])
    AS told (value_id, customer_id, told_customer_id, source_record_id, owner_sequence, value,
        told_at, is_withdrawn)
WHERE fact.value_id = told.value_id
"""


async def load(tx: Transaction, value_ids: Collection[UUID]) -> dict[UUID, AttributeFact]:
    """Give the known among these values and lock their rows."""
    if not value_ids:
        return {}
    connection = await driver(tx)
    rows = await connection.fetch(_LOAD, list(value_ids))
    return {
        row["value_id"]: AttributeFact(
            value_id=row["value_id"],
            owner=read_owner(row),
            attribute=row["attribute"],
            purpose=row["purpose"],
            value=row["value"],
            observed_at=row["observed_at"],
            valid_until=row["valid_until"],
            told_at=row["told_at"],
            is_withdrawn=row["is_withdrawn"],
        )
        for row in rows
    }


async def save(tx: Transaction, changes: Sequence[Change[AttributeFact]]) -> None:
    """Write what changed; of the erased no value is kept. Raises as `order_facts.save`."""
    connection = await driver(tx)
    new = [_new(change.after) for change in changes if change.before is None]
    changed = [_changed(change.after) for change in changes if change.before is not None]
    await write(connection, _INSERT, new)
    await write(connection, _UPDATE, changed)


def _new(fact: AttributeFact) -> tuple[Any, ...]:
    return (
        fact.value_id,
        *owner_columns(fact.owner),
        fact.attribute,
        fact.purpose,
        _kept(fact),
        fact.observed_at,
        fact.valid_until,
        fact.told_at,
        fact.is_withdrawn,
    )


def _changed(fact: AttributeFact) -> tuple[Any, ...]:
    return (
        fact.value_id,
        *owner_columns(fact.owner),
        _kept(fact),
        fact.told_at,
        fact.is_withdrawn,
    )


def _kept(fact: AttributeFact) -> str | None:
    is_somebodys = fact.owner is not None and fact.owner.customer_id is not None
    return fact.value if is_somebodys else None
