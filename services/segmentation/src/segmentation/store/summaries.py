"""Adding up customers' facts: one reading of them all, however many customers are asked for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from chassis.database import driver
from segmentation.domain.indicators import Indicators, Spending

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from asyncpg import Record

    from chassis.database import Transaction

_MONEY = """
SELECT customer_id, currency,
    count(*) FILTER (WHERE is_purchase) AS purchases,
    min(placed_on) FILTER (WHERE is_purchase) AS first_on,
    max(placed_on) FILTER (WHERE is_purchase) AS last_on,
    sum(ordered)::bigint AS ordered,
    sum(cancelled)::bigint AS cancelled,
    sum(returned)::bigint AS returned
FROM (
    SELECT customer_id, currency, cancelled_at IS NULL AS is_purchase, placed_on,
        coalesce(amended_total_minor, total_minor) AS ordered,
        coalesce(cancelled_minor, 0) AS cancelled, 0 AS returned
    FROM order_facts
    WHERE customer_id = ANY($1) AND placed_at IS NOT NULL
    UNION ALL
    SELECT customer_id, currency, false, NULL, 0, 0, refund_minor
    FROM return_facts
    WHERE customer_id = ANY($1)
    UNION ALL
    SELECT ordered.customer_id, returned.currency, false, NULL, 0, 0, returned.refund_minor
    FROM order_facts AS ordered JOIN return_facts AS returned USING (order_id)
    WHERE ordered.customer_id = ANY($1) AND returned.customer_id IS NULL
        AND returned.owner_sequence IS NULL
) AS money
GROUP BY customer_id, currency
ORDER BY customer_id, currency
"""
_COMPLAINTS = """
SELECT customer_id, count(*) AS open_complaints
FROM (
    SELECT customer_id FROM complaint_facts
    WHERE customer_id = ANY($1) AND is_open AND filed_at IS NOT NULL
    UNION ALL
    SELECT ordered.customer_id
    FROM order_facts AS ordered JOIN complaint_facts AS complaint USING (order_id)
    WHERE ordered.customer_id = ANY($1) AND complaint.customer_id IS NULL
        AND complaint.owner_sequence IS NULL
        AND complaint.is_open AND complaint.filed_at IS NOT NULL
) AS complained
GROUP BY customer_id
"""


async def summarise(tx: Transaction, customer_ids: Collection[str]) -> dict[str, Indicators]:
    """Give the indicators of each of the customers, from their facts alone."""
    connection = await driver(tx)
    asked = list(customer_ids)
    money: defaultdict[str, list[Record]] = defaultdict(list)
    for row in await connection.fetch(_MONEY, asked):
        money[row["customer_id"]].append(row)
    complaints = {
        row["customer_id"]: row["open_complaints"]
        for row in await connection.fetch(_COMPLAINTS, asked)
    }
    return {
        customer_id: _indicators(money[customer_id], complaints.get(customer_id, 0))
        for customer_id in asked
    }


def _indicators(money: Sequence[Record], open_complaints: int) -> Indicators:
    bought = [row for row in money if row["purchases"]]
    return Indicators(
        first_purchase_on=min((row["first_on"] for row in bought), default=None),
        last_purchase_on=max((row["last_on"] for row in bought), default=None),
        frequency=sum(row["purchases"] for row in bought),
        spendings=tuple(
            Spending(row["currency"], row["ordered"], row["cancelled"], row["returned"])
            for row in money
        ),
        open_complaints=open_complaints,
    )
