"""Whose a fact is: the columns every kind of fact has, and their moving with a customer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chassis.database import driver
from segmentation.domain.facts import Owner

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from asyncpg import Record

    from chassis.database import Transaction

_TABLES = {
    "order_facts": "order_id",
    "return_facts": "return_id",
    "complaint_facts": "complaint_id",
    "attribute_facts": "value_id",
    "interaction_facts": "interaction_id",
}
_REPOINT = tuple(
    f"""
    WITH found AS (
        SELECT fact.{key}, fact.customer_id AS was,
            coalesce(alias.survivor_id, moved.customer_id, fact.told_customer_id, fact.customer_id)
                AS present
        FROM {table} AS fact
            LEFT JOIN record_moves AS moved ON moved.source_record_id = fact.source_record_id
            LEFT JOIN customer_aliases AS alias
                ON alias.retired_id
                    = coalesce(moved.customer_id, fact.told_customer_id, fact.customer_id)
        WHERE (fact.customer_id = ANY($1) OR fact.source_record_id = ANY($2))
            AND fact.customer_id IS NOT NULL
    )
    UPDATE {table} AS fact SET customer_id = found.present FROM found
    WHERE fact.{key} = found.{key} AND found.was <> found.present
    RETURNING found.was, found.present
    """  # noqa: S608 - the tables above
    for table, key in _TABLES.items()
)
_RESOLVE = """
SELECT told.place, coalesce(alias.survivor_id, moved.customer_id, told.told_id) AS present,
    gone.customer_id IS NOT NULL OR gone_record.source_record_id IS NOT NULL AS is_erased
FROM unnest($1::integer[], $2::text[], $3::uuid[]) AS told (place, told_id, source_record_id)
    LEFT JOIN record_moves AS moved ON moved.source_record_id = told.source_record_id
    LEFT JOIN customer_aliases AS alias
        ON alias.retired_id = coalesce(moved.customer_id, told.told_id)
    LEFT JOIN erased_records AS gone_record
        ON gone_record.source_record_id = told.source_record_id
    LEFT JOIN erased_customers AS gone
        ON gone.customer_id = told.told_id AND told.source_record_id IS NULL
"""


def owner_columns(owner: Owner | None) -> tuple[str | None, str | None, UUID | None, int | None]:
    """Give (customer_id, told_customer_id, source_record_id, owner_sequence)."""
    if owner is None:
        return None, None, None, None
    return owner.customer_id, owner.told_id, owner.source_record_id, owner.sequence


def read_owner(row: Record) -> Owner | None:
    """Read the four columns back."""
    if row["owner_sequence"] is None:
        return None
    return Owner(
        row["customer_id"],
        row["source_record_id"],
        row["owner_sequence"],
        row["told_customer_id"],
    )


async def resolve(tx: Transaction, owners: Collection[Owner]) -> dict[Owner, Owner]:
    """Give whose the facts of these owners are by now: nobody's, where somebody was erased.

    A fact belongs to whom its source record does, else to whom the id that was told leads to.
    """
    asked = list(owners)
    if not asked:
        return {}
    connection = await driver(tx)
    rows = await connection.fetch(
        _RESOLVE,
        list(range(len(asked))),
        [owner.told_id for owner in asked],
        [owner.source_record_id for owner in asked],
    )
    found: dict[Owner, Owner] = {}
    for row in rows:
        owner = asked[int(row["place"])]
        found[owner] = _present(owner, row)
    return found


async def repoint(
    tx: Transaction, *, customer_ids: Collection[str], source_record_ids: Collection[UUID]
) -> set[str]:
    """Give facts to whom they belong by now; gives the customers on both sides.

    Those that stand under one of these ids, or came by one of these source records, are looked at.
    """
    connection = await driver(tx)
    moved: set[str] = set()
    for statement in _REPOINT:
        rows = await connection.fetch(statement, list(customer_ids), list(source_record_ids))
        moved.update(customer_id for row in rows for customer_id in row.values())
    return moved


def _present(owner: Owner, row: Record) -> Owner:
    if row["is_erased"]:
        return Owner(None, None, owner.sequence)
    return replace(owner, customer_id=row["present"])
