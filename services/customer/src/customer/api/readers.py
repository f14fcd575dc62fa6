"""What a caller may see of customers, and the note that it saw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Request

from chassis.api import DatabaseDep, Now
from chassis.database import Database
from chassis.global_ids import read_global_id
from customer.api.actors import Actor, ActorDep
from customer.domain.reading_policies import (
    Access,
    PartWithheld,
    ReadingPolicies,
    Sight,
    TransferNotAllowed,
)
from customer.domain.reads import Read, Seen
from customer.domain.visibility import (
    visible,
    visible_as_told,
    visible_flags,
    visible_normalised,
    withheld,
)
from customer.store.customers import StoredCustomer
from customer.store.golden_records import CustomerView
from customer.store.source_records import StoredRecord
from customer.use_cases.note_reads import ReadLog
from customer.use_cases.read_consents import consented_to_transfer
from customer.use_cases.read_customer import follow_alias
from customer.use_cases.reading_policies import PoliciesInForce


@dataclass(frozen=True, slots=True)
class Reading:
    """One request that reads customers: by whom, what for, and under which policy."""

    actor: Actor
    purpose: str | None
    policies: ReadingPolicies
    database: Database
    reads: ReadLog
    now: datetime

    async def customer(self, view: CustomerView) -> CustomerView:
        """Give what the caller sees of a customer; raises `TransferNotAllowed`."""
        sight = await self._sight(view.customer.id, view.customer)
        self.note(view.customer.id, Seen.CUSTOMER)
        return _seen(view, sight)

    async def found(self, views: Sequence[CustomerView]) -> list[CustomerView]:
        """Give what the caller sees of the customers it found; one it may not read is no hit."""
        shown: list[CustomerView] = []
        for view in views:
            try:
                sight = await self._sight(view.customer.id, view.customer)
            except TransferNotAllowed:
                continue
            self.note(view.customer.id, Seen.SEARCH)
            shown.append(_seen(view, sight))
        return shown

    async def records(self, records: Sequence[StoredRecord]) -> list[StoredRecord]:
        """Give what the caller sees of source records, without those it may not read."""
        shown: list[StoredRecord] = []
        for record in records:
            try:
                sight = await self._sight(record.customer_id, record)
            except TransferNotAllowed:
                continue
            shown.append(_seen_record(record, sight))
        for customer_id in {record.customer_id for record in shown}:
            self.note(customer_id, Seen.SOURCE_RECORDS)
        return shown

    async def record(self, record: StoredRecord) -> StoredRecord:
        """Give what the caller sees of a source record; raises `TransferNotAllowed`."""
        sight = await self._sight(record.customer_id, record)
        self.note(record.customer_id, Seen.SOURCE_RECORD)
        return _seen_record(record, sight)

    async def part(self, asked_id: str, what: str) -> None:
        """Let the caller see what hangs on a customer: notes, consents, all that has no fields.

        Raises `TransferNotAllowed`, `PartWithheld`.
        """
        if self.actor.client_id in self.policies.readers:
            customer = await follow_alias(self.database, asked_id)
            sight = await self._sight(customer.id, customer)
            if sight.of(what) is not Access.SHOWN:
                self.note(customer.id, Seen.REFUSED)
                message = f"The reading policy keeps {what} of this customer from you."
                raise PartWithheld(message)
        self.note(asked_id, what)

    def note(self, customer_id: str, what: str) -> None:
        """Note that the caller saw something of a customer."""
        read = Read(customer_id, self.actor.client_id, self.actor.person, what, self.purpose)
        self.reads.note(read, self.now)

    async def _sight(self, customer_id: str, of: StoredCustomer | StoredRecord) -> Sight:
        client_id, home_region = self.actor.client_id, of.home_region
        has_consented = self.policies.needs_consent(
            home_region, client_id
        ) and await consented_to_transfer(self.database, customer_id, brand=of.brand, now=self.now)
        try:
            return self.policies.sight(
                home_region, client_id, today=self.now.date(), has_consented=has_consented
            )
        except TransferNotAllowed:
            self.note(customer_id, Seen.REFUSED)
            raise


async def _reading(
    request: Request,
    actor: ActorDep,
    database: DatabaseDep,
    now: Now,
    purpose: Annotated[
        str | None,
        Header(
            alias="X-Purpose",
            min_length=1,
            max_length=64,
            pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$",
            description="What the customer is read for; it stands in the audit of reads.",
        ),
    ] = None,
) -> Reading:
    policies: PoliciesInForce = request.app.state.policies
    return Reading(actor, purpose, await policies.current(), database, request.app.state.reads, now)


ReadingDep = Annotated[Reading, Depends(_reading)]
"""Depend on what the caller may see."""


def sees(what: str) -> Any:
    """Depend on the caller's being allowed to see a part of the customer in the path.

    Written `dependencies=[requires("customers:read"), sees("notes")]`; a field policy names the
    part as it names fields. The read is noted.
    """

    async def check(request: Request, reading: ReadingDep) -> None:
        await reading.part(read_global_id(request.path_params["customer_id"]), what)

    return Depends(check)


def _seen(view: CustomerView, sight: Sight) -> CustomerView:
    if sight.is_whole:
        return view
    return replace(
        view,
        golden=visible(view.golden, sight),
        others=visible(view.others, sight),
        withheld=withheld(view.golden, sight),
    )


def _seen_record(record: StoredRecord, sight: Sight) -> StoredRecord:
    if sight.is_whole:
        return record
    return replace(
        record,
        raw=visible_as_told(record.raw, sight),
        normalised=visible_normalised(record.normalised, sight),
        flags=visible_flags(record.flags, sight),
    )
