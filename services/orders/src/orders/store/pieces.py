"""The pieces that a customer has by now: bought and not handed on, or handed on to them last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from orders.domain.pieces import PiecePlace

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.purview import Regions

_STANDS = """
    orders.commercial <> 'cancelled' AND line.cancelled = 0
    AND (orders.home_region = ANY(CAST(:regions AS text[]))) <> :all_but
    AND NOT EXISTS (
        SELECT FROM returns JOIN return_lines ON return_lines.return_id = returns.id
        WHERE returns.order_id = line.order_id AND return_lines.order_line_no = line.line_no)
"""
"""A sale that was neither called off nor taken back, at home where its reader may read."""

_HAD = f"""
    WITH had AS (
        SELECT line.order_id, line.line_no, orders.placed_at AS since
        FROM orders JOIN order_lines AS line ON line.order_id = orders.id
        WHERE orders.customer_id = ANY(CAST(:ids AS text[])) AND line.serial_number IS NOT NULL
            AND {_STANDS}
            AND NOT EXISTS (SELECT FROM serial_transfers AS told
                WHERE told.order_id = line.order_id AND told.line_no = line.line_no)
        UNION ALL
        SELECT line.order_id, line.line_no, told.transferred_at
        FROM serial_transfers AS told
        JOIN orders ON orders.id = told.order_id
        JOIN order_lines AS line
            ON line.order_id = told.order_id AND line.line_no = told.line_no
        WHERE told.customer_id = ANY(CAST(:ids AS text[])) AND {_STANDS}
            AND NOT EXISTS (SELECT FROM serial_transfers AS later
                WHERE later.order_id = told.order_id AND later.line_no = told.line_no
                    AND later.position > told.position)
    )
    SELECT since, order_id, line_no FROM had
    WHERE CAST(:before_at AS timestamptz) IS NULL
        OR (since, order_id, line_no) < (CAST(:before_at AS timestamptz),
            CAST(:before_order AS uuid), CAST(:before_line AS integer))
    ORDER BY since DESC, order_id DESC, line_no DESC LIMIT :limit
"""  # noqa: S608 - constants of this module
_SOLD_TWICE = f"""
    SELECT line.serial_number
    FROM order_lines AS line JOIN orders ON orders.id = line.order_id
    WHERE line.serial_number = ANY(CAST(:serial_numbers AS text[])) AND {_STANDS}
    GROUP BY line.serial_number HAVING count(*) > 1
"""  # noqa: S608 - constants of this module


async def latest_pieces(
    connection: AsyncConnection,
    customer_ids: Sequence[str],
    *,
    regions: Regions,
    before: PiecePlace | None,
    limit: int,
) -> list[PiecePlace]:
    """Give where a customer's pieces stand, the one had last first, from a place in that list."""
    told = _told(regions) | {
        "ids": list(customer_ids),
        "before_at": None if before is None else before.since,
        "before_order": None if before is None else before.order_id,
        "before_line": None if before is None else before.line_no,
        "limit": limit,
    }
    rows = await connection.execute(text(_HAD), told)
    return [PiecePlace(since=row.since, order_id=row.order_id, line_no=row.line_no) for row in rows]


async def sold_twice(
    connection: AsyncConnection, serial_numbers: Collection[str], *, regions: Regions
) -> frozenset[str]:
    """Give those of which more than one sale stands."""
    told = _told(regions) | {"serial_numbers": sorted(serial_numbers)}
    return frozenset(await connection.scalars(text(_SOLD_TWICE), told))


def _told(regions: Regions) -> dict[str, Any]:
    return {"regions": sorted(regions.named), "all_but": regions.all_but}
