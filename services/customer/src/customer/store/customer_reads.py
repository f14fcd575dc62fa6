"""The audit of reads as it is kept: who read whom, when and what for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

from chassis.database import driver
from customer.domain.reads import Read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_COLUMNS = ["customer_id", "client_id", "person", "what", "purpose", "times", "read_at"]

_OF_CUSTOMER = """
SELECT r.id, r.customer_id, r.client_id, r.person, r.what, r.purpose, r.times, r.read_at
FROM (
    (SELECT * FROM customer_reads
     WHERE id < :before AND (customer_id = :id OR customer_id = ANY(ARRAY(
         SELECT retired_id FROM customer_aliases WHERE survivor_id = :id)))
     ORDER BY id DESC LIMIT :bound)
    UNION ALL
    (SELECT * FROM customer_reads
     WHERE id < :before AND customer_id IS NULL
       AND read_at >= (SELECT min(created_at) FROM customers WHERE id = :id OR id = ANY(ARRAY(
           SELECT retired_id FROM customer_aliases WHERE survivor_id = :id)))
     ORDER BY id DESC LIMIT :bound)
) AS r
ORDER BY r.id DESC LIMIT :bound
"""


@dataclass(frozen=True, slots=True)
class NotedRead:
    """A read that was made so many times within a second, first at `read_at`."""

    id: int
    read: Read
    times: int
    read_at: datetime


async def write_reads(tx: Transaction, reads: Sequence[tuple[Read, int, datetime]]) -> None:
    """Append reads with how often and when first."""
    connection = await driver(tx)
    rows = [
        (r.customer_id, r.client_id, r.person, r.what, r.purpose, times, read_at)
        for r, times, read_at in reads
    ]
    await connection.copy_records_to_table("customer_reads", records=rows, columns=_COLUMNS)


async def reads_of(
    connection: AsyncConnection, customer_id: str, *, before: int, limit: int
) -> list[NotedRead]:
    """Give who read a customer under its present id or one retired into it, the latest first.

    Reads of many at once are among them from the day on which the customer came.
    """
    values = {"id": customer_id, "before": before, "bound": limit}
    rows = await connection.execute(text(_OF_CUSTOMER), values)
    return [
        NotedRead(
            row.id,
            Read(row.customer_id, row.client_id, row.person, row.what, row.purpose),
            row.times,
            row.read_at,
        )
        for row in rows
    ]
