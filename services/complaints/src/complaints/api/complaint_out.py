"""Complaints as they are answered: alone, in lists, and with their history."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, Field

from chassis.global_ids import GlobalId
from complaints.domain.complaint import Complaint, ComplaintFile, HistoryEntry, Resolution
from complaints.domain.lifecycle import Status, Step
from complaints.domain.report import Channel
from complaints.domain.routing import Decision
from complaints.events import ComplaintId, OrderId, ParcelId, SourceRecordId


class RoutingOut(BaseModel):
    """Why the complaint went to its team; `rule` is null when no rule matched."""

    team: str
    rule: str | None
    reasons: list[str]
    table_version: int

    @classmethod
    def of(cls, decision: Decision) -> RoutingOut:
        """Show a decision."""
        return cls.model_validate(decision, from_attributes=True)


class ComplaintOut(BaseModel):
    """A complaint without what was written on it."""

    complaint_id: ComplaintId
    version: int
    status: Status
    channel: Channel
    source: str
    external_ref: str | None
    category: str | None
    subject: str
    language: str | None
    country: str
    store: str | None
    brand: str
    legal_entity: str
    home_region: str
    order_id: OrderId | None
    parcel_id: ParcelId | None
    incident: str | None = Field(
        description="What befell the parcel, where the house opened the complaint itself."
    )
    customer_id: GlobalId | None
    source_record_id: SourceRecordId | None
    team: str | None
    routing: RoutingOut | None
    resolution: Resolution | None
    filed_at: AwareDatetime
    received_at: AwareDatetime
    updated_at: AwareDatetime
    erased_at: AwareDatetime | None = Field(
        description="When its customer was erased, and all that was written."
    )

    @classmethod
    def of(cls, complaint: Complaint) -> ComplaintOut:
        """Show a complaint."""
        report, customer = complaint.report, complaint.customer
        return cls(
            complaint_id=complaint.id,
            version=complaint.version,
            status=complaint.status,
            channel=report.channel,
            source=report.source,
            external_ref=report.external_ref,
            category=report.category,
            subject=report.subject,
            language=report.language,
            country=report.country,
            store=report.store,
            brand=report.brand,
            legal_entity=report.legal_entity,
            home_region=report.home_region,
            order_id=report.order_id,
            parcel_id=report.parcel_id,
            incident=report.incident,
            customer_id=customer.customer_id if customer else None,
            source_record_id=customer.source_record_id if customer else None,
            team=complaint.team,
            routing=RoutingOut.of(complaint.decision) if complaint.decision else None,
            resolution=complaint.resolution,
            filed_at=complaint.filed_at,
            received_at=complaint.received_at,
            updated_at=complaint.updated_at,
            erased_at=complaint.erased_at,
        )


class HistoryEntryOut(BaseModel):
    """One thing that happened to a complaint; notes are for the house alone."""

    version: int
    step: Step
    status: Status
    at: AwareDatetime
    by: str | None
    text: str | None
    team: str | None
    resolution: Resolution | None

    @classmethod
    def of(cls, entry: HistoryEntry) -> HistoryEntryOut:
        """Show an entry."""
        return cls.model_validate(entry, from_attributes=True)


class ComplaintFileOut(ComplaintOut):
    """A complaint, the customer's words, and its latest 200 history entries, oldest first."""

    text: str
    history: list[HistoryEntryOut]

    @classmethod
    def of_file(cls, file: ComplaintFile) -> ComplaintFileOut:
        """Show a complaint's whole file."""
        header = ComplaintOut.of(file.complaint).model_dump()
        history = [HistoryEntryOut.of(entry) for entry in file.history]
        return cls(**header, text=file.text, history=history)
