"""Filing a complaint: it is stored, given to a team and announced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from complaints.domain.complaint import Complaint, Customer, CustomerNotResolved, UnresolvedClaim
from complaints.domain.report import ExternalRefReused, Report
from complaints.store.complaints import load_by_external_ref
from complaints.store.filing import store_filed

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database, Transaction
    from chassis.idempotency import Once

_RETRY_SECONDS = 5
_SEND_AGAIN = (
    "The part `customer` did not resolve the customer. Send the complaint again soon, "
    "or send it with a customer_id."
)


async def file_complaint(
    database: Database,
    report: Report,
    *,
    text: str,
    customer: Customer | UnresolvedClaim | None,
    at: datetime,
    once: Once[Complaint],
) -> Complaint:
    """Give the new complaint, or the one the source filed before with the same words.

    Raises `ExternalRefReused` when the source's reference names another complaint, and
    `CustomerNotResolved` for a new complaint of somebody unknown.
    """
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        if isinstance(customer, UnresolvedClaim):
            raise CustomerNotResolved(_SEND_AGAIN, retry_after_seconds=_RETRY_SECONDS)
        complaint = await store_filed(tx, report, text=text, customer=customer, at=at)
        if complaint is None:
            complaint = await _filed_before(tx, report, text)
        return await once.keep(tx, complaint)


async def _filed_before(tx: Transaction, report: Report, text: str) -> Complaint:
    assert report.external_ref is not None  # noqa: S101 - only a reference can have been taken
    complaint, earlier_text = await load_by_external_ref(tx, report.source, report.external_ref)
    if complaint.erased_at is not None:
        return complaint
    if (complaint.report, earlier_text) != (report, text):
        raise ExternalRefReused(report.source, report.external_ref)
    return complaint
