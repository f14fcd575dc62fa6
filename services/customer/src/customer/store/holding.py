"""Holding customers by row while a person's decision about them is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import text

from chassis.database import unit_of_work
from chassis.global_ids import show_global_id
from customer.domain.erasure import customer_gone
from customer.domain.refusals import CustomersBusy, CustomerUnknown
from customer.store.races import MAY_BE_LOST_RACES, BookChangedMeanwhile, is_lost_race

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from chassis.database import Database, Transaction
    from chassis.idempotency import Once

T = TypeVar("T")

_LOOKS = 3
_TRIES = 2

_RESOLVE = """
SELECT asked.id AS asked_id, c.id AS present_id, e.erased_at
FROM unnest(CAST(:ids AS text[])) AS asked (id)
LEFT JOIN customer_aliases a ON a.retired_id = asked.id
LEFT JOIN customers c ON c.id = coalesce(a.survivor_id, asked.id)
LEFT JOIN erased_customers e ON e.customer_id = asked.id
"""

_HOLD = """
SELECT id, brand, legal_entity, home_region, created_at, version FROM customers
WHERE id = ANY(CAST(:ids AS text[])) ORDER BY id FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class HeldCustomer:
    """A customer whose row is held until the transaction ends."""

    id: str
    brand: str
    legal_entity: str
    home_region: str
    created_at: datetime
    version: int

    @property
    def age_rank(self) -> tuple[datetime, str]:
        """Sort the older first: it survives a merge."""
        return self.created_at, self.id


async def decide_once(
    database: Database, once: Once[T], work: Callable[[Transaction], Awaitable[T]]
) -> T:
    """Run a decision in a unit of work, and once more when it lost a race.

    The same request again gets the first answer.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            async with unit_of_work(database) as tx:
                if (earlier := await once.earlier(tx)) is not None:
                    return earlier
                return await once.keep(tx, await work(tx))
        except MAY_BE_LOST_RACES as error:
            if not is_lost_race(error):
                raise
            if attempt == _TRIES:
                message = "Send the request again after a moment."
                raise CustomersBusy(message, retry_after_seconds=1) from error
    raise AssertionError


async def hold_customers(
    tx: Transaction, asked: Sequence[str], *, retired: Sequence[str] = ()
) -> tuple[list[str], dict[str, HeldCustomer]]:
    """Hold the customers to whom ids lead, and those of `retired` as they are.

    Gives the present ids in the order asked, and every held row by its id. Rows are taken in the
    order in which an intake takes them, and the ids are looked up again once they are held.
    Raises `CustomerUnknown`, `CustomerGone`, and `BookChangedMeanwhile` when they change again
    and again.
    """
    present = await _resolve(tx, asked)
    for _ in range(_LOOKS):
        rows = await tx.execute(text(_HOLD), {"ids": sorted({*present, *retired})})
        held = {row["id"]: HeldCustomer(**row) for row in rows.mappings()}
        found = await _resolve(tx, asked)
        if found == present:
            return present, held
        present = found
    raise BookChangedMeanwhile


async def _resolve(tx: Transaction, asked: Sequence[str]) -> list[str]:
    rows = (await tx.execute(text(_RESOLVE), {"ids": list(asked)})).all()
    present = {row.asked_id: row.present_id for row in rows}
    erased_at = next((row.erased_at for row in rows if row.erased_at is not None), None)
    if erased_at is not None:
        raise customer_gone(erased_at)
    for customer_id in asked:
        if present[customer_id] is None:
            shown = show_global_id(customer_id)
            message = f"{shown} was never given to a customer. Search for the customer."
            raise CustomerUnknown(message)
    return [present[customer_id] for customer_id in asked]
