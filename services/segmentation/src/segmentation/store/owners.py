"""Whose a fact is: the three columns every kind of fact has, and their moving with a merge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import driver
from segmentation.domain.facts import Owner

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from asyncpg import Record

    from chassis.database import Transaction

_REPOINT = tuple(
    f"""
    UPDATE {table} AS fact SET customer_id = merge.survivor_id
    FROM unnest($1::text[], $2::text[]) AS merge (retired_id, survivor_id)
    WHERE fact.customer_id = merge.retired_id
    RETURNING merge.retired_id, merge.survivor_id
    """  # noqa: S608 - the three tables below
    for table in ("order_facts", "return_facts", "complaint_facts")
)


def owner_columns(owner: Owner | None) -> tuple[str | None, UUID | None, int | None]:
    """Give (customer_id, source_record_id, owner_sequence)."""
    if owner is None:
        return None, None, None
    return owner.customer_id, owner.source_record_id, owner.sequence


def read_owner(row: Record) -> Owner | None:
    """Read the three columns back."""
    if row["customer_id"] is None:
        return None
    return Owner(row["customer_id"], row["source_record_id"], row["owner_sequence"])


async def repoint(tx: Transaction, survivors: Mapping[str, str]) -> set[str]:
    """Move the facts of retired ids to their survivors; gives the customers on both sides."""
    connection = await driver(tx)
    moved: set[str] = set()
    for statement in _REPOINT:
        rows = await connection.fetch(statement, list(survivors), list(survivors.values()))
        moved.update(customer_id for row in rows for customer_id in row.values())
    return moved
