"""Customers with what survives of all that is told of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chassis.database import driver
from customer.domain.attribute_locks import AttributeLock, locks_in_force
from customer.domain.preferences import preferences
from customer.domain.survivorship import (
    GoldenRecord,
    Survivorship,
    golden_record,
    golden_record_with_others,
)
from customer.domain.survivorship_rules import SurvivorshipRules
from customer.store.attribute_locks import read_lock
from customer.store.customers import StoredCustomer, telling_records
from customer.store.survivorship_rules import read_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

_INTERACTIONS_COUNTED = 200

_CHANNELS = """
SELECT i.channel, count(*) AS times
FROM (
    (SELECT channel, at FROM interactions WHERE source_record_id IN (
        SELECT id FROM source_records WHERE customer_id = $1)
     ORDER BY at DESC LIMIT $2)
    UNION ALL
    (SELECT channel, at FROM interactions WHERE told_customer_id IN (
        SELECT $1
        UNION ALL SELECT retired_id FROM customer_aliases WHERE survivor_id = $1)
     ORDER BY at DESC LIMIT $2)
) AS i
GROUP BY i.channel
"""


# Rules and locks together: every read of a customer asks for them, and most have none.
_SURVIVORSHIP = """
SELECT c.id AS customer_id, s.version, s.rules, l.told_customer_id, l.attribute,
       CAST(l.value AS text) AS value, l.reason,
       l.locked_at, l.client_id, l.actor
FROM unnest($1::text[]) AS c (id)
LEFT JOIN (
    SELECT version, CAST(rules AS text) AS rules FROM survivorship_rule_sets
    ORDER BY version DESC LIMIT 1
) AS s ON true
LEFT JOIN LATERAL (
    SELECT * FROM attribute_locks WHERE lifted_at IS NULL AND told_customer_id IN (
        SELECT c.id UNION ALL SELECT retired_id FROM customer_aliases WHERE survivor_id = c.id)
) AS l ON true
"""


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer, its golden record, and the values that did not survive, where asked for.

    `withheld` names attributes of which the reader does not see everything.
    """

    customer: StoredCustomer
    golden: GoldenRecord
    others: GoldenRecord = field(default_factory=GoldenRecord)
    withheld: frozenset[str] = frozenset()


async def view_customers(
    connection: AsyncConnection, customers: Sequence[StoredCustomer], *, records_each: int
) -> list[CustomerView]:
    """Give each customer's golden record, from its newest records."""
    if not customers:
        return []
    told = await telling_records(connection, [one.id for one in customers], each=records_each)
    by = await _survivorship(connection, customers)
    return [CustomerView(one, golden_record(told[one.id], by[one.id])) for one in customers]


async def view_customer(
    connection: AsyncConnection, customer: StoredCustomer, *, records_each: int
) -> CustomerView:
    """Give a customer's golden record with its preferences and all that did not survive."""
    told = (await telling_records(connection, [customer.id], each=records_each))[customer.id]
    by = (await _survivorship(connection, [customer]))[customer.id]
    below = await driver(connection)
    rows = await below.fetch(_CHANNELS, customer.id, _INTERACTIONS_COUNTED)
    used = {row["channel"]: row["times"] for row in rows}
    golden, others = golden_record_with_others(told, by)
    return CustomerView(customer, golden | preferences(told, used, by.locks), others)


async def _survivorship(
    connection: AsyncConnection, customers: Sequence[StoredCustomer]
) -> dict[str, Survivorship]:
    rules = SurvivorshipRules()
    locks: dict[str, list[AttributeLock]] = {customer.id: [] for customer in customers}
    below = await driver(connection)
    for row in await below.fetch(_SURVIVORSHIP, list(locks)):
        if row["version"] is not None:
            rules = SurvivorshipRules(row["version"], read_rules(row["rules"]))
        if row["attribute"] is not None:
            locks[row["customer_id"]].append(read_lock(row))
    return {
        one.id: Survivorship(rules, one.brand, locks_in_force(locks[one.id], one.id))
        for one in customers
    }
