"""What is made to measure: another version of its measurements, and the start of its making."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import snapshot, unit_of_work
from orders.domain.amending import check_open
from orders.domain.made_to_measure import (
    Measurements,
    Specification,
    check_not_in_production,
    made_to_measure,
)
from orders.domain.order import Order
from orders.store.details import append_specification, versions_of
from orders.store.order_lines import start_production
from orders.store.orders import load_order, lock_order, set_changed

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database
    from chassis.idempotency import Once


async def read_specifications(
    database: Database, order_id: UUID, line_no: int
) -> list[Specification]:
    """Give all versions of a line; raises `OrderNotFound`, `NotMadeToMeasure`."""
    async with snapshot(database) as connection:
        order = await load_order(connection, order_id)
        made_to_measure(order.lines, line_no)
        return await versions_of(connection, order_id, line_no)


async def specify_line(
    database: Database,
    order_id: UUID,
    line_no: int,
    measurements: Measurements,
    *,
    now: datetime,
    once: Once[Order],
) -> Order:
    """Keep another version, until the line is being made; raises `InProduction`."""
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        await lock_order(tx, order_id)
        order = await load_order(tx, order_id)
        check_open(order)
        line, present = made_to_measure(order.lines, line_no)
        check_not_in_production(line_no, line.production_started_at)
        await append_specification(
            tx,
            Specification(version=present.version + 1, measurements=measurements, recorded_at=now),
            order_id=order_id,
            line_no=line_no,
            placed_at=order.placed_at,
        )
        await set_changed(tx, order)
        return await once.keep(tx, await load_order(tx, order_id))


async def begin_production(
    database: Database, order_id: UUID, line_no: int, *, now: datetime, once: Once[Order]
) -> Order:
    """Store that a line is being made; what is being made stays so."""
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        await lock_order(tx, order_id)
        order = await load_order(tx, order_id)
        check_open(order)
        line, _ = made_to_measure(order.lines, line_no)
        if line.production_started_at is None:
            await start_production(tx, order_id, line_no, at=now)
            await set_changed(tx, order)
        return await once.keep(tx, await load_order(tx, order_id))
