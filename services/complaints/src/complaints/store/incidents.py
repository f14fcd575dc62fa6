"""What befell parcels, counted, and whose the orders are that were linked later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Integer, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from complaints.domain.complaint import Customer
from complaints.domain.incidents import NEWS, Incident
from complaints.store.tables import complaints, linked_orders, parcel_incidents

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Transaction

_KEPT = NEWS + timedelta(days=1)


async def count_incident(tx: Transaction, incident: Incident) -> tuple[int, bool]:
    """Count what befell a parcel, and lock it; gives how often, and whether it has a complaint.

    What was counted already, by the parcel's version, is not counted again.
    """
    known = parcel_incidents
    statement = insert(known).values(
        parcel_id=incident.parcel_id, reason=incident.reason, times=1, sequence=incident.sequence
    )
    is_new = statement.excluded.sequence > known.c.sequence
    statement = statement.on_conflict_do_update(
        index_elements=["parcel_id", "reason"],
        set_={
            "times": known.c.times + cast(is_new, Integer),
            "sequence": func.greatest(known.c.sequence, statement.excluded.sequence),
        },
    ).returning(known.c.times, known.c.complaint_id)
    row = (await tx.execute(statement)).one()
    return row.times, row.complaint_id is not None


async def note_complaint(tx: Transaction, incident: Incident, complaint_id: UUID) -> None:
    """Remember the one complaint of an incident."""
    await tx.execute(
        update(parcel_incidents)
        .where(
            parcel_incidents.c.parcel_id == incident.parcel_id,
            parcel_incidents.c.reason == incident.reason,
        )
        .values(complaint_id=complaint_id)
    )


async def keep_link(tx: Transaction, order_id: UUID, customer: Customer, *, at: datetime) -> None:
    """Remember whose an order is for as long as an incident may come that was told before it."""
    values = {
        "customer_id": customer.customer_id,
        "source_record_id": customer.source_record_id,
        "linked_at": at,
    }
    statement = insert(linked_orders).values(order_id=order_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["order_id"], set_=values))
    await tx.execute(delete(linked_orders).where(linked_orders.c.linked_at < at - _KEPT))


async def linked_customer(tx: Transaction, order_id: UUID) -> Customer | None:
    """Give whose an order is that was linked since."""
    statement = select(linked_orders).where(linked_orders.c.order_id == order_id)
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else Customer(row.customer_id, row.source_record_id)


async def give_to(tx: Transaction, order_id: UUID, customer: Customer) -> int:
    """Give a customer what was an order's incidents opened and was nobody's; gives how many."""
    result = await tx.execute(
        update(complaints)
        .where(
            complaints.c.order_id == order_id,
            complaints.c.incident.is_not(None),
            complaints.c.customer_id.is_(None),
            complaints.c.erased_at.is_(None),
        )
        .values(
            customer_id=customer.customer_id,
            told_customer_id=customer.told_id,
            source_record_id=customer.source_record_id,
        )
    )
    return result.rowcount
