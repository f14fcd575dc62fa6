"""Complaints in the database: written once, changed step by step, read alone or page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from chassis.at_home import at_home_in
from complaints.domain.complaint import (
    Change,
    Complaint,
    ComplaintFile,
    ComplaintNotFound,
    Customer,
    HistoryEntry,
    Resolution,
)
from complaints.domain.lifecycle import Status, Step
from complaints.domain.report import Channel, Report
from complaints.domain.routing import Decision
from complaints.store.tables import complaints, history_entries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from chassis.purview import Regions

HISTORY_SHOWN = 200
"""How many of a complaint's latest entries are read with it."""

_HEADER = [column for column in complaints.c if column.name != "text"]


async def insert_complaint(
    tx: Transaction, complaint: Complaint, *, text: str, history: Sequence[HistoryEntry]
) -> bool:
    """Store a new complaint; gives False when its source used the reference before."""
    report, customer = complaint.report, complaint.customer
    statement = (
        insert_or_skip(complaints)
        .values(
            id=complaint.id,
            channel=report.channel,
            source=report.source,
            external_ref=report.external_ref,
            category=report.category,
            subject=report.subject,
            text=text,
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
            told_customer_id=customer.told_id if customer else None,
            erased_at=complaint.erased_at,
            source_record_id=customer.source_record_id if customer else None,
            filed_at=report.filed_at,
            received_at=complaint.received_at,
            **_state(complaint),
        )
        .on_conflict_do_nothing(constraint="complaints_by_external_ref")
        .returning(complaints.c.id)
    )
    if await tx.scalar(statement) is None:
        return False
    await tx.execute(insert(history_entries), [_columns(complaint.id, entry) for entry in history])
    return True


async def save(tx: Transaction, change: Change) -> None:
    """Store a step taken on a complaint that this transaction has locked or made.

    What is written on the complaint of an erased customer is not kept.
    """
    complaint = change.complaint
    await tx.execute(
        update(complaints).where(complaints.c.id == complaint.id).values(**_state(complaint))
    )
    columns = _columns(complaint.id, change.entry)
    if complaint.erased_at is not None:
        columns["text"] = None
    await tx.execute(insert(history_entries).values(columns))


async def load_for_update(tx: Transaction, complaint_id: UUID) -> Complaint:
    """Give a complaint and lock it until the transaction ends; raises `ComplaintNotFound`."""
    statement = select(*_HEADER).where(complaints.c.id == complaint_id).with_for_update()
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise ComplaintNotFound
    return _complaint(row)


async def load_file(connection: AsyncConnection, complaint_id: UUID) -> ComplaintFile:
    """Give a complaint with its text and latest history; raises `ComplaintNotFound`."""
    statement = select(complaints).where(complaints.c.id == complaint_id)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise ComplaintNotFound
    entries = await connection.execute(
        select(history_entries)
        .where(history_entries.c.complaint_id == complaint_id)
        .order_by(history_entries.c.version.desc())
        .limit(HISTORY_SHOWN)
    )
    history = tuple(_entry(entry) for entry in reversed(entries.all()))
    return ComplaintFile(_complaint(row), row.text, history)


async def home_region(connection: AsyncConnection, complaint_id: UUID) -> str | None:
    """Give where a complaint is at home; None when it is not there."""
    statement = select(complaints.c.home_region).where(complaints.c.id == complaint_id)
    return (await connection.execute(statement)).scalar_one_or_none()


async def load_by_external_ref(
    tx: Transaction, source: str, external_ref: str
) -> tuple[Complaint, str]:
    """Give the complaint, and its text, that a source filed under a reference of its own."""
    statement = select(complaints).where(
        complaints.c.source == source, complaints.c.external_ref == external_ref
    )
    row = (await tx.execute(statement)).one()
    return _complaint(row), row.text


async def list_complaints(
    connection: AsyncConnection,
    *,
    regions: Regions,
    customer_id: str | None,
    team: str | None,
    status: Status | None,
    before: UUID | None,
    limit: int,
) -> list[Complaint]:
    """Give complaints that fit, those received last first, beginning before an id."""
    at_home = at_home_in(complaints.c.home_region, regions)
    statement = select(*_HEADER).where(at_home).order_by(complaints.c.id.desc()).limit(limit)
    if customer_id is not None:
        statement = statement.where(complaints.c.customer_id == customer_id)
    if team is not None:
        statement = statement.where(complaints.c.team == team)
    if status is not None:
        statement = statement.where(complaints.c.status == status)
    if before is not None:
        statement = statement.where(complaints.c.id < before)
    return [_complaint(row) for row in await connection.execute(statement)]


def _columns(complaint_id: UUID, entry: HistoryEntry) -> dict[str, Any]:
    return {
        "complaint_id": complaint_id,
        "version": entry.version,
        "step": entry.step,
        "status": entry.status,
        "at": entry.at,
        "by": entry.by,
        "text": entry.text,
        "team": entry.team,
        "resolution": entry.resolution,
    }


def _state(complaint: Complaint) -> dict[str, Any]:
    """Give the columns that steps change."""
    decision = complaint.decision
    return {
        "version": complaint.version,
        "status": complaint.status,
        "team": complaint.team,
        "routing_rule": decision.rule if decision else None,
        "routing_reasons": list(decision.reasons) if decision else None,
        "routing_version": decision.table_version if decision else None,
        "resolution": complaint.resolution,
        "updated_at": complaint.updated_at,
    }


def _complaint(row: Row[Any]) -> Complaint:
    return Complaint(
        id=row.id,
        version=row.version,
        status=Status(row.status),
        report=Report(
            channel=Channel(row.channel),
            source=row.source,
            external_ref=row.external_ref,
            category=row.category,
            subject=row.subject,
            language=row.language,
            country=row.country,
            store=row.store,
            brand=row.brand,
            legal_entity=row.legal_entity,
            home_region=row.home_region,
            order_id=row.order_id,
            filed_at=row.filed_at,
            parcel_id=row.parcel_id,
            incident=row.incident,
        ),
        customer=_customer(row) if row.customer_id else None,
        decision=_decision(row) if row.team else None,
        resolution=Resolution(row.resolution) if row.resolution else None,
        received_at=row.received_at,
        updated_at=row.updated_at,
        erased_at=row.erased_at,
    )


def _customer(row: Row[Any]) -> Customer:
    return Customer(row.customer_id, row.source_record_id, row.told_customer_id)


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        team=row.team,
        rule=row.routing_rule,
        reasons=tuple(row.routing_reasons),
        table_version=row.routing_version,
    )


def _entry(row: Row[Any]) -> HistoryEntry:
    return HistoryEntry(
        version=row.version,
        step=Step(row.step),
        status=Status(row.status),
        at=row.at,
        by=row.by,
        text=row.text,
        team=row.team,
        resolution=Resolution(row.resolution) if row.resolution else None,
    )
