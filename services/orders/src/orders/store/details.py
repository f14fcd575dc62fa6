"""What only some orders have: an agreed delivery, pieces made to measure."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, bindparam, insert, select

from orders.domain.delivery import Delivery, DeliveryMethod
from orders.domain.made_to_measure import Measurements, Specification
from orders.store.detail_tables import line_specifications, order_deliveries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.domain.placing import NewOrder

_FIRST_VERSION = 1


async def keep_details(tx: Transaction, orders: Sequence[NewOrder]) -> None:
    """Store what only some of these orders have."""
    deliveries = [
        asdict(order.delivery)
        | {
            "order_id": order.id,
            "placed_at": order.placed_at,
            "method": order.delivery.method.value,
        }
        for order in orders
        if order.delivery is not None
    ]
    if deliveries:
        await tx.execute(insert(order_deliveries), deliveries)
    specifications = [
        {
            "order_id": order.id,
            "line_no": line_no,
            "version": _FIRST_VERSION,
            "placed_at": order.placed_at,
            "measurements": asdict(line.measurements),
            "recorded_at": order.request.received_at,
        }
        for order in orders
        for line_no, line in enumerate(order.lines, start=1)
        if line.measurements is not None
    ]
    if specifications:
        await tx.execute(insert(line_specifications), specifications)


async def append_specification(
    tx: Transaction,
    specification: Specification,
    *,
    order_id: UUID,
    line_no: int,
    placed_at: datetime,
) -> None:
    """Store one more version of what a locked order's line is to be."""
    await tx.execute(
        insert(line_specifications).values(
            order_id=order_id,
            line_no=line_no,
            version=specification.version,
            placed_at=placed_at,
            measurements=asdict(specification.measurements),
            recorded_at=specification.recorded_at,
        )
    )


_DELIVERIES = select(order_deliveries).where(
    order_deliveries.c.order_id.in_(bindparam("ids", expanding=True))
)
_SPECIFICATIONS = (
    select(line_specifications)
    .where(line_specifications.c.order_id.in_(bindparam("ids", expanding=True)))
    .order_by(line_specifications.c.version)
)


async def deliveries_of(
    connection: AsyncConnection, order_ids: Sequence[UUID]
) -> Mapping[UUID, Delivery]:
    """Give what was agreed of the delivery of those orders that have one."""
    rows = await connection.execute(_DELIVERIES, {"ids": order_ids})
    return {row.order_id: _delivery(row) for row in rows}


async def specifications_of(
    connection: AsyncConnection, order_ids: Sequence[UUID]
) -> Mapping[tuple[UUID, int], Specification]:
    """Give the latest version of each made-to-measure line, by order and line number."""
    return {
        (row.order_id, row.line_no): _specification(row)
        for row in await connection.execute(_SPECIFICATIONS, {"ids": order_ids})
    }


async def versions_of(
    connection: AsyncConnection, order_id: UUID, line_no: int
) -> list[Specification]:
    """Give all versions of a made-to-measure line, the first one first."""
    statement = (
        select(line_specifications)
        .where(line_specifications.c.order_id == order_id, line_specifications.c.line_no == line_no)
        .order_by(line_specifications.c.version)
    )
    return [_specification(row) for row in await connection.execute(statement)]


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        method=DeliveryMethod(row.method),
        location=row.location,
        service=row.service,
        promised_from=row.promised_from,
        promised_until=row.promised_until,
        terms=row.terms,
        destination=row.destination,
    )


def _specification(row: Row[Any]) -> Specification:
    return Specification(
        version=row.version,
        measurements=Measurements(**row.measurements),
        recorded_at=row.recorded_at,
    )
