"""Reading which pieces with a serial number a customer has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.database import snapshot
from chassis.identity.tombstones import living_ids_of
from orders.domain.pieces import OwnedPiece, PiecePlace, pieces_at
from orders.store.orders import load_orders
from orders.store.pieces import latest_pieces, sold_twice
from orders.store.serial_numbers import told_of

if TYPE_CHECKING:
    from chassis.database import Database
    from chassis.purview import Regions


@dataclass(frozen=True, slots=True)
class PiecesPage:
    """Some of a customer's pieces, and where the next ones begin, if there are any."""

    pieces: list[OwnedPiece]
    last: PiecePlace | None


async def list_pieces(
    database: Database,
    customer_id: str,
    *,
    regions: Regions,
    before: PiecePlace | None,
    limit: int,
) -> PiecesPage:
    """Give the pieces of all of a customer's ids, the one had last first.

    Sales of other regions neither give pieces nor make them doubtful. Raises `CustomerErased`.
    """
    async with snapshot(database) as connection:
        ids = await living_ids_of(connection, customer_id)
        found = await latest_pieces(
            connection, ids, regions=regions, before=before, limit=limit + 1
        )
        places = found[:limit]
        order_ids = list(dict.fromkeys(place.order_id for place in places))
        orders = await load_orders(connection, order_ids)
        told = await told_of(connection, order_ids)
        numbers = {line.serial_number for order in orders for line in order.lines}
        doubtful = await sold_twice(
            connection, {each for each in numbers if each is not None}, regions=regions
        )
    pieces = pieces_at(places, orders, told, doubtful=doubtful)
    return PiecesPage(pieces, places[-1] if len(found) > limit else None)
