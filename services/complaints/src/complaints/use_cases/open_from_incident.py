"""Opening one complaint from a parcel's incident, with the parcel attached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaints.store.filing import store_filed
from complaints.store.incidents import count_incident, linked_customer, note_complaint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chassis.database import Transaction
    from complaints.domain.complaint import Complaint
    from complaints.domain.incidents import Incident


async def open_from_incident(
    tx: Transaction, incident: Incident, *, opens_at: Mapping[str, int], now: datetime
) -> Complaint | None:
    """Open a complaint when it has befallen the parcel often enough, and only once.

    `opens_at` says for each reason at which time; others open nothing. An order of which nobody
    knows whose it is opens one as well: it is given to the customer when the order is linked.
    """
    times, is_open = await count_incident(tx, incident)
    needed = opens_at.get(incident.reason)
    if is_open or needed is None or times < needed or not incident.is_news(now):
        return None
    order = incident.order
    customer = order.customer or await linked_customer(tx, order.order_id)
    complaint = await store_filed(
        tx, incident.report(), text=incident.text(times), customer=customer, at=now
    )
    if complaint is not None:
        await note_complaint(tx, incident, complaint.id)
    return complaint
