"""What was told of complaints, a row for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chassis.database import driver
from segmentation.domain.facts import ComplaintFact, ComplaintState
from segmentation.store.arrays import write
from segmentation.store.owners import owner_columns, read_owner

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from chassis.database import Transaction
    from segmentation.domain.facts import Change

_LOAD = (
    "SELECT * FROM complaint_facts WHERE complaint_id = ANY($1) ORDER BY complaint_id FOR UPDATE"
)
_ROWS = """unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[],
    $7::timestamptz[], $8::boolean[], $9::bigint[])"""
_INSERT = f"""
INSERT INTO complaint_facts (complaint_id, order_id, customer_id, told_customer_id,
    source_record_id, owner_sequence, filed_at, is_open, state_sequence)
SELECT * FROM {_ROWS} AS told (complaint_id) ORDER BY complaint_id
"""  # noqa: S608 - constants of this module
_UPDATE = f"""
UPDATE complaint_facts AS fact SET
    (order_id, customer_id, told_customer_id, source_record_id,
    owner_sequence, filed_at, is_open, state_sequence)
    = (told.order_id, told.customer_id, told.told_customer_id, told.source_record_id,
        told.owner_sequence, told.filed_at,
        told.is_open, told.state_sequence)
FROM {_ROWS} AS told (complaint_id, order_id, customer_id, told_customer_id, source_record_id,
    owner_sequence,
    filed_at, is_open, state_sequence)
WHERE fact.complaint_id = told.complaint_id
"""  # noqa: S608 - constants of this module


async def load(tx: Transaction, complaint_ids: Collection[UUID]) -> dict[UUID, ComplaintFact]:
    """Give the known among these complaints and lock their rows."""
    if not complaint_ids:
        return {}
    connection = await driver(tx)
    rows = await connection.fetch(_LOAD, list(complaint_ids))
    return {
        row["complaint_id"]: ComplaintFact(
            complaint_id=row["complaint_id"],
            state=ComplaintState(is_open=row["is_open"], sequence=row["state_sequence"]),
            filed_at=row["filed_at"],
            order_id=row["order_id"],
            owner=read_owner(row),
        )
        for row in rows
    }


async def save(tx: Transaction, changes: Sequence[Change[ComplaintFact]]) -> None:
    """Write what changed; raises as `order_facts.save`."""
    connection = await driver(tx)
    new = [_columns(change.after) for change in changes if change.before is None]
    changed = [_columns(change.after) for change in changes if change.before is not None]
    await write(connection, _INSERT, new)
    await write(connection, _UPDATE, changed)


def _columns(fact: ComplaintFact) -> tuple[Any, ...]:
    return (
        fact.complaint_id,
        fact.order_id,
        *owner_columns(fact.owner),
        fact.filed_at,
        fact.state.is_open,
        fact.state.sequence,
    )
