"""Customers with what survives of all that is told of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chassis.database import driver
from customer.domain.survivorship import GoldenRecord
from customer.domain.survivorship_rules import SurvivorshipRules
from customer.domain.telling import Telling
from customer.domain.visibility import seen
from customer.store.attribute_locks import read_lock
from customer.store.customers import StoredCustomer, telling_records
from customer.store.survivorship_rules import read_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from customer.domain.attribute_locks import AttributeLock
    from customer.domain.sights import Sights

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
       l.locked_at, l.client_id, l.actor, l.home_region, l.brand
FROM unnest($1::text[]) AS c (id)
LEFT JOIN (
    SELECT version, CAST(rules AS text) AS rules FROM survivorship_rule_sets
    ORDER BY version DESC LIMIT 1
) AS s ON true
LEFT JOIN LATERAL (
    SELECT k.*, o.home_region, o.brand
    FROM attribute_locks k JOIN customers o ON o.id = k.told_customer_id
    WHERE k.lifted_at IS NULL AND k.told_customer_id IN (
        SELECT c.id UNION ALL SELECT retired_id FROM customer_aliases WHERE survivor_id = c.id)
) AS l ON true
"""


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer, its golden record, and the values that did not survive, where asked for.

    `telling` is what both are composed of. `withheld` names attributes of which the reader does
    not see everything; `is_whole` says that nothing at all is kept back.
    """

    customer: StoredCustomer
    telling: Telling
    golden: GoldenRecord
    others: GoldenRecord = field(default_factory=GoldenRecord)
    withheld: frozenset[str] = frozenset()
    is_whole: bool = True

    @classmethod
    def of(cls, customer: StoredCustomer, telling: Telling) -> CustomerView:
        """Show a customer to who sees everything."""
        return cls(customer, telling, *telling.golden())

    def seen(self, sights: Sights) -> CustomerView:
        """Show the customer to a reader, each value by where its source record is at home."""
        if sights.are_whole:
            return self
        golden, others, withheld = seen(self.telling, sights)
        return replace(self, golden=golden, others=others, withheld=withheld, is_whole=False)

    def told_openly(self, sights: Sights) -> CustomerView:
        """Leave out what source records told that are closed to a reader."""
        if sights.are_whole:
            return self
        return CustomerView.of(self.customer, self.telling.told_openly(sights))


async def view_customers(
    connection: AsyncConnection, customers: Sequence[StoredCustomer], *, records_each: int
) -> list[CustomerView]:
    """Give each customer's golden record, from its newest records."""
    if not customers:
        return []
    told = await telling_records(connection, [one.id for one in customers], each=records_each)
    by = await _survivorship(connection, customers)
    return [CustomerView.of(one, replace(by[one.id], records=told[one.id])) for one in customers]


async def view_customer(
    connection: AsyncConnection, customer: StoredCustomer, *, records_each: int
) -> CustomerView:
    """Give a customer's golden record with its preferences and all that did not survive."""
    told = (await telling_records(connection, [customer.id], each=records_each))[customer.id]
    by = (await _survivorship(connection, [customer]))[customer.id]
    below = await driver(connection)
    rows = await below.fetch(_CHANNELS, customer.id, _INTERACTIONS_COUNTED)
    used = {row["channel"]: row["times"] for row in rows}
    return CustomerView.of(customer, replace(by, records=told, used=used))


async def _survivorship(
    connection: AsyncConnection, customers: Sequence[StoredCustomer]
) -> dict[str, Telling]:
    """Give what decides of customers besides their records: the rules and all locks."""
    rules = SurvivorshipRules()
    locks: dict[str, list[AttributeLock]] = {customer.id: [] for customer in customers}
    below = await driver(connection)
    for row in await below.fetch(_SURVIVORSHIP, list(locks)):
        if row["version"] is not None:
            rules = SurvivorshipRules(row["version"], read_rules(row["rules"]))
        if row["attribute"] is not None:
            locks[row["customer_id"]].append(read_lock(row))
    return {
        one.id: Telling(one.id, one.brand, locks=tuple(locks[one.id]), rules=rules)
        for one in customers
    }
