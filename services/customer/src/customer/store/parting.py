"""Taking records out of a customer again: what a merge brought, or what intake joined wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from chassis.global_ids import new_global_id, show_global_id
from chassis.ids import new_uuid
from chassis.outbox import announce
from customer.domain.rulings import Act, Ruling
from customer.domain.unmerging import Edge, Unmerging, plan_part
from customer.events import CustomerUnmerged
from customer.store.holding import hold_customers
from customer.store.kept_apart import keep_apart
from customer.store.match_candidates import follow_records
from customer.store.rulings import newest_records, records_of, write_ruling

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Transaction
    from customer.domain.stewards import Steward
    from customer.store.holding import HeldCustomer

_EDGES = """
SELECT m.retired_id, m.survivor_id, m.merged_at, m.source_record_ids
FROM customer_aliases a
JOIN merges m ON m.retired_id = a.retired_id
WHERE a.survivor_id = :customer_id AND NOT EXISTS (
    SELECT FROM rulings u
    WHERE u.act = 'unmerge' AND u.other_id = m.retired_id AND u.merged_at = m.merged_at)
ORDER BY m.merged_at
"""

_ADD_CUSTOMER = """
INSERT INTO customers (id, brand, legal_entity, home_region, version, created_at, updated_at)
SELECT :id, brand, legal_entity, home_region, 0, :now, :now
FROM source_records WHERE id = ANY(CAST(:record_ids AS uuid[]))
ORDER BY created_at, id LIMIT 1
"""

_PART = """
WITH counted AS (
    UPDATE customers
    SET version = version + 1, updated_at = :now, retired_at = NULL
    WHERE id IN (:customer_id, :restored_id)
), restored AS (
    DELETE FROM customer_aliases WHERE retired_id = :restored_id
), led_back AS (
    UPDATE customer_aliases SET survivor_id = :restored_id
    WHERE retired_id = ANY(CAST(:retired_ids AS text[]))
)
UPDATE source_records SET customer_id = :restored_id
WHERE id = ANY(CAST(:record_ids AS uuid[]))
"""


async def edges_into(tx: Transaction, customer_id: str) -> dict[str, Edge]:
    """Give the merges that hold of all ids which lead to a customer, by the retired id."""
    rows = (await tx.execute(text(_EDGES), {"customer_id": customer_id})).mappings()
    return {
        row["retired_id"]: Edge(
            row["retired_id"],
            row["survivor_id"],
            row["merged_at"],
            frozenset(row["source_record_ids"]),
        )
        for row in rows
    }


async def add_customer(
    tx: Transaction, customer_id: str, record_ids: tuple[UUID, ...], *, now: datetime
) -> None:
    """Make a customer for records that never had one, of the oldest one's brand and region."""
    values = {"id": customer_id, "record_ids": list(record_ids), "now": now}
    await tx.execute(text(_ADD_CUSTOMER), values)


async def part_as_proposed(
    tx: Transaction,
    customer_id: str,
    parts: Sequence[Collection[UUID]],
    *,
    ruling_id: UUID,
    by: Steward,
    reason: str,
    now: datetime,
) -> list[Ruling]:
    """Give each part but the first an id of its own; gives the rulings, `ruling_id` the first.

    Records that left since are passed over; those that came since stay with the first part.
    """
    rulings: list[Ruling] = []
    for part in parts[1:]:
        edges = await edges_into(tx, customer_id)
        _, held = await hold_customers(tx, [customer_id], retired=[*edges])
        present = set(await records_of(tx, customer_id))
        if not present & set(part) or present <= set(part):
            continue
        plan = plan_part(customer_id, new_global_id(), edges, present, part)
        if plan.merged_at is None:
            await add_customer(tx, plan.restored_id, plan.record_ids, now=now)
        rulings.append(
            await part_customers(tx, plan, held, ruling_id=ruling_id, by=by, reason=reason, now=now)
        )
        ruling_id = new_uuid()
    return rulings


async def part_customers(
    tx: Transaction,
    unmerging: Unmerging,
    held: dict[str, HeldCustomer],
    *,
    ruling_id: UUID,
    by: Steward,
    reason: str,
    now: datetime,
) -> Ruling:
    """Move records to the id they are under from now on, and keep both sides apart for good."""
    ids = {"customer_id": unmerging.customer_id, "restored_id": unmerging.restored_id}
    moving = {
        "retired_ids": list(unmerging.retired_ids),
        "record_ids": list(unmerging.record_ids),
        "now": now,
    }
    await tx.execute(text(_PART), {**ids, **moving})
    pair = await newest_records(tx, unmerging.customer_id, unmerging.restored_id)
    ruling = Ruling(
        judgement_id=ruling_id,
        act=Act.SPLIT if unmerging.merged_at is None else Act.UNMERGE,
        customer_id=unmerging.customer_id,
        other_id=unmerging.restored_id,
        by=by,
        reason=reason,
        ruled_at=now,
        merged_at=unmerging.merged_at,
        retired_ids=unmerging.retired_ids,
        source_record_ids=unmerging.record_ids,
    )
    await write_ruling(tx, ruling, pair)
    staying = await records_of(tx, unmerging.customer_id)
    await keep_apart(tx, ruling_id, staying, unmerging.record_ids)
    restored = held.get(unmerging.restored_id)
    event = CustomerUnmerged(
        customer_id=unmerging.customer_id,
        restored_id=unmerging.restored_id,
        retired_ids=list(unmerging.retired_ids),
        source_record_ids=list(unmerging.record_ids),
        unmerged_at=now,
    )
    await announce(
        tx,
        event,
        key=show_global_id(unmerging.restored_id),
        sequence=1 if restored is None else restored.version + 1,
        at=now,
    )
    await follow_records(tx, unmerging.customer_id, now=now)
    return ruling
