"""What was told of orders, a row for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chassis.database import driver
from segmentation.domain.facts import Amendment, Cancellation, OrderFact, Purchase
from segmentation.store.arrays import write
from segmentation.store.owners import owner_columns, read_owner

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from asyncpg import Record

    from chassis.database import Transaction
    from segmentation.domain.facts import Change

_LOAD = "SELECT * FROM order_facts WHERE order_id = ANY($1) ORDER BY order_id FOR UPDATE"
_ROWS = """unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::text[],
    $7::text[], $8::text[], $9::bigint[], $10::timestamptz[], $11::date[], $12::bigint[],
    $13::timestamptz[], $14::bigint[], $15::bigint[])"""
_INSERT = f"""
INSERT INTO order_facts (order_id, customer_id, told_customer_id, source_record_id,
    owner_sequence, brand, country,
    currency, total_minor, placed_at, placed_on, cancelled_minor, cancelled_at,
    amended_total_minor, amended_sequence)
SELECT * FROM {_ROWS} AS told (order_id) ORDER BY order_id
"""  # noqa: S608 - constants of this module
_UPDATE = f"""
UPDATE order_facts AS fact SET
    (customer_id, told_customer_id, source_record_id,
    owner_sequence, brand, country, currency, total_minor,
        placed_at, placed_on, cancelled_minor, cancelled_at, amended_total_minor,
        amended_sequence)
    = (told.customer_id, told.told_customer_id, told.source_record_id,
        told.owner_sequence, told.brand, told.country,
        told.currency, told.total_minor, told.placed_at, told.placed_on, told.cancelled_minor,
        told.cancelled_at, told.amended_total_minor, told.amended_sequence)
FROM {_ROWS} AS told (order_id, customer_id, told_customer_id, source_record_id,
    owner_sequence, brand, country,
    currency, total_minor, placed_at, placed_on, cancelled_minor, cancelled_at,
    amended_total_minor, amended_sequence)
WHERE fact.order_id = told.order_id
"""  # noqa: S608 - constants of this module


async def load(tx: Transaction, order_ids: Collection[UUID]) -> dict[UUID, OrderFact]:
    """Give the known among these orders and lock their rows."""
    if not order_ids:
        return {}
    connection = await driver(tx)
    rows = await connection.fetch(_LOAD, list(order_ids))
    return {row["order_id"]: _read(row) for row in rows}


async def save(tx: Transaction, changes: Sequence[Change[OrderFact]]) -> None:
    """Write what changed.

    Raises `asyncpg.UniqueViolationError` when another consumer heard of a new one meanwhile: the
    batch is then applied again, and finds it.
    """
    connection = await driver(tx)
    new = [_columns(change.after) for change in changes if change.before is None]
    changed = [_columns(change.after) for change in changes if change.before is not None]
    await write(connection, _INSERT, new)
    await write(connection, _UPDATE, changed)


def _columns(fact: OrderFact) -> tuple[Any, ...]:
    bought, cancelled, amended = fact.purchase, fact.cancellation, fact.amendment
    return (
        fact.order_id,
        *owner_columns(fact.owner),
        bought and bought.brand,
        bought and bought.country,
        bought and bought.currency,
        bought and bought.total_minor,
        bought and bought.placed_at,
        bought and bought.placed_on,
        cancelled and cancelled.total_minor,
        cancelled and cancelled.cancelled_at,
        amended and amended.total_minor,
        amended and amended.sequence,
    )


def _read(row: Record) -> OrderFact:
    bought, cancelled = row["placed_at"] is not None, row["cancelled_at"] is not None
    return OrderFact(
        order_id=row["order_id"],
        owner=read_owner(row),
        purchase=Purchase(
            brand=row["brand"],
            country=row["country"],
            currency=row["currency"],
            total_minor=row["total_minor"],
            placed_at=row["placed_at"],
            placed_on=row["placed_on"],
        )
        if bought
        else None,
        cancellation=Cancellation(row["cancelled_minor"], row["cancelled_at"])
        if cancelled
        else None,
        amendment=None
        if row["amended_sequence"] is None
        else Amendment(row["amended_total_minor"], row["amended_sequence"]),
    )
