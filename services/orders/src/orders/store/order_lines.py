"""The lines of orders in the database, and where each quantity is."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import aggregate_order_by

from orders.domain.allocation import Allocation
from orders.domain.commercial import Commercial
from orders.domain.fulfilment import quantities
from orders.domain.money import TaxPart
from orders.domain.order import Line, left_and_arrived, lost_and_sent_back
from orders.store.details import specifications_of
from orders.store.fulfilment_tables import line_allocations
from orders.store.tables import order_lines, return_lines, returns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Column, ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.domain.allocation import Allocations
    from orders.domain.amending import CancelledLine
    from orders.domain.made_to_measure import Specification
    from orders.domain.order import Order, Packing, Parcel

_LineId = tuple[UUID, int]

_CALL_OFF = text(
    """
    UPDATE order_lines SET cancelled = order_lines.cancelled + told.quantity,
        removed_minor = order_lines.removed_minor + told.removed_minor
    FROM unnest(
        CAST(:lines AS integer[]), CAST(:quantities AS bigint[]), CAST(:removed AS bigint[])
    ) AS told (line_no, quantity, removed_minor)
    WHERE order_lines.order_id = :order_id AND order_lines.line_no = told.line_no
    """
)
_KEEP = text(
    """
    INSERT INTO line_allocations (order_id, line_no, location, placed_at, allocated, picked)
    SELECT :order_id, told.line_no, told.location, :placed_at, told.allocated, told.picked
    FROM unnest(
        CAST(:lines AS integer[]), CAST(:locations AS text[]), CAST(:allocated AS bigint[]),
        CAST(:picked AS bigint[])
    ) AS told (line_no, location, allocated, picked)
    """
)


_LINES = (
    select(order_lines)
    .where(order_lines.c.order_id.in_(bindparam("ids", expanding=True)))
    .order_by(order_lines.c.order_id, order_lines.c.line_no)
)
_RETURNED = (
    select(
        returns.c.order_id,
        return_lines.c.order_line_no,
        func.sum(return_lines.c.quantity).label("quantity"),
    )
    .join_from(returns, return_lines, return_lines.c.return_id == returns.c.id)
    .where(returns.c.order_id.in_(bindparam("ids", expanding=True)))
    .group_by(returns.c.order_id, return_lines.c.order_line_no)
)


def _by_location(column: Column[Any]) -> ColumnElement[Any]:
    return func.array_agg(aggregate_order_by(column, line_allocations.c.location)).label(
        column.name
    )


_ALLOCATIONS = (
    select(
        line_allocations.c.order_id,
        line_allocations.c.line_no,
        _by_location(line_allocations.c.location),
        _by_location(line_allocations.c.allocated),
        _by_location(line_allocations.c.picked),
    )
    .where(line_allocations.c.order_id.in_(bindparam("ids", expanding=True)))
    .group_by(line_allocations.c.order_id, line_allocations.c.line_no)
)


async def lines_of(
    connection: AsyncConnection,
    heads: Mapping[UUID, Row[Any]],
    packings: Mapping[UUID, Sequence[Packing]],
    parcels: Mapping[UUID, Sequence[Parcel]],
) -> Mapping[UUID, tuple[Line, ...]]:
    """Give the lines of orders in a fixed number of queries."""
    ids = list(heads)
    returned = await _returned_of(connection, ids)
    specifications = await specifications_of(connection, ids)
    allocations = await _allocations_of(connection, ids)
    gone = {each: left_and_arrived(packings[each], parcels[each]) for each in ids}
    astray = {each: lost_and_sent_back(packings[each], parcels[each]) for each in ids}
    found: defaultdict[UUID, tuple[Line, ...]] = defaultdict(tuple)
    for row in await connection.execute(_LINES, {"ids": ids}):
        place = row.order_id, row.line_no
        left, arrived = gone[row.order_id]
        lost, sent_back = astray[row.order_id]
        line = _line(
            row,
            heads[row.order_id],
            shipped=left[row.line_no],
            arrived=arrived[row.line_no],
            lost=lost[row.line_no],
            sent_back=sent_back[row.line_no],
            returned=returned.get(place, 0),
            specification=specifications.get(place),
            allocations=allocations.get(place, ()),
        )
        found[row.order_id] += (line,)
    return found


async def save_allocations(tx: Transaction, order: Order, changed: Allocations) -> None:
    """Store what locations keep of a locked order's changed lines."""
    if not changed:
        return
    of_line = line_allocations.c.line_no.in_(changed)
    await tx.execute(
        delete(line_allocations).where(line_allocations.c.order_id == order.id, of_line)
    )
    rows = [
        (line_no, kept.location, kept.allocated, kept.picked)
        for line_no, allocations in changed.items()
        for kept in allocations
    ]
    if rows:
        lines, locations, allocated, picked = map(list, zip(*rows, strict=True))
        told = {"lines": lines, "locations": locations, "allocated": allocated, "picked": picked}
        await tx.execute(_KEEP, told | {"order_id": order.id, "placed_at": order.placed_at})


