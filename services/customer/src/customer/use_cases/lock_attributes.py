"""Locking an attribute to a value that a person fixed, and lifting the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from chassis.ids import new_uuid
from customer.domain.attribute_locks import (
    AttributeLock,
    LockUnknown,
    locks_in_force,
    refuse_hidden,
)
from customer.domain.owners import Whom
from customer.store.attribute_locks import insert_lock, lift_locks, locks_of
from customer.store.owners import hold_owner

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database
    from customer.domain.stewards import Steward


async def lock_attribute(database: Database, lock: AttributeLock) -> AttributeLock:
    """Fix a value in the place of an earlier lock that was told with the same id.

    Raises `CustomerUnknown`, and `LockedUnderSurvivor` where the lock would not show.
    """
    async with unit_of_work(database) as tx:
        owner = await hold_owner(tx, Whom(lock.told_customer_id))
        found = (await locks_of(tx, [owner.customer_id]))[owner.customer_id]
        in_force = locks_in_force(found, owner.customer_id).get(lock.attribute)
        refuse_hidden(lock.told_customer_id, owner.customer_id, in_force)
        told_with = [lock.told_customer_id]
        await lift_locks(tx, lock.attribute, told_with, at=lock.locked_at, by=lock.by)
        await insert_lock(tx, new_uuid(), lock)
    return lock


async def lift_lock(
    database: Database, customer_id: str, attribute: str, *, at: datetime, by: Steward
) -> None:
    """Lift all locks of an attribute that a customer has by any of its ids.

    Raises `CustomerUnknown` and `LockUnknown`.
    """
    async with unit_of_work(database) as tx:
        owner = await hold_owner(tx, Whom(customer_id))
        locks = (await locks_of(tx, [owner.customer_id]))[owner.customer_id]
        ids = [lock.told_customer_id for lock in locks if lock.attribute == attribute]
        if not ids:
            message = "Read the customer to see which attributes are locked."
            raise LockUnknown(message)
        await lift_locks(tx, attribute, ids, at=at, by=by)
