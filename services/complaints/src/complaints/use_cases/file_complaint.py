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
    without_person,
)
from complaints.domain.erasure import ERASED_TEXT
from complaints.domain.report import ExternalRefReused, Report
from complaints.domain.routing import decide
from complaints.events import COMPLAINT, ComplaintFiled, ComplaintRouted
from complaints.store.complaints import insert_complaint, load_by_external_ref
from complaints.store.customer_aliases import owner_of, shut_out_merges
from complaints.store.routing import load_routing_table
from complaints.store.tombstones import is_erased

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
    `CustomerNotResolved` for a new complaint of somebody unknown. Of a customer who was erased
    only that there was a complaint is stored.
    """
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        whose, was_erased = await _present(tx, customer)
        filed = file(report, complaint_id=COMPLAINT.new(), customer=whose, at=at)
        if was_erased:
            filed, text = without_person(filed, at=at), ERASED_TEXT
        decision = decide(filed.complaint.report, await load_routing_table(tx))
        routed = route(filed.complaint, decision, at=at)
        complaint = routed.complaint
        history = (filed.entry, routed.entry)
        if await insert_complaint(tx, complaint, text=text, history=history):
            await _announce(tx, complaint)
        else:
            complaint = await _filed_before(tx, report, text)
        return await once.keep(tx, complaint)


async def _present(
    tx: Transaction, customer: Customer | UnresolvedClaim | None
) -> tuple[Customer | None, bool]:
    """Tell whose it is by now, and whether it is nobody's because the customer was erased."""
    if customer is None:
        return None, False
    if isinstance(customer, UnresolvedClaim):
        raise CustomerNotResolved(_SEND_AGAIN, retry_after_seconds=_RETRY_SECONDS)
    await shut_out_merges(tx)
    if await is_erased(tx, customer.customer_id, customer.source_record_id):
        return None, True
    present = await owner_of(tx, customer.customer_id, customer.source_record_id)
    told = None if present == customer.customer_id else customer.customer_id
    return Customer(present, customer.source_record_id, told), False


async def _filed_before(tx: Transaction, report: Report, text: str) -> Complaint:
    assert report.external_ref is not None  # noqa: S101 - only a reference can have been taken
    complaint, earlier_text = await load_by_external_ref(tx, report.source, report.external_ref)
    if complaint.erased_at is not None:
        return complaint
    if (complaint.report, earlier_text) != (report, text):
        raise ExternalRefReused(report.source, report.external_ref)
    return complaint


async def _announce(tx: Transaction, complaint: Complaint) -> None:
    key = COMPLAINT.show(complaint.id)
    customer = complaint.customer
    filed = ComplaintFiled(
        complaint_id=complaint.id,
        customer_id=customer.customer_id if customer else None,
        told_customer_id=customer.told_customer_id if customer else None,
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
