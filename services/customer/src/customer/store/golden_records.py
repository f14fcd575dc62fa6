"""Customers with what survives of all that is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from customer.domain.survivorship import GoldenRecord, golden_record
from customer.store.customers import StoredCustomer, telling_records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer and its golden record."""

    customer: StoredCustomer
    golden: GoldenRecord


async def view_customers(
    connection: AsyncConnection, customers: Sequence[StoredCustomer], *, records_each: int
) -> list[CustomerView]:
    """Give each customer's golden record, from its newest records."""
    if not customers:
        return []
    ids = [customer.id for customer in customers]
    told = await telling_records(connection, ids, each=records_each)
    return [CustomerView(customer, golden_record(told[customer.id])) for customer in customers]
