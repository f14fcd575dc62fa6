"""Whose a fact is at present, derived when read: merges and unmerges rewrite no fact.

A fact hangs on the source record that told it (`source_record_id`), and follows it; a fact told
with a customer id keeps that id for ever (`told_customer_id`), and is read where its alias leads.
This is the only place that knows so; every table whose rows follow merges has the two columns,
an index on each, and asks here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, any_, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from customer.domain.claims import RecordKey
from customer.domain.owners import Found, Owner, Whom, owner_of
from customer.store.races import BookChangedMeanwhile
from customer.store.tables.book import customer_aliases, customers, source_records
from customer.store.tables.schema import KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_LOOKS = 3

_FIND = """
SELECT c.id AS customer_id, coalesce(k.id, r.id) AS record_id,
       coalesce(k.customer_id, r.customer_id) AS record_customer_id, e.erased_at
FROM unnest(CAST(:customer_ids AS text[]), CAST(:sources AS text[]),
            CAST(:external_ids AS text[]), CAST(:record_ids AS uuid[]))
    WITH ORDINALITY AS w (customer_id, source, external_id, record_id, place)
LEFT JOIN customer_aliases a ON a.retired_id = w.customer_id
LEFT JOIN customers c ON c.id = coalesce(a.survivor_id, w.customer_id)
LEFT JOIN erased_customers e ON e.customer_id = w.customer_id
LEFT JOIN source_records k ON k.source = w.source AND k.external_id = w.external_id
LEFT JOIN source_records r ON r.id = w.record_id
ORDER BY w.place
"""


def present_owner(
    told_customer_id: Column[str], source_record_id: Column[str]
) -> ColumnElement[str]:
    """Give the SQL for the customer whose a row is at present, from the row's two columns."""
    by_record = (
        select(source_records.c.customer_id)
        .where(source_records.c.id == source_record_id)
        .scalar_subquery()
    )
    by_alias = (
        select(customer_aliases.c.survivor_id)
        .where(customer_aliases.c.retired_id == told_customer_id)
        .scalar_subquery()
    )
    return func.coalesce(by_record, by_alias, told_customer_id)


def is_owned_by(
    customer_id: str, told_customer_id: Column[str], source_record_id: Column[str]
) -> ColumnElement[bool]:
    """Give the SQL that finds the rows of a customer through the indexes of the two columns.

    `customer_id` is the present id; what was told with ids that lead to it is its own as well. A
    row with both columns is its record's.
    """
    return are_owned_by([customer_id], told_customer_id, source_record_id)


def are_owned_by(
    customer_ids: Sequence[str], told_customer_id: Column[str], source_record_id: Column[str]
) -> ColumnElement[bool]:
    """Give the SQL that finds the rows of several customers, by their present ids."""
    present = literal(list(customer_ids), ARRAY(KEY))
    records = select(source_records.c.id).where(source_records.c.customer_id == any_(present))
    ids = select(func.unnest(present)).union_all(
        select(customer_aliases.c.retired_id).where(customer_aliases.c.survivor_id == any_(present))
    )
    return or_(
        source_record_id == any_(func.array(records.scalar_subquery())),
        (told_customer_id == any_(func.array(ids.scalar_subquery()))) & source_record_id.is_(None),
    )


async def find_owners(connection: AsyncConnection, whoms: Sequence[Whom]) -> list[Found]:
    """Look up of whom requests tell, in their order."""
    keys = [whom.record if isinstance(whom.record, RecordKey) else None for whom in whoms]
    columns = {
        "customer_ids": [whom.customer_id for whom in whoms],
        "sources": [None if key is None else key.source for key in keys],
        "external_ids": [None if key is None else key.external_id for key in keys],
        "record_ids": [
            None if isinstance(whom.record, RecordKey) else whom.record for whom in whoms
        ],
    }
    rows = await connection.execute(text(_FIND), columns)
    return [
        Found(row.customer_id, row.record_id, row.record_customer_id, row.erased_at) for row in rows
    ]


async def find_owner(connection: AsyncConnection, whom: Whom) -> Owner:
    """Look up of whom a request tells; raises what `owner_of` raises."""
    [found] = await find_owners(connection, [whom])
    return owner_of(whom, found)


async def hold_owner(tx: Transaction, whom: Whom) -> Owner:
    """Look up of whom a request tells, and hold the customer's row until the transaction ends.

    Held `FOR NO KEY UPDATE`: merges wait, but not those who only point to the row, for they may
    hold the survivor that is looked for next. Looks again when the customer was merged before it
    was held; raises what `owner_of` raises, and `BookChangedMeanwhile` when that happens again and
    again.
    """
    for _ in range(_LOOKS):
        owner = await find_owner(tx, whom)
        held = select(customers.c.id).where(customers.c.id == owner.customer_id)
        await tx.execute(held.with_for_update(key_share=True))
        if await find_owner(tx, whom) == owner:
            return owner
    raise BookChangedMeanwhile


async def next_version(tx: Transaction, customer_id: str) -> int:
    """Count a held customer's version up, for the sequence of an event whose key it is."""
    counted = await tx.scalar(
        customers.update()
        .where(customers.c.id == customer_id)
        .values(version=customers.c.version + 1)
        .returning(customers.c.version)
    )
    assert counted is not None  # noqa: S101 - the caller holds the row
    return counted
