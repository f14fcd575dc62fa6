"""What was told of returns, a row for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chassis.database import driver
from segmentation.domain.facts import ReturnFact
from segmentation.store.arrays import write
from segmentation.store.owners import owner_columns, read_owner

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from chassis.database import Transaction
    from segmentation.domain.facts import Change

_LOAD = "SELECT * FROM return_facts WHERE return_id = ANY($1) ORDER BY return_id FOR UPDATE"
_ROWS = """unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[],
    $7::text[], $8::bigint[], $9::timestamptz[])"""
_INSERT = f"""
INSERT INTO return_facts (return_id, order_id, customer_id, told_customer_id, source_record_id,
    owner_sequence,
    currency, refund_minor, returned_at)
SELECT * FROM {_ROWS} AS told (return_id) ORDER BY return_id
"""  # noqa: S608 - constants of this module
_UPDATE = f"""
UPDATE return_facts AS fact SET (customer_id, told_customer_id, source_record_id,
    owner_sequence)
    = (told.customer_id, told.told_customer_id, told.source_record_id,
        told.owner_sequence)
FROM {_ROWS} AS told (return_id, order_id, customer_id, told_customer_id, source_record_id,
    owner_sequence)
WHERE fact.return_id = told.return_id
"""  # noqa: S608 - constants of this module


async def load(tx: Transaction, return_ids: Collection[UUID]) -> dict[UUID, ReturnFact]:
    """Give the known among these returns and lock their rows."""
    if not return_ids:
        return {}
    connection = await driver(tx)
    rows = await connection.fetch(_LOAD, list(return_ids))
    return {
        row["return_id"]: ReturnFact(
            return_id=row["return_id"],
            order_id=row["order_id"],
            owner=read_owner(row),
            currency=row["currency"],
            refund_minor=row["refund_minor"],
            returned_at=row["returned_at"],
        )
        for row in rows
    }


async def save(tx: Transaction, changes: Sequence[Change[ReturnFact]]) -> None:
    """Write what changed; raises as `order_facts.save`."""
    connection = await driver(tx)
    new = [_columns(change.after) for change in changes if change.before is None]
    changed = [_columns(change.after) for change in changes if change.before is not None]
    await write(connection, _INSERT, new)
    await write(connection, _UPDATE, changed)


def _columns(fact: ReturnFact) -> tuple[Any, ...]:
    return (
        fact.return_id,
        fact.order_id,
        *owner_columns(fact.owner),
        fact.currency,
        fact.refund_minor,
        fact.returned_at,
    )
