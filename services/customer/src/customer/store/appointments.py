"""Appointments as they are kept; one advisor's are booked one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, exists, insert, select, tuple_, update

from chassis.database import lock
from chassis.ids import IdType
from customer.domain.appointments import (
    LONGEST,
    TAKES_THE_ADVISOR,
    Appointment,
    AppointmentStatus,
    Plan,
)
from customer.domain.interactions import BegunBy
from customer.domain.owners import ToldOf
from customer.store.owners import is_owned_by, present_owner
from customer.store.tables.interactions import appointments

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

APPOINTMENT = IdType("apt")
_COLUMNS = appointments.c
_OWNER = present_owner(_COLUMNS.told_customer_id, _COLUMNS.source_record_id)


async def insert_appointment(tx: Transaction, appointment: Appointment) -> None:
    """Keep an appointment."""
    await tx.execute(insert(appointments).values(**_row(appointment)))


async def update_appointment(tx: Transaction, appointment: Appointment) -> None:
    """Write a held appointment anew."""
    mine = _COLUMNS.id == appointment.id
    await tx.execute(update(appointments).where(mine).values(**_row(appointment)))


async def hold_advisor(tx: Transaction, advisor: str) -> None:
    """Let nobody else book the advisor until this transaction ends."""
    await lock(tx, f"advisor:{advisor}")


async def is_taken(tx: Transaction, plan: Plan, *, besides: UUID) -> bool:
    """Tell whether a held advisor has another appointment that overlaps; ends may touch."""
    overlapping = exists().where(
        _COLUMNS.advisor == plan.advisor,
        _COLUMNS.starts_at < plan.ends_at,
        _COLUMNS.starts_at > plan.starts_at - LONGEST,  # so that the index bounds the search
        _COLUMNS.ends_at > plan.starts_at,
        _COLUMNS.status.in_(TAKES_THE_ADVISOR),
        _COLUMNS.id != besides,
    )
    return bool(await tx.scalar(select(overlapping)))


async def find_appointment(
    connection: AsyncConnection, appointment_id: UUID, *, hold: bool = False
) -> Appointment | None:
    """Find an appointment by its id; held, until the transaction ends."""
    query = _select().where(_COLUMNS.id == appointment_id)
    if hold:
        query = query.with_for_update(of=appointments)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _appointment(row)


async def appointments_of(
    connection: AsyncConnection,
    customer_id: str,
    *,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Appointment]:
    """List a customer's appointments, those that start last first."""
    query = (
        _select()
        .where(is_owned_by(customer_id, _COLUMNS.told_customer_id, _COLUMNS.source_record_id))
        .order_by(_COLUMNS.starts_at.desc(), _COLUMNS.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(tuple_(_COLUMNS.starts_at, _COLUMNS.id) < tuple_(*before))
    return [_appointment(row) for row in await connection.execute(query)]


async def calendar(
    connection: AsyncConnection,
    *,
    store: str | None,
    advisor: str | None,
    starts_from: datetime,
    starts_before: datetime,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Appointment]:
    """List a store's or an advisor's appointments by their beginning."""
    query = (
        _select()
        .where(_COLUMNS.starts_at >= starts_from, _COLUMNS.starts_at < starts_before)
        .order_by(_COLUMNS.starts_at, _COLUMNS.id)
        .limit(limit)
    )
    if store is not None:
        query = query.where(_COLUMNS.store == store)
    if advisor is not None:
        query = query.where(_COLUMNS.advisor == advisor)
    if after is not None:
        query = query.where(tuple_(_COLUMNS.starts_at, _COLUMNS.id) > tuple_(*after))
    return [_appointment(row) for row in await connection.execute(query)]


def _select() -> Select[Any]:
    return select(appointments, _OWNER.label("customer_id"))


def _row(one: Appointment) -> dict[str, Any]:
    return {
        "id": one.id,
        "told_customer_id": one.told.customer_id,
        "source_record_id": one.told.source_record_id,
        "store": one.plan.store,
        "advisor": one.plan.advisor,
        "starts_at": one.plan.starts_at,
        "ends_at": one.plan.ends_at,
        "zone": one.plan.zone,
        "subject": one.plan.subject,
        "begun_by": one.begun_by,
        "source": one.source,
        "status": one.status,
        "version": one.version,
        "client_id": one.client_id,
        "actor": one.actor,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def _appointment(row: Row[Any]) -> Appointment:
    return Appointment(
        id=row.id,
        told=ToldOf(row.told_customer_id, row.source_record_id),
        customer_id=row.customer_id,
        plan=Plan(row.store, row.advisor, row.starts_at, row.ends_at, row.zone, row.subject),
        begun_by=BegunBy(row.begun_by),
        source=row.source,
        status=AppointmentStatus(row.status),
        version=row.version,
        client_id=row.client_id,
        actor=row.actor,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
