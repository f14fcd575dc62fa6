"""What filing by a customer and opening from an incident share: whose, by whom, stored, told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.identity.aliases import owner_of
from chassis.identity.tombstones import is_erased
from chassis.outbox import announce
from complaints.domain.complaint import Complaint, Customer, file, route, without_person
from complaints.domain.erasure import ERASED_TEXT
from complaints.domain.routing import decide
from complaints.events import COMPLAINT, ComplaintFiled, ComplaintRouted
from complaints.store.complaints import insert_complaint
from complaints.store.customer_aliases import shut_out_merges
from complaints.store.routing import load_routing_table

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction
    from complaints.domain.report import Report


async def store_filed(
    tx: Transaction, report: Report, *, text: str, customer: Customer | None, at: datetime
) -> Complaint | None:
    """Store a complaint, give it to a team and announce both.

    Gives None where its source used the reference before. Of a customer who was erased only that
    there was a complaint is stored.
    """
    whose, was_erased = await present_owner(tx, customer)
    filed = file(report, complaint_id=COMPLAINT.new(), customer=whose, at=at)
    if was_erased:
        filed, text = without_person(filed, at=at), ERASED_TEXT
    decision = decide(filed.complaint.report, await load_routing_table(tx))
    routed = route(filed.complaint, decision, at=at)
    history = (filed.entry, routed.entry)
    if not await insert_complaint(tx, routed.complaint, text=text, history=history):
        return None
    await _announce(tx, routed.complaint)
    return routed.complaint


async def present_owner(tx: Transaction, told: Customer | None) -> tuple[Customer | None, bool]:
    """Tell whose it is by now, and whether it is nobody's because the customer was erased."""
    if told is None:
        return None, False
    await shut_out_merges(tx)
    if await is_erased(tx, told.told_id, told.source_record_id):
        return None, True
    present = await owner_of(tx, told.told_id, told.source_record_id)
    was_told = None if present == told.told_id else told.told_id
    return Customer(present, told.source_record_id, was_told), False


async def _announce(tx: Transaction, complaint: Complaint) -> None:
    key = COMPLAINT.show(complaint.id)
    customer, report = complaint.customer, complaint.report
    filed = ComplaintFiled(
        complaint_id=complaint.id,
        customer_id=customer.customer_id if customer else None,
        told_customer_id=customer.told_customer_id if customer else None,
        source_record_id=customer.source_record_id if customer else None,
        order_id=report.order_id,
        channel=report.channel,
        category=report.category,
        filed_at=complaint.filed_at,
        parcel_id=report.parcel_id,
        incident=report.incident,
    )
    at = complaint.received_at
    await announce(tx, filed, key=key, sequence=1, at=at)
    assert complaint.team is not None  # noqa: S101 - it has just been routed
    routed = ComplaintRouted(complaint_id=complaint.id, team=complaint.team, routed_at=at)
    await announce(tx, routed, key=key, sequence=complaint.version, at=at)
