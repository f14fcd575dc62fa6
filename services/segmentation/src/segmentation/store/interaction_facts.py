"""How customers and the house were in touch, a row for each interaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chassis.database import driver
from segmentation.domain.facts import InteractionFact
from segmentation.store.arrays import write
from segmentation.store.owners import owner_columns, read_owner

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from chassis.database import Transaction
    from segmentation.domain.facts import Change

_LOAD = """
SELECT * FROM interaction_facts WHERE interaction_id = ANY($1) ORDER BY interaction_id FOR UPDATE
"""
_INSERT = """
INSERT INTO interaction_facts (interaction_id, customer_id, told_customer_id, source_record_id,
    owner_sequence, answered_at, channel, begun_by, at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[],
    $6::timestamptz[], $7::text[], $8::text[], $9::timestamptz[])
    AS told (interaction_id) ORDER BY interaction_id
"""
_UPDATE = """
UPDATE interaction_facts AS fact SET
    (customer_id, told_customer_id, source_record_id, owner_sequence, answered_at)
    = (told.customer_id, told.told_customer_id, told.source_record_id, told.owner_sequence,
        told.answered_at)
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::timestamptz[])
    AS told (interaction_id, customer_id, told_customer_id, source_record_id, owner_sequence,
        answered_at)
WHERE fact.interaction_id = told.interaction_id
"""


async def load(tx: Transaction, interaction_ids: Collection[UUID]) -> dict[UUID, InteractionFact]:
    """Give the known among these interactions and lock their rows."""
    if not interaction_ids:
        return {}
    connection = await driver(tx)
    rows = await connection.fetch(_LOAD, list(interaction_ids))
    return {
        row["interaction_id"]: InteractionFact(
            interaction_id=row["interaction_id"],
            owner=read_owner(row),
            channel=row["channel"],
            begun_by=row["begun_by"],
            at=row["at"],
            answered_at=row["answered_at"],
        )
        for row in rows
    }


async def save(tx: Transaction, changes: Sequence[Change[InteractionFact]]) -> None:
    """Write what changed; raises as `order_facts.save`."""
    connection = await driver(tx)
    new = [
        (*_changed(change.after), change.after.channel, change.after.begun_by, change.after.at)
        for change in changes
        if change.before is None
    ]
    changed = [_changed(change.after) for change in changes if change.before is not None]
    await write(connection, _INSERT, new)
    await write(connection, _UPDATE, changed)


def _changed(fact: InteractionFact) -> tuple[Any, ...]:
    return (fact.interaction_id, *owner_columns(fact.owner), fact.answered_at)