async def call_off_lines(
    tx: Transaction, order_id: UUID, cancelled: Sequence[CancelledLine]
) -> None:
    """Store what of a locked order's lines was called off."""
    if not cancelled:
        return
    told = {
        "order_id": order_id,
        "lines": [line.line_no for line in cancelled],
        "quantities": [line.quantity for line in cancelled],
        "removed": [line.removed_minor for line in cancelled],
    }
    await tx.execute(_CALL_OFF, told)


async def start_production(tx: Transaction, order_id: UUID, line_no: int, *, at: datetime) -> None:
    """Store that a locked order's line is being made."""
    await tx.execute(
        update(order_lines)
        .where(order_lines.c.order_id == order_id, order_lines.c.line_no == line_no)
        .values(production_started_at=at)
    )


async def _allocations_of(
    connection: AsyncConnection, ids: Sequence[UUID]
) -> Mapping[_LineId, tuple[Allocation, ...]]:
    """Give what locations keep; a row for each line, since hundreds of them may keep one."""
    return {
        (row.order_id, row.line_no): tuple(
            Allocation(location=location, allocated=allocated, picked=picked)
            for location, allocated, picked in zip(
                row.location, row.allocated, row.picked, strict=True
            )
        )
        for row in await connection.execute(_ALLOCATIONS, {"ids": ids})
    }


async def _returned_of(connection: AsyncConnection, ids: Sequence[UUID]) -> Mapping[_LineId, int]:
    rows = await connection.execute(_RETURNED, {"ids": ids})
    return {(row.order_id, row.order_line_no): int(row.quantity) for row in rows}


def _line(
    row: Row[Any],
    head: Row[Any],
    *,
    shipped: int,
    arrived: int,
    lost: int,
    sent_back: int,
    returned: int,
    specification: Specification | None,
    allocations: tuple[Allocation, ...],
) -> Line:
    counts = quantities(
        ordered=row.quantity,
        shipped=shipped,
        arrived=arrived,
        returned=returned,
        is_taken_away=head.taken_away,
        is_cancelled=head.commercial == Commercial.CANCELLED,
        called_off=row.cancelled,
        allocated=sum(kept.allocated for kept in allocations),
        picked=sum(kept.picked for kept in allocations),
    )
    still_sent_back = min(sent_back, counts.handed_over)  # a return may have told of them since
    return Line(
        line_no=row.line_no,
        sku=row.sku,
        description=row.description,
        category=row.category,
        quantity=row.quantity,
        unit_price_minor=row.unit_price_minor,
        discount_minor=row.discount_minor,
        tax_minor=row.tax_minor,
        total_minor=row.total_minor,
        serial_number=row.serial_number,
        unit_cost_minor=row.unit_cost_minor,
        is_gift=row.is_gift,
        gift_wrap=row.gift_wrap,
        warranty_months=row.warranty_months,
        warranty_days=row.warranty_days,
        taxes=tuple(TaxPart(**part) for part in row.taxes or ()),
        specification=specification,
        production_started_at=row.production_started_at,
        removed_minor=row.removed_minor,
        allocations=allocations,
        quantities=counts,
        lost=min(lost, counts.handed_over - still_sent_back),
        sent_back=still_sent_back,
    )
