"""Explaining how a customer came to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.database import snapshot
from chassis.global_ids import show_global_id
from customer.domain.history import Moment, Place
from customer.domain.refusals import CustomerUnknown
from customer.store.customers import StoredCustomer, find_customer
from customer.store.golden_records import CustomerView
from customer.store.history import BEGINNING, next_moments

if TYPE_CHECKING:
    from chassis.database import Database


@dataclass(frozen=True, slots=True)
class History:
    """A page of what happened to a customer."""

    customer: StoredCustomer
    moments: list[Moment]

    @property
    def bare(self) -> CustomerView:
        """Give the customer without any attribute, to ask whether it may be read."""
        return CustomerView(self.customer, {})


async def explain_how(
    database: Database, customer_id: str, *, after: Place | None, limit: int
) -> History:
    """Tell how the customer of an id came to be, in order of time; raises `CustomerUnknown`."""
    async with snapshot(database) as connection:
        customer = await find_customer(connection, customer_id)
        if customer is None:
            shown = show_global_id(customer_id)
            message = f"{shown} was never given to a customer. Search for the customer."
            raise CustomerUnknown(message)
        moments = await next_moments(connection, customer.id, after=after or BEGINNING, limit=limit)
        return History(customer, moments)
