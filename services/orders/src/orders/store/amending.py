"""Amendments of orders in the database: what changed, kept version by version."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from orders.domain.amending import AddedLine, Amendment, CancelledLine
from orders.store.detail_tables import order_deliveries
from orders.store.fulfilment_tables import order_amendments
from orders.store.tables import order_contacts, order_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.domain.delivery import Delivery
    from orders.domain.order import Order
    from orders.domain.placing import NewLine


async def insert_amendment(tx: Transaction, order: Order, amendment: Amendment) -> None:
    """Keep what changed of a locked order."""
    await tx.execute(
        insert(order_amendments).values(
            id=amendment.id,
            order_id=order.id,
            order_version=amendment.order_version,
            placed_at=order.placed_at,
            amended_at=amendment.amended_at,
            reason=amendment.reason,
            cancelled=[asdict(line) for line in amendment.cancelled],
            added=[asdict(line) for line in amendment.added],
            changed_delivery=amendment.changed_delivery,
            changed_contact=amendment.changed_contact,
            total_minor=amendment.total_minor,
        )
    )


async def insert_lines(
    tx: Transaction, order: Order, lines: Sequence[NewLine], *, first_line_no: int
) -> None:
    """Store lines that come later to a locked order."""
    rows = [
        {
            "order_id": order.id,
            "line_no": line_no,
            "placed_at": order.placed_at,
            "sku": line.sku,
            "description": line.description,
            "category": line.category,
            "quantity": line.quantity,
            "unit_price_minor": line.unit_price_minor,
            "discount_minor": line.discount_minor,
            "tax_minor": line.tax_minor,
            "total_minor": line.total_minor,
            "serial_number": line.serial_number,
            "unit_cost_minor": line.unit_cost_minor,
            "is_gift": line.is_gift,
            "gift_wrap": line.gift_wrap,
            "warranty_months": line.warranty_months,
            "warranty_days": line.warranty_days,
            "taxes": [asdict(part) for part in line.taxes],
        }
        for line_no, line in enumerate(lines, start=first_line_no)
    ]
    if rows:
        await tx.execute(insert(order_lines), rows)


async def replace_delivery(tx: Transaction, order: Order, delivery: Delivery) -> None:
    """Store another agreed delivery of a locked order."""
    values: dict[str, Any] = asdict(delivery) | {"method": delivery.method.value}
    statement = insert_or_update(order_deliveries).values(
        order_id=order.id, placed_at=order.placed_at, **values
    )
    await tx.execute(statement.on_conflict_do_update(index_elements=["order_id"], set_=values))


async def replace_contact(tx: Transaction, order: Order, contact: dict[str, Any]) -> None:
    """Store another snapshot of whom to write to about a locked order."""
    statement = insert_or_update(order_contacts).values(
        order_id=order.id, placed_at=order.placed_at, contact=contact
    )
    await tx.execute(
        statement.on_conflict_do_update(index_elements=["order_id"], set_={"contact": contact})
    )


async def amendments_of(connection: AsyncConnection, order_id: UUID) -> list[Amendment]:
    """Give an order's amendments, the first one first."""
    statement = (
        select(order_amendments)
        .where(order_amendments.c.order_id == order_id)
        .order_by(order_amendments.c.order_version)
    )
    return [_amendment(row) for row in await connection.execute(statement)]


def _amendment(row: Row[Any]) -> Amendment:
    return Amendment(
        id=row.id,
        order_version=row.order_version,
        amended_at=row.amended_at,
        reason=row.reason,
        cancelled=tuple(CancelledLine(**line) for line in row.cancelled),
        added=tuple(AddedLine(**line) for line in row.added),
        changed_delivery=row.changed_delivery,
        changed_contact=row.changed_contact,
        total_minor=row.total_minor,
    )
