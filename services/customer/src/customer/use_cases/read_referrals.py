"""Reading who referred a customer, and whom the customer referred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.database import snapshot
from customer.domain.owners import Whom
from customer.store.owners import find_owner
from customer.store.referrals import Referral, referrals_of, referred_by

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.database import Database


@dataclass(frozen=True, slots=True)
class Referrals:
    """Who referred a customer, and a page of whom the customer referred."""

    referred_by: list[Referral]
    referred: list[Referral]


async def read_referrals(
    database: Database, customer_id: str, *, before: UUID | None, limit: int
) -> Referrals:
    """Read both sides of a customer's referrals; raises `CustomerUnknown`."""
    async with snapshot(database) as connection:
        owner = await find_owner(connection, Whom(customer_id))
        return Referrals(
            await referrals_of(connection, owner.customer_id),
            await referred_by(connection, owner.customer_id, before=before, limit=limit),
        )
