"""Orders in the database: read with their lines and parcels, changed under a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, exists, select, tuple_, update

from chassis.at_home import at_home_in
from orders.domain.commercial import Commercial, OrderNotFound
from orders.domain.order import Line, Order, Parcel
from orders.domain.placing import Channel, CustomerState
from orders.store.aliases import present_customer_id
from orders.store.details import deliveries_of
from orders.store.identity_tables import customer_aliases, customer_claims
from orders.store.order_lines import lines_of
from orders.store.parcels import packings_of, parcels_of
from orders.store.tables import orders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from chassis.purview import Regions
    from orders.domain.delivery import Delivery


async def lock_order(tx: Transaction, order_id: UUID) -> None:
    """Let nobody else change the order until this transaction ends; raises `OrderNotFound`."""
    statement = select(orders.c.id).where(orders.c.id == order_id).with_for_update()
    if await tx.scalar(statement) is None:
        raise OrderNotFound


async def lock_orders(tx: Transaction, order_ids: Iterable[UUID]) -> None:
    """Lock many orders, in a sequence in which nobody waits in a circle."""
    which = orders.c.id.in_(sorted(order_ids))
    await tx.execute(select(orders.c.id).where(which).order_by(orders.c.id).with_for_update())


async def settle_orders(tx: Transaction, order_ids: Iterable[UUID]) -> None:
    """Close those of these locked orders of which nothing is left to leave or to arrive."""
    loaded = await load_orders(tx, sorted(order_ids))
    closing = [order.id for order in loaded if order.settled is not order.commercial]
    if closing:
        await tx.execute(
            update(orders)
            .where(orders.c.id.in_(closing))
            .values(commercial=Commercial.CLOSED, version=orders.c.version + 1)
        )


async def load_order(connection: AsyncConnection, order_id: UUID) -> Order:
    """Give an order; raises `OrderNotFound`."""
    found = await load_orders(connection, [order_id])
    if not found:
        raise OrderNotFound
    return found[0]


async def load_orders(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Order]:
    """Give orders in the sequence of their ids, in a fixed number of queries."""
    if not ids:
        return []
    heads = await _heads_of(connection, ids)
    packings = await packings_of(connection, ids)
    parcels = await parcels_of(connection, ids, packings)
    lines = await lines_of(connection, heads, packings, parcels)
    deliveries = await deliveries_of(connection, ids)
    return [
        _order(
            heads[order_id],
            lines[order_id],
            tuple(parcels[order_id]),
            deliveries.get(order_id),
        )
        for order_id in ids
        if order_id in heads
    ]


async def latest_order_ids(
    connection: AsyncConnection,
    customer_ids: Sequence[str],
    *,
    regions: Regions,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[tuple[datetime, UUID]]:
    """Give (placed_at, id) of a customer's orders, the latest first, from a place in that list."""
    return await _latest(
        connection,
        orders.c.customer_id.in_(customer_ids),
        regions=regions,
        before=before,
        limit=limit,
    )


