"""Reopening a complaint whose resolution did not satisfy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from chassis.outbox import announce
from complaints.domain.complaint import Complaint, reopen
from complaints.events import COMPLAINT, ComplaintReopened
from complaints.store.complaints import load_for_update, save

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from chassis.idempotency import Once


async def reopen_complaint(
    database: Database,
    complaint_id: UUID,
    *,
    text: str,
    by: str,
    at: datetime,
    once: Once[Complaint],
) -> Complaint:
    """Give the complaint after it; raises `ComplaintNotResolved`."""
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        complaint = await load_for_update(tx, complaint_id)
        reopened = reopen(complaint, text=text, by=by, at=at)
        await save(tx, reopened)
        event = ComplaintReopened(complaint_id=complaint_id, reopened_at=at)
        key = COMPLAINT.show(complaint_id)
        await announce(tx, event, key=key, sequence=reopened.complaint.version, at=at)
        return await once.keep(tx, reopened.complaint)
