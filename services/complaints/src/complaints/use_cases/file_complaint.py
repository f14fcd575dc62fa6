"""Filing a complaint: it is stored, given to a team and announced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from chassis.outbox import announce
from complaints.domain.complaint import (
    Complaint,
    Customer,
    CustomerNotResolved,
    UnresolvedClaim,
    file,
    route,
)
from complaints.domain.report import ExternalRefReused, Report
from complaints.domain.routing import decide
from complaints.events import COMPLAINT, ComplaintFiled, ComplaintRouted
from complaints.store.complaints import insert_complaint, load_by_external_ref
from complaints.store.customer_aliases import shut_out_merges, survivor_of
from complaints.store.routing import load_routing_table

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
        filed = file(
            report,
            complaint_id=COMPLAINT.new(),
            customer=await _surviving(tx, customer),
            at=at,
        )
        decision = decide(report, await load_routing_table(tx))
        routed = route(filed.complaint, decision, at=at)
        complaint = routed.complaint
        history = (filed.entry, routed.entry)
        if await insert_complaint(tx, complaint, text=text, history=history):
            await _announce(tx, complaint)
        else:
            complaint = await _filed_before(tx, report, text)
        return await once.keep(tx, complaint)


async def _surviving(
    tx: Transaction, customer: Customer | UnresolvedClaim | None
) -> Customer | None:
    if customer is None:
        return None
    if isinstance(customer, UnresolvedClaim):
        raise CustomerNotResolved(_SEND_AGAIN, retry_after_seconds=_RETRY_SECONDS)
    await shut_out_merges(tx)
    return Customer(await survivor_of(tx, customer.customer_id), customer.source_record_id)


async def _filed_before(tx: Transaction, report: Report, text: str) -> Complaint:
    assert report.external_ref is not None  # noqa: S101 - only a reference can have been taken
    complaint, earlier_text = await load_by_external_ref(tx, report.source, report.external_ref)
    if (complaint.report, earlier_text) != (report, text):
        raise ExternalRefReused(report.source, report.external_ref)
    return complaint


async def _announce(tx: Transaction, complaint: Complaint) -> None:
    key = COMPLAINT.show(complaint.id)
    customer = complaint.customer
    filed = ComplaintFiled(
        complaint_id=complaint.id,
        customer_id=customer.customer_id if customer else None,
        source_record_id=customer.source_record_id if customer else None,
        order_id=complaint.report.order_id,
        channel=complaint.report.channel,
        category=complaint.report.category,
        filed_at=complaint.filed_at,
    )
    at = complaint.received_at
    await announce(tx, filed, key=key, sequence=1, at=at)
    assert complaint.team is not None  # noqa: S101 - it has just been routed
    routed = ComplaintRouted(complaint_id=complaint.id, team=complaint.team, routed_at=at)
    await announce(tx, routed, key=key, sequence=complaint.version, at=at)
