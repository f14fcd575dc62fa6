"""Orders by the serial numbers on their lines, and what became of those pieces."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select, text
from sqlalchemy.dialects.postgresql import insert

from chassis.at_home import at_home_in
from orders.domain.serial_numbers import LineOfOrder, Owner, OwnerState, Told, Transfer
from orders.store.aliases import present_customer_id
from orders.store.identity_tables import customer_aliases
from orders.store.serial_tables import serial_transfers
from orders.store.tables import order_lines, orders
from orders.store.warranties import load_terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from chassis.purview import Regions
    from orders.domain.handing_on import NewTransfer
    from orders.domain.serial_numbers import Sale

MOST_SALES = 50
"""How many sales of one serial number are read, the latest: a piece changes hands rarely."""

_ARRIVALS = """
    SELECT packed.order_id, packed.line_no, max(arrived_at) AS arrived_at
    FROM shipment_lines AS packed
    JOIN shipments ON shipments.id = packed.shipment_id
    LEFT JOIN parcels ON parcels.order_id = packed.order_id AND (parcels.id = packed.parcel_id
        OR (packed.parcel_id IS NULL AND parcels.holds_rest
            AND parcels.shipment_id = packed.shipment_id))
    CROSS JOIN LATERAL (SELECT CASE
        WHEN parcels.status = 'delivered' THEN parcels.status_at
        WHEN parcels.id IS NULL AND shipments.location IS NOT NULL THEN shipments.shipped_at
        END AS arrived_at) AS arrival
    WHERE packed.order_id = ANY(CAST(:orders AS uuid[]))
    GROUP BY packed.order_id, packed.line_no
    HAVING bool_and(arrived_at IS NOT NULL)
"""
"""When all of a line that left had arrived: delivered by a carrier, or handed over."""
_RETURNS = """
    SELECT DISTINCT ON (returns.order_id, return_lines.order_line_no)
        returns.order_id, return_lines.order_line_no AS line_no, returns.id, returns.returned_at
    FROM returns JOIN return_lines ON return_lines.return_id = returns.id
    WHERE returns.order_id = ANY(CAST(:orders AS uuid[]))
    ORDER BY returns.order_id, return_lines.order_line_no, returns.returned_at, returns.id
"""


async def orders_with_serial_number(
    connection: AsyncConnection, serial_number: str, *, regions: Regions
) -> list[UUID]:
    """Give the orders at home in some regions with a serial number, the latest first."""
    found = (
        select(orders.c.id)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .where(
            order_lines.c.serial_number == serial_number,
            at_home_in(orders.c.home_region, regions),
        )
        .order_by(orders.c.placed_at.desc(), orders.c.id.desc())
        .limit(MOST_SALES)
    )
    return list(dict.fromkeys(await connection.scalars(found)))


async def told_of(connection: AsyncConnection, order_ids: Sequence[UUID]) -> Told:
    """Give what is known of the lines of some orders besides the orders themselves."""
    which = {"orders": list(order_ids)}
    arrivals = await connection.execute(text(_ARRIVALS), which)
    returns = await connection.execute(text(_RETURNS), which)
    return Told(
        transfers=await _transfers_of(connection, order_ids),
        arrivals={(row.order_id, row.line_no): row.arrived_at for row in arrivals},
        returns={(row.order_id, row.line_no): (row.id, row.returned_at) for row in returns},
        terms=await load_terms(connection),
    )


async def earlier_transfer(
    connection: AsyncConnection, client_id: str, key: str
) -> tuple[bytes, Transfer] | None:
    """Give the request hash and the transfer that a client told under a key."""
    which = (serial_transfers.c.client_id == client_id) & (serial_transfers.c.key == key)
    found = await _load(connection, which)
    return (found[0].request_hash, _transfer(found[0])) if found else None


async def insert_transfer(
    tx: Transaction, sale: Sale, told: NewTransfer, *, customer_id: str | None, erased: bool
) -> Transfer | None:
    """Store a transfer of a locked order's piece; None when its key was used meanwhile."""
    statement = (
        insert(serial_transfers)
        .values(
            id=told.id,
            order_id=sale.order.id,
            line_no=sale.line.line_no,
            position=len(sale.transfers) + 1,
            serial_number=told.serial_number,
            customer_id=customer_id,
            told_customer_id=None if erased else told.receiver,
            erased_at=told.received_at if erased else None,
            transferred_at=told.at,
            received_at=told.received_at,
            client_id=told.client_id,
            key=told.key,
            request_hash=told.request_hash,
        )
        .on_conflict_do_nothing(index_elements=["client_id", "key"])
    )
    if not (await tx.execute(statement)).rowcount:
        return None
    [row] = await _load(tx, serial_transfers.c.id == told.id)
    return _transfer(row)


async def _transfers_of(
    connection: AsyncConnection, order_ids: Sequence[UUID]
) -> Mapping[LineOfOrder, tuple[Transfer, ...]]:
    found: defaultdict[LineOfOrder, list[Transfer]] = defaultdict(list)
    for row in await _load(connection, serial_transfers.c.order_id.in_(order_ids)):
        found[row.order_id, row.line_no].append(_transfer(row))
    return {place: tuple(transfers) for place, transfers in found.items()}


async def _load(connection: AsyncConnection, which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    alias = customer_aliases.c.retired_id == serial_transfers.c.customer_id
    statement = (
        select(serial_transfers, present_customer_id(serial_transfers).label("present_id"))
        .select_from(serial_transfers.outerjoin(customer_aliases, alias))
        .where(which)
        .order_by(serial_transfers.c.position)
    )
    return (await connection.execute(statement)).all()


def _transfer(row: Row[Any]) -> Transfer:
    state = OwnerState.LINKED if row.present_id is not None else OwnerState.OUT_OF_SIGHT
    state = OwnerState.ERASED if row.erased_at is not None else state
    return Transfer(
        id=row.id,
        order_id=row.order_id,
        line_no=row.line_no,
        serial_number=row.serial_number,
        position=row.position,
        owner=Owner(state=state, customer_id=row.present_id, since=row.transferred_at),
        received_at=row.received_at,
    )
