"""Handing a sold piece on to another customer, or out of the house's sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from chassis.errors import FieldProblem
from chassis.idempotency import KeyReused
from chassis.identity.aliases import owner_of, survivor_of
from chassis.identity.tombstones import is_erased
from chassis.purview import ALL_REGIONS
from orders.domain.handing_on import check_transfer, sale_meant
from orders.domain.purchases import PURCHASES
from orders.domain.serial_numbers import sales_of
from orders.store.aliases import shut_out_unmerges
from orders.store.orders import load_orders, lock_order
from orders.store.serial_numbers import (
    earlier_transfer,
    insert_transfer,
    orders_with_serial_number,
    told_of,
)

if TYPE_CHECKING:
    from chassis.database import Database, Transaction
    from chassis.purview import Purview
    from orders.domain.handing_on import NewTransfer
    from orders.domain.serial_numbers import Sale, Transfer


@dataclass(frozen=True, slots=True)
class HandedOn:
    """A transfer, and whether an earlier request had stored it."""

    transfer: Transfer
    is_replayed: bool


class _ChangedMeanwhile(Exception):
    """Another request took the key, or the sale that stood, first: look again."""


async def hand_on_piece(database: Database, told: NewTransfer, *, purview: Purview) -> HandedOn:
    """Write whom a piece went to; the same request under its key gives the first one again.

    All regions' sales count, whatever the caller may read, and the one that stands must be at home
    where it may. To an erased customer it went to nobody that is known. Raises what `sale_meant`
    and `check_transfer` raise, `SerialNumberUnknown`, `HomeRegionClosed` and `KeyReused`.
    """
    try:
        return await _hand_on(database, told, purview=purview)
    except _ChangedMeanwhile:
        return await _hand_on(database, told, purview=purview)


async def _hand_on(database: Database, told: NewTransfer, *, purview: Purview) -> HandedOn:
    async with unit_of_work(database) as tx:
        await shut_out_unmerges(tx)
        earlier = await earlier_transfer(tx, told.client_id, told.key)
        if earlier is not None:
            return _again(told, *earlier)
        order_id = (await _sale(tx, told)).order.id
        await lock_order(tx, order_id)
        earlier = await earlier_transfer(tx, told.client_id, told.key)
        if earlier is not None:
            return _again(told, *earlier)
        sale = await _sale(tx, told)
        if sale.order.id != order_id or sale.owner is None:
            raise _ChangedMeanwhile
        purview.refuse_closed(PURCHASES, sale.order.home_region)
        giver = None if told.giver is None else await survivor_of(tx, told.giver)
        receiver = None if told.receiver is None else await owner_of(tx, told.receiver, None)
        check_transfer(told, sale.owner, giver=giver, receiver=receiver)
        erased = receiver is not None and await is_erased(tx, told.receiver, None)
        stored = await insert_transfer(
            tx, sale, told, customer_id=None if erased else receiver, erased=erased
        )
        if stored is None:
            raise _ChangedMeanwhile
        return HandedOn(stored, is_replayed=False)


async def _sale(tx: Transaction, told: NewTransfer) -> Sale:
    ids = await orders_with_serial_number(tx, told.serial_number, regions=ALL_REGIONS)
    found = sales_of(told.serial_number, await load_orders(tx, ids), await told_of(tx, ids))
    return sale_meant(found, told.order_id)


def _again(told: NewTransfer, request_hash: bytes, earlier: Transfer) -> HandedOn:
    if request_hash != told.request_hash:
        mend = "Use a new key for another transfer, or send the first request unchanged."
        problem = FieldProblem("Idempotency-Key", "was used for another request", mend)
        raise KeyReused(mend, fields=[problem])
    return HandedOn(earlier, is_replayed=True)
