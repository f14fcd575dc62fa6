"""Making appointments, planning them anew, and saying how they went."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chassis.database import snapshot
from chassis.idempotency import Once
from chassis.ids import new_uuid
from customer.domain.appointments import (
    FIRST,
    Appointment,
    AppointmentStep,
    AppointmentUnknown,
    Plan,
    advisor_taken,
    after,
    check_begun,
    check_open,
    check_plan,
    check_texts,
)
from customer.domain.interactions import BegunBy, Interaction, InteractionChannel, Touch
from customer.domain.owners import Whom
from customer.store import appointments as store
from customer.store.appointments import APPOINTMENT
from customer.store.holding import decide_once
from customer.store.interaction_announcements import announce_interactions
from customer.store.interactions import insert_interactions
from customer.store.owners import find_owner

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database, Transaction

_SOURCE = "appointments"
"""What an appointment that was kept is told by, as an interaction."""


@dataclass(frozen=True, slots=True)
class AppointmentTold:
    """An appointment as it is asked for."""

    whom: Whom
    plan: Plan
    begun_by: BegunBy
    source: str
    client_id: str
    actor: str | None


async def make_appointment(
    database: Database, told: AppointmentTold, *, once: Once[Appointment], now: datetime
) -> Appointment:
    """Propose an appointment.

    Raises `TimesNotPossible`, `NationalNumberTold`, `AdvisorTaken`, and what `owner_of` raises.
    """
    check_plan(told.plan)
    check_texts(told.plan, told.source)

    async def work(tx: Transaction) -> Appointment:
        owner = await find_owner(tx, told.whom)
        appointment = Appointment(
            id=new_uuid(),
            told=owner.told,
            customer_id=owner.customer_id,
            plan=told.plan,
            begun_by=told.begun_by,
            source=told.source,
            status=FIRST,
            version=1,
            client_id=told.client_id,
            actor=told.actor,
            created_at=now,
            updated_at=now,
        )
        await _book(tx, appointment)
        await store.insert_appointment(tx, appointment)
        return appointment

    return await decide_once(database, once, work)


async def plan_anew(
    database: Database, appointment_id: UUID, plan: Plan, *, expected: int | None, now: datetime
) -> Appointment:
    """Change time, store, advisor or subject of an appointment that is not over.

    Raises `AppointmentUnknown`, `AppointmentOver`, `AppointmentChangedMeanwhile`,
    `TimesNotPossible`, `NationalNumberTold` and `AdvisorTaken`.
    """
    check_plan(plan)
    check_texts(plan)

    async def work(tx: Transaction) -> Appointment:
        appointment = _known(await store.find_appointment(tx, appointment_id, hold=True))
        check_open(appointment, expected)
        if appointment.plan == plan:
            return appointment
        changed = replace(appointment, plan=plan, version=appointment.version + 1, updated_at=now)
        await _book(tx, changed)
        await store.update_appointment(tx, changed)
        return changed

    return await decide_once(database, Once(Appointment), work)


async def take_step(
    database: Database,
    appointment_id: UUID,
    step: AppointmentStep,
    *,
    once: Once[Appointment],
    now: datetime,
) -> Appointment:
    """Confirm an appointment, cancel it, or say that it was kept or missed.

    One that was kept is an interaction. Raises `AppointmentUnknown`, `StepNotAllowed` and
    `AppointmentAhead`.
    """

    async def work(tx: Transaction) -> Appointment:
        appointment = _known(await store.find_appointment(tx, appointment_id, hold=True))
        status = after(appointment.status, step)
        check_begun(appointment.plan, step, now=now)
        changed = replace(
            appointment, status=status, version=appointment.version + 1, updated_at=now
        )
        await store.update_appointment(tx, changed)
        if step is AppointmentStep.KEEP:
            interaction = _interaction_of(changed, now)
            await insert_interactions(tx, [interaction])
            await announce_interactions(tx, [interaction], at=now)
        return changed

    return await decide_once(database, once, work)


async def read_appointment(database: Database, appointment_id: UUID) -> Appointment:
    """Read an appointment; raises `AppointmentUnknown`."""
    async with snapshot(database) as connection:
        return _known(await store.find_appointment(connection, appointment_id))


async def list_appointments(
    database: Database,
    customer_id: str,
    *,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Appointment]:
    """List a customer's appointments, those that start last first; raises `CustomerUnknown`."""
    async with snapshot(database) as connection:
        owner = await find_owner(connection, Whom(customer_id))
        return await store.appointments_of(
            connection, owner.customer_id, before=before, limit=limit
        )


async def read_calendar(
    database: Database,
    *,
    at_store: str | None,
    advisor: str | None,
    starts_from: datetime,
    starts_before: datetime,
    after_place: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Appointment]:
    """List a store's or an advisor's appointments by their beginning."""
    async with snapshot(database) as connection:
        return await store.calendar(
            connection,
            store=at_store,
            advisor=advisor,
            starts_from=starts_from,
            starts_before=starts_before,
            after=after_place,
            limit=limit,
        )


async def _book(tx: Transaction, appointment: Appointment) -> None:
    await store.hold_advisor(tx, appointment.plan.advisor)
    if await store.is_taken(tx, appointment.plan, besides=appointment.id):
        raise advisor_taken()


def _interaction_of(appointment: Appointment, now: datetime) -> Interaction:
    plan = appointment.plan
    return Interaction(
        id=new_uuid(),
        told=appointment.told,
        customer_id=appointment.customer_id,
        source=_SOURCE,
        external_reference=APPOINTMENT.show(appointment.id),
        touch=Touch(
            channel=InteractionChannel.APPOINTMENT,
            begun_by=appointment.begun_by,
            at=plan.starts_at,
            zone=plan.zone,
            store=plan.store,
            agent=plan.advisor,
            subject=plan.subject,
        ),
        content_hash=b"",
        client_id=appointment.client_id,
        actor=appointment.actor,
        version=1,
        received_at=now,
    )


def _known(appointment: Appointment | None) -> Appointment:
    if appointment is None:
        message = "List the customer's appointments for their ids."
        raise AppointmentUnknown(message)
    return appointment
