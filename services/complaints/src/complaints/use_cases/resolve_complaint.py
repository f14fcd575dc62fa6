"""Resolving a complaint: the decision that ends it is stored and announced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from chassis.outbox import announce
from complaints.domain.complaint import Complaint, Resolution, resolve
from complaints.events import COMPLAINT, ComplaintResolved
from complaints.store.complaints import load_for_update, save

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from chassis.idempotency import Once


async def resolve_complaint(
    database: Database,
    complaint_id: UUID,
    resolution: Resolution,
    *,
    text: str,
    by: str,
    at: datetime,
    once: Once[Complaint],
) -> Complaint:
    """Give the complaint after it; raises a `Conflict` when it is resolved already."""
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        complaint = await load_for_update(tx, complaint_id)
        resolved = resolve(complaint, resolution, text=text, by=by, at=at)
        await save(tx, resolved)
        event = ComplaintResolved(complaint_id=complaint_id, resolution=resolution, resolved_at=at)
        key = COMPLAINT.show(complaint_id)
        await announce(tx, event, key=key, sequence=resolved.complaint.version, at=at)
        return await once.keep(tx, resolved.complaint)
