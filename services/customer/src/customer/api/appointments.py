"""Appointments: asked for, confirmed, kept, missed or cancelled; no advisor is booked twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field, model_validator

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.global_ids import GlobalId
from chassis.idempotency import Once, once_of
from chassis.paging import Cursor, Limit, Page
from chassis.versions import etag
from customer.api.actors import ActorDep
from customer.api.fields import ShortText, Source
from customer.api.places import read_place, write_place
from customer.api.readers import ReadingDep, sees
from customer.api.seen_parts import see, seen_of
from customer.api.told_fields import Instant, OpaqueId, Slug, TimeZone, WhomIn, zone_of
from customer.api.versions import IfMatchNeeded
from customer.domain.appointments import Appointment, AppointmentStatus, AppointmentStep, Plan
from customer.domain.interactions import BegunBy
from customer.events import SourceRecordId
from customer.store.appointments import APPOINTMENT
from customer.use_cases import make_appointments as making
from customer.use_cases.make_appointments import AppointmentTold

router = APIRouter(prefix="/v1", tags=["appointments"])

_WRITES = [requires("customers:write")]
_READS = [requires("customers:read")]
_PART = "appointments"
_CALENDAR = timedelta(days=31)

AppointmentId = Annotated[UUID, APPOINTMENT.schema]


class PlanIn(StrictModel):
    """Where, with whom and when; times keep the zone in which they are told."""

    store: Annotated[ShortText, Field(min_length=1)]
    advisor: OpaqueId
    starts_at: Instant
    ends_at: Instant
    time_zone: TimeZone | None = None
    subject: Slug | None = None

    def plan(self) -> Plan:
        """Give the plan that the domain checks."""
        zone = zone_of(self.starts_at, self.time_zone)
        return Plan(self.store, self.advisor, self.starts_at, self.ends_at, zone, self.subject)


class AppointmentIn(WhomIn, PlanIn):
    """An appointment of a customer, asked for by the customer or proposed by the house."""

    begun_by: BegunBy = BegunBy.CUSTOMER
    source: Source


class StepIn(StrictModel):
    """What happens: `confirm`, `keep`, `miss` or `cancel`."""

    step: AppointmentStep


class AppointmentOut(BaseModel):
    """An appointment; `customer_id` is whose it is at present."""

    appointment_id: AppointmentId
    customer_id: GlobalId
    source_record_id: SourceRecordId | None
    told_customer_id: GlobalId | None
    store: str
    advisor: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    time_zone: str
    subject: str | None
    begun_by: BegunBy
    source: str
    status: AppointmentStatus
    client_id: str
    actor: str | None
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, one: Appointment) -> AppointmentOut:
        plan = one.plan
        return cls(
            appointment_id=one.id,
            customer_id=one.customer_id,
            source_record_id=one.told.source_record_id,
            told_customer_id=one.told.customer_id,
            store=plan.store,
            advisor=plan.advisor,
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            time_zone=plan.zone,
            subject=plan.subject,
            begun_by=one.begun_by,
            source=one.source,
            status=one.status,
            client_id=one.client_id,
            actor=one.actor,
            version=one.version,
            created_at=one.created_at,
            updated_at=one.updated_at,
        )


class CalendarQuery(StrictModel):
    """Whose appointments, and between which instants: at most 31 days."""

    store: Annotated[str | None, Field(max_length=64)] = None
    advisor: OpaqueId | None = None
    starts_from: Instant
    starts_before: Instant
    cursor: Annotated[str | None, Field(max_length=500)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.store is None and self.advisor is None:
            message = "must name a store or an advisor"
            raise ValueError(message)
        if not timedelta(0) < self.starts_before - self.starts_from <= _CALENDAR:
            message = "must end after it begins, within 31 days"
            raise ValueError(message)
        return self


@router.post("/appointments", status_code=201, dependencies=_WRITES)
async def post_appointment(
    body: AppointmentIn,
    database: DatabaseDep,
    actor: ActorDep,
    once: Annotated[Once[Appointment], once_of(Appointment)],
    now: Now,
    response: Response,
) -> AppointmentOut:
    """Propose an appointment; an advisor who is taken at that time is refused (409)."""
    told = AppointmentTold(
        whom=body.whom(),
        plan=body.plan(),
        begun_by=body.begun_by,
        source=body.source,
        client_id=actor.client_id,
        actor=actor.person,
    )
    return _shown(await making.make_appointment(database, told, once=once, now=now), response)


@router.get("/appointments", dependencies=_READS)
async def get_calendar(
    query: Annotated[CalendarQuery, Query()], database: DatabaseDep, reading: ReadingDep
) -> Page[AppointmentOut]:
    """List a store's or an advisor's appointments by their beginning."""
    found = await making.read_calendar(
        database,
        at_store=query.store,
        advisor=query.advisor,
        starts_from=query.starts_from,
        starts_before=query.starts_before,
        after_place=read_place(query.cursor, APPOINTMENT),
        limit=query.limit + 1,
    )
    shown = await seen_of(reading, _PART, found[: query.limit])
    return _page(found, shown, query.limit)


@router.get("/appointments/{appointment_id}", dependencies=_READS)
async def get_appointment(
    appointment_id: AppointmentId, database: DatabaseDep, reading: ReadingDep, response: Response
) -> AppointmentOut:
    """Read an appointment; its ETag is what `If-Match` takes."""
    appointment = await making.read_appointment(database, appointment_id)
    await see(reading, _PART, appointment.customer_id, appointment)
    return _shown(appointment, response)


@router.put("/appointments/{appointment_id}", dependencies=_WRITES)
async def put_appointment(
    appointment_id: AppointmentId,
    body: PlanIn,
    database: DatabaseDep,
    expected: IfMatchNeeded,
    now: Now,
    response: Response,
) -> AppointmentOut:
    """Plan an appointment anew that is not over, if it is as it was read; its status stays."""
    planned = await making.plan_anew(
        database, appointment_id, body.plan(), expected=expected, now=now
    )
    return _shown(planned, response)


@router.post("/appointments/{appointment_id}/steps", dependencies=_WRITES)
async def post_step(
    appointment_id: AppointmentId,
    body: StepIn,
    database: DatabaseDep,
    once: Annotated[Once[Appointment], once_of(Appointment)],
    now: Now,
    response: Response,
) -> AppointmentOut:
    """Confirm or cancel an appointment, or say that it was kept or missed.

    A proposed one can be confirmed or cancelled, a confirmed one kept, missed or cancelled. One
    that was kept is recorded as an interaction.
    """
    taken = await making.take_step(database, appointment_id, body.step, once=once, now=now)
    return _shown(taken, response)


@router.get("/customers/{customer_id}/appointments", dependencies=[*_READS, sees(_PART)])
async def get_appointments(
    customer_id: GlobalId,
    database: DatabaseDep,
    reading: ReadingDep,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AppointmentOut]:
    """List a customer's appointments, those that start last first."""
    found = await making.list_appointments(
        database, customer_id, before=read_place(cursor, APPOINTMENT), limit=limit + 1
    )
    return _page(found, await reading.told(_PART, found[:limit]), limit)


def _shown(appointment: Appointment, response: Response) -> AppointmentOut:
    response.headers["ETag"] = etag(appointment.version)
    return AppointmentOut.of(appointment)


def _page(found: list[Appointment], shown: list[Appointment], limit: int) -> Page[AppointmentOut]:
    last = found[limit - 1] if len(found) > limit else None
    return Page(
        items=[AppointmentOut.of(appointment) for appointment in shown],
        next_cursor=None
        if last is None
        else write_place((last.plan.starts_at, last.id), APPOINTMENT),
    )
