"""Keeping merges, unmerges and erasures apart from who stores orders, and giving facts over.

Facts are re-pointed when a merge is heard of. A fact that is stored at that very moment may keep
the retired id, so readers look under all ids of a customer, and show the present one. Unmerges and
erasures are rare and must miss nothing: they wait until nobody stores a customer id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from chassis.database import lock
from chassis.identity import following
from orders.store.identity_tables import customer_aliases
from orders.store.serial_tables import serial_transfers
from orders.store.tables import orders, returns

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table

    from chassis.database import Transaction
    from chassis.hot import Driver
    from chassis.identity.moves import Turn

_GATE = 4_404_001
_PASS = f"SELECT pg_advisory_xact_lock_shared({_GATE})"


async def pass_gate(connection: Driver) -> None:
    """Keep unmerges and erasures out until this hot transaction ends.

    Whoever stores a customer id calls this before it looks where the id leads.
    """
    await connection.execute(_PASS)


async def shut_out_unmerges(tx: Transaction) -> None:
    """Do the same as `pass_gate` in any other transaction, before it locks any row."""
    await tx.execute(text(_PASS))


async def shut_out_writers(tx: Transaction) -> None:
    """Let nobody store a customer id until this transaction ends."""
    await tx.execute(select(func.pg_advisory_xact_lock(_GATE)))


async def lock_aliases(tx: Transaction) -> None:
    """Let no other merge or unmerge be followed until this transaction ends."""
    await lock(tx, "customer_aliases")


def present_customer_id(table: Table) -> ColumnElement[str | None]:
    """Give the survivor of a row's customer; the query joins `customer_aliases` outwards."""
    return func.coalesce(customer_aliases.c.survivor_id, table.c.customer_id)


async def follow(tx: Transaction, turn: Turn) -> int:
    """Give orders, returns and pieces to whom they belong by now, under `lock_aliases`."""
    return await following.follow(tx, turn, orders, returns, serial_transfers)