async def latest_of_series(
    connection: AsyncConnection,
    series_id: str,
    *,
    regions: Regions,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[tuple[datetime, UUID]]:
    """Give (placed_at, id) of a series' orders, the latest first, from a place in that list."""
    return await _latest(
        connection, orders.c.series_id == series_id, regions=regions, before=before, limit=limit
    )


async def set_commercial(tx: Transaction, order: Order, commercial: Commercial) -> None:
    """Store the commercial state of a locked order, if it is another one."""
    if commercial is not order.commercial:
        await _change(tx, order, commercial=commercial)


async def set_confirmed(tx: Transaction, order: Order, *, at: datetime) -> None:
    """Store that the house has confirmed a locked order."""
    await _change(tx, order, commercial=Commercial.CONFIRMED, confirmed_at=at)


async def set_changed(tx: Transaction, order: Order, *, amended_minor: int = 0) -> int:
    """Store that a locked order changed, and by how much its total did; gives the new version."""
    return await _change(tx, order, amended_minor=order.amended_minor + amended_minor)


async def set_cancelled(tx: Transaction, order: Order, *, reason: str | None, at: datetime) -> int:
    """Store that a locked order is cancelled; gives the new version."""
    return await _change(
        tx, order, commercial=Commercial.CANCELLED, cancelled_at=at, cancel_reason=reason
    )


async def set_customer(
    tx: Transaction,
    order_id: UUID,
    *,
    customer_id: str,
    told_customer_id: str,
    source_record_id: UUID,
) -> int | None:
    """Link an order that has no customer yet; gives the new version, or None if it has one."""
    statement = (
        update(orders)
        .where(
            and_(
                orders.c.id == order_id,
                orders.c.customer_id.is_(None),
                orders.c.erased_at.is_(None),
            )
        )
        .values(
            customer_id=customer_id,
            told_customer_id=told_customer_id,
            source_record_id=source_record_id,
            version=orders.c.version + 1,
        )
        .returning(orders.c.version)
    )
    return await tx.scalar(statement)


async def _change(tx: Transaction, order: Order, **values: object) -> int:
    version = order.version + 1
    await tx.execute(
        update(orders).where(orders.c.id == order.id).values(version=version, **values)
    )
    return version


async def _latest(
    connection: AsyncConnection,
    which: ColumnElement[bool],
    *,
    regions: Regions,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[tuple[datetime, UUID]]:
    statement = (
        select(orders.c.placed_at, orders.c.id)
        .where(which, at_home_in(orders.c.home_region, regions))
        .order_by(orders.c.placed_at.desc(), orders.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(tuple_(orders.c.placed_at, orders.c.id) < tuple_(*before))
    return [(row.placed_at, row.id) for row in await connection.execute(statement)]


_IS_PENDING = and_(customer_claims.c.id == orders.c.id, customer_claims.c.next_try_at.is_not(None))
_HEADS = (
    select(
        orders,
        present_customer_id(orders).label("present_customer_id"),
        exists().where(_IS_PENDING).label("is_pending"),
    )
    .select_from(
        orders.outerjoin(customer_aliases, customer_aliases.c.retired_id == orders.c.customer_id)
    )
    .where(orders.c.id.in_(bindparam("ids", expanding=True)))
)


async def _heads_of(connection: AsyncConnection, ids: Sequence[UUID]) -> Mapping[UUID, Row[Any]]:
    return {row.id: row for row in await connection.execute(_HEADS, {"ids": ids})}


def _order(
    head: Row[Any],
    lines: tuple[Line, ...],
    parcels: tuple[Parcel, ...],
    delivery: Delivery | None,
) -> Order:
    return Order(
        id=head.id,
        version=head.version,
        source=head.source,
        external_ref=head.external_ref,
        customer=_customer_state(head),
        customer_id=head.present_customer_id,
        told_customer_id=head.told_customer_id,
        source_record_id=head.source_record_id,
        erased_at=head.erased_at,
        channel=Channel(head.channel),
        store=head.store,
        country=head.country,
        brand=head.brand,
        legal_entity=head.legal_entity,
        home_region=head.home_region,
        currency=head.currency,
        shipping_minor=head.shipping_minor,
        prices_include_tax=head.prices_include_tax,
        total_minor=head.total_minor,
        placed_at=head.placed_at,
        time_zone=head.time_zone,
        placed_on=head.placed_on,
        received_at=head.received_at,
        clock_skew_seconds=head.clock_skew_seconds,
        taken_away=head.taken_away,
        commercial=Commercial(head.commercial),
        cancelled_at=head.cancelled_at,
        cancel_reason=head.cancel_reason,
        lines=lines,
        parcels=parcels,
        series_id=head.series_id,
        delivery=delivery,
        confirmed_at=head.confirmed_at,
        amended_minor=head.amended_minor,
    )


def _customer_state(head: Row[Any]) -> CustomerState:
    if head.erased_at is not None:
        return CustomerState.ERASED
    if head.customer_id is not None:
        return CustomerState.LINKED
    return CustomerState.PENDING if head.is_pending else CustomerState.ANONYMOUS
