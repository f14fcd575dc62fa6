"""Locks: values that a person fixed, whatever sources tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from chassis.errors import Conflict, FieldProblem, NotFound
from customer.domain.sights import NOWHERE, Home

if TYPE_CHECKING:
    from collections.abc import Iterable

    from customer.domain.stewards import Steward


class LockUnknown(NotFound):
    """The attribute of this customer is not locked."""

    slug = "lock-unknown"
    title = "The attribute is not locked"


class LockedUnderSurvivor(Conflict):
    """The id was retired, and its survivor has a lock of its own that wins."""

    slug = "locked-under-survivor"
    title = "The survivor has a lock of its own"


@dataclass(frozen=True, slots=True)
class AttributeLock:
    """A value fixed by a person; it hangs on the customer id it was told with, for ever.

    It is at home where that customer was when the two met: a merge opens it to nobody.
    """

    told_customer_id: str
    attribute: str
    value: object
    reason: str
    locked_at: datetime
    by: Steward
    home: Home = NOWHERE


def locks_in_force(locks: Iterable[AttributeLock], customer_id: str) -> dict[str, AttributeLock]:
    """Choose each attribute's lock of a customer and those that were retired into it.

    The customer's own wins, else the latest of the others, so that it does not matter in which
    order they were merged, and each has its own again when it is unmerged.
    """

    def precedence(lock: AttributeLock) -> tuple[bool, datetime, str]:
        return lock.told_customer_id == customer_id, lock.locked_at, lock.told_customer_id

    return {lock.attribute: lock for lock in sorted(locks, key=precedence)}


def refuse_hidden(told_with: str, customer_id: str, in_force: AttributeLock | None) -> None:
    """Refuse a lock that would not show; raises `LockedUnderSurvivor`."""
    if in_force is None or told_with == customer_id or in_force.told_customer_id != customer_id:
        return
    mend = "Send the lock with the survivor's id, which reading the customer gives."
    field = FieldProblem("customer_id", "was retired into a customer with a lock", mend)
    raise LockedUnderSurvivor(mend, fields=[field])
