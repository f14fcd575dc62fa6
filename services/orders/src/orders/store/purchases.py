"""A customer's sums, counted by the database over what its index gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from chassis.at_home import at_home_in
from orders.domain.commercial import Commercial
from orders.domain.purchases import CountrySums, Sums
from orders.store.tables import orders, returns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.purview import Regions


async def order_sums(
    connection: AsyncConnection, customer_ids: Sequence[str], regions: Regions
) -> list[CountrySums]:
    """Add up the orders of a customer's ids at home in some regions by country and currency."""
    total_minor = orders.c.total_minor + orders.c.amended_minor
    is_cancelled = orders.c.commercial == Commercial.CANCELLED
    statement = (
        select(
            orders.c.country,
            orders.c.currency,
            func.count().label("order_count"),
            func.sum(total_minor).label("ordered_minor"),
            func.count().filter(is_cancelled).label("cancelled_count"),
            func.coalesce(func.sum(total_minor).filter(is_cancelled), 0).label("cancelled_minor"),
        )
        .where(orders.c.customer_id.in_(customer_ids), at_home_in(orders.c.home_region, regions))
        .group_by(orders.c.country, orders.c.currency)
    )
    return [
        CountrySums(
            row.country,
            row.currency,
            Sums(
                ordered_minor=int(row.ordered_minor),
                cancelled_minor=int(row.cancelled_minor),
                order_count=row.order_count,
                cancelled_count=row.cancelled_count,
            ),
        )
        for row in await connection.execute(statement)
    ]


async def return_sums(
    connection: AsyncConnection, customer_ids: Sequence[str], regions: Regions
) -> list[CountrySums]:
    """Add up the returns of a customer's ids at home in some regions by country and currency."""
    statement = (
        select(
            returns.c.country,
            returns.c.currency,
            func.count().label("return_count"),
            func.sum(returns.c.refund_minor).label("returned_minor"),
        )
        .where(returns.c.customer_id.in_(customer_ids), at_home_in(returns.c.home_region, regions))
        .group_by(returns.c.country, returns.c.currency)
    )
    return [
        CountrySums(
            row.country,
            row.currency,
            Sums(returned_minor=int(row.returned_minor), return_count=row.return_count),
        )
        for row in await connection.execute(statement)
    ]
