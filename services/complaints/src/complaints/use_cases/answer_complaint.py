"""Writing on a complaint: an acknowledgement or an answer for the customer, or an internal note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from chassis.outbox import announce
from complaints.domain.complaint import AnswerKind, Complaint, answer
from complaints.events import COMPLAINT, ComplaintAnswered
from complaints.store.complaints import load_for_update, save

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from chassis.idempotency import Once


async def answer_complaint(
    database: Database,
    complaint_id: UUID,
    kind: AnswerKind,
    *,
    text: str,
    by: str,
    at: datetime,
    once: Once[Complaint],
) -> Complaint:
    """Give the complaint after it; only an answer is announced."""
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        complaint = await load_for_update(tx, complaint_id)
        written = answer(complaint, kind, text=text, by=by, at=at)
        await save(tx, written)
        if kind is AnswerKind.ANSWER:
            event = ComplaintAnswered(complaint_id=complaint_id, answered_at=at)
            key = COMPLAINT.show(complaint_id)
            await announce(tx, event, key=key, sequence=written.complaint.version, at=at)
        return await once.keep(tx, written.complaint)
