"""Erasing a customer: facts become nobody's, the profile goes with all that hangs on it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import driver
from segmentation.events import SegmentLeft
from segmentation.store import announcements, memberships

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from chassis.database import Transaction
    from chassis.identity.erasure import Erasure

_NOBODYS = {
    table: f"""
    WITH found AS (
        SELECT {key}, customer_id FROM {table}
        WHERE source_record_id = ANY($1)
            OR (source_record_id IS NULL AND coalesce(told_customer_id, customer_id) = ANY($2)
                AND customer_id = ANY($3))
        FOR UPDATE
    )
    UPDATE {table} AS fact
    SET (customer_id, told_customer_id, source_record_id) = (NULL, NULL, NULL){forgetting}
    FROM found WHERE fact.{key} = found.{key}
    RETURNING found.customer_id
    """  # noqa: S608 - the tables below
    for table, key, forgetting in (
        ("order_facts", "order_id", ""),
        ("return_facts", "return_id", ""),
        ("complaint_facts", "complaint_id", ""),
        ("attribute_facts", "value_id", ", value = NULL"),
        ("interaction_facts", "interaction_id", ""),
    )
}
"""Their sequence stays: what an earlier version says of whose the thing is counts no more."""

_PROFILES = """
SELECT profile_id, customer_id, version FROM profiles
WHERE customer_id = ANY($1) ORDER BY customer_id FOR UPDATE
"""
_OPEN = """
SELECT profile_id, segment FROM memberships WHERE profile_id = ANY($1) AND left_at IS NULL
ORDER BY profile_id, segment
"""
_SPENDINGS = "DELETE FROM spendings WHERE profile_id = ANY($1) RETURNING 1"
_FORGET = "DELETE FROM profiles WHERE profile_id = ANY($1)"


async def erase_owners(
    tx: Transaction, erasure: Erasure, *, present_ids: Collection[str]
) -> tuple[dict[str, int], set[str]]:
    """Make facts nobody's; gives how many of each kind, and the customers they stood under.

    `present_ids` are the customers under whom the facts of the erased ids stand now.
    """
    connection = await driver(tx)
    whom = list(erasure.source_record_ids), list(erasure.customer_ids), list(present_ids)
    counts: dict[str, int] = {}
    customers: set[str] = set()
    for table, statement in _NOBODYS.items():
        rows = await connection.fetch(statement, *whom)
        counts[table] = len(rows)
        customers.update(row["customer_id"] for row in rows if row["customer_id"] is not None)
    return counts, customers


async def erase_profiles(
    tx: Transaction, customer_ids: Collection[str], *, now: datetime
) -> dict[str, int]:
    """Delete profiles with spendings and memberships, and announce which segments they left."""
    connection = await driver(tx)
    rows = await connection.fetch(_PROFILES, list(customer_ids))
    ids = [row["profile_id"] for row in rows]
    segments: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in await connection.fetch(_OPEN, ids):
        segments[row["profile_id"]].append(row["segment"])
    left = [
        (
            SegmentLeft(
                profile_id=row["profile_id"],
                customer_id=row["customer_id"],
                segment=segment,
                left_at=now,
            ),
            version,
        )
        for row in rows
        for version, segment in enumerate(segments[row["profile_id"]], start=row["version"] + 1)
    ]
    await announcements.announce(tx, left, now=now)
    forgotten = await memberships.forget(tx, ids)
    spendings = await connection.fetch(_SPENDINGS, ids)
    await connection.execute(_FORGET, ids)
    return {"profiles": len(ids), "memberships": forgotten, "spendings": len(spendings)}
