"""What a caller may see of customers, and the note that it saw them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request

from chassis.api import DatabaseDep, Now
from chassis.database import Database, snapshot
from chassis.global_ids import read_global_id
from customer.api.actors import Actor, ActorDep
from customer.domain.identifiers import IdentifierKind
from customer.domain.owners import ToldOf, Whom
from customer.domain.reading_policies import Sight, withheld
from customer.domain.reads import Read, Seen
from customer.domain.resemblance import LIKENESS
from customer.domain.sights import EVERYTHING, Home, Sights
from customer.domain.visibility import (
    visible_as_told,
    visible_flags,
    visible_key,
    visible_normalised,
)
from customer.store.golden_records import CustomerView
from customer.store.owners import find_owner
from customer.store.seeing import Eyes
from customer.store.source_records import StoredRecord
from customer.use_cases.note_reads import ReadLog
from customer.use_cases.reading_policies import PoliciesInForce
from customer.use_cases.recognise import Recognition

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """By what a caller may recognise a customer: kinds of identifiers, and likeness.

    `is_whole` for who may see all of the customer, and so what contradicts and what it weighs.
    """

    kinds: frozenset[IdentifierKind]
    is_alike: bool = True
    is_whole: bool = False

    def by(self, kind: str) -> bool:
        """Tell whether the caller may know that it was by this."""
        return self.is_alike if kind == LIKENESS else kind in self.kinds


KNOWN_WHOLLY = Known(frozenset(IdentifierKind), is_whole=True)
UNKNOWN = Known(frozenset(), is_alike=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """One request that reads customers: by whom, what for, and with whose eyes."""

    actor: Actor
    purpose: str | None
    eyes: Eyes
    database: Database
    reads: ReadLog

    async def customer(self, view: CustomerView) -> CustomerView:
        """Give what the caller sees of a customer; raises `TransferNotAllowed`."""
        [shown] = await self.customers([view])
        return shown

    async def customers(self, views: Sequence[CustomerView]) -> list[CustomerView]:
        """Give what the caller sees of customers, all of whom it must be allowed to read.

        Raises `TransferNotAllowed`.
        """
        homes = {view.customer.id: view.telling.homes for view in views}
        sights = await self._sights(homes)
        self._refuse_closed(sights)
        for customer_id in homes:
            self.note(customer_id, Seen.CUSTOMER)
        return [view.seen(sights[view.customer.id]) for view in views]

    async def found(self, views: Sequence[CustomerView]) -> list[CustomerView]:
        """Give what the caller sees of the customers it found; one it may not read is no hit."""
        sights = await self._sights({view.customer.id: view.telling.homes for view in views})
        shown: list[CustomerView] = []
        for view in views:
            seen = sights[view.customer.id]
            self.note(view.customer.id, Seen.REFUSED if seen.are_closed else Seen.SEARCH)
            if not seen.are_closed:
                shown.append(view.seen(seen))
        return shown

    async def recognised(self, recognition: Recognition) -> dict[str, Known]:
        """Give whom the caller may recognise, each by what records tell that it may read."""
        conclusions = recognition.placement.conclusions
        named = {one.other_customer_id for one in conclusions}
        known = dict.fromkeys(named, KNOWN_WHOLLY)
        if named and not self.eyes.see_everything:
            async with snapshot(self.database) as connection:
                kinds = await self.eyes.identified(connection, recognition.identifiers, named)
                pairs = {one.other_record_id: one.other_customer_id for one in conclusions}
                alike = {pairs[one] for one in await self.eyes.open_records(connection, pairs)}
                sights = await self.eyes.sights_of(connection, kinds.keys() | alike)
            known = {
                one: KNOWN_WHOLLY
                if seen.are_whole
                else Known(frozenset(kinds.get(one, ())), is_alike=one in alike)
                for one, seen in sights.items()
            }
        for customer_id in named:
            self.note(customer_id, Seen.SEARCH if customer_id in known else Seen.REFUSED)
        return known

    async def records(self, records: Sequence[StoredRecord]) -> list[StoredRecord]:
        """Give what the caller sees of a customer's source records, without those it may not."""
        homes: dict[str, set[Home]] = {}
        for record in records:
            homes.setdefault(record.customer_id, set()).add(record.home)
        sights = await self._sights(homes)
        for customer_id, seen in sights.items():
            self.note(customer_id, Seen.REFUSED if seen.are_closed else Seen.SOURCE_RECORDS)
        return [
            _seen_record(record, sight)
            for record in records
            if not (sight := sights[record.customer_id].of(record.home)).is_closed
        ]

    async def record(self, record: StoredRecord) -> StoredRecord:
        """Give what the caller sees of a source record; raises `TransferNotAllowed`."""
        sights = await self._sights({record.customer_id: {record.home}})
        self._refuse_closed(sights)
        self.note(record.customer_id, Seen.SOURCE_RECORD)
        return _seen_record(record, sights[record.customer_id].of(record.home))

    async def part(self, asked_id: str, what: str) -> None:
        """Let the caller see what hangs on a customer: notes, consents, all that has no fields.

        Of what hangs there, `told` then gives what a source record told that the caller may read.
        Raises `TransferNotAllowed`, `PartWithheld`.
        """
        if not self.eyes.see_everything:
            present_id, sights = await self._readable(asked_id)
            if not sights.show(what):
                self.note(present_id, Seen.REFUSED)
                raise withheld(what)
        self.note(asked_id, what)

    async def elsewhere(self, asked_id: str, kind: str) -> set[str]:
        """Let the caller read what other parts hold of a customer; gives its home regions.

        Facts elsewhere are not told apart by source record, so that one record keeps back all.
        Who sees everything is not asked about. Raises `TransferNotAllowed`, `PartWithheld`.
        """
        home_regions: set[str] = set()
        if not self.eyes.see_everything:
            present_id, sights = await self._readable(asked_id)
            if not sights.show_everywhere(kind):
                self.note(present_id, Seen.REFUSED)
                raise withheld(kind)
            home_regions = {home.region for home in sights.by_home or ()}
        self.note(asked_id, kind)
        return home_regions

    async def told(
        self, what: str, found: Sequence[T], of: Callable[[T], ToldOf] = attrgetter("told")
    ) -> list[T]:
        """Give those of things that hang on customers which the caller may see, each by itself."""
        if self.eyes.see_everything:
            return list(found)
        async with snapshot(self.database) as connection:
            return await self.eyes.told(connection, what, found, of)

    async def open_customers(self, customer_ids: Collection[str]) -> set[str]:
        """Give those of customers' ids, retired ones too, that the caller may be told."""
        return set(customer_ids) - (await self._closed(customer_ids)).keys()

    async def tellable(self, *customer_ids: str) -> None:
        """Refuse who may not be told one of the ids; raises `TransferNotAllowed`."""
        for customer_id, homes in (await self._closed(customer_ids)).items():
            self.note(customer_id, Seen.REFUSED)
            raise self.eyes.refusal(homes)

    async def readable(self, *asked_ids: str) -> None:
        """Refuse who may read nothing of one of the customers; raises `TransferNotAllowed`."""
        if not self.eyes.see_everything:
            for asked_id in asked_ids:
                await self._readable(asked_id)

    async def whole(self, *customer_ids: str) -> None:
        """Refuse who may not see all of the customers.

        Raises `TransferNotAllowed`, `PartWithheld`.
        """
        if not self.eyes.see_everything:
            for customer_id in customer_ids:
                present_id, sights = await self._readable(customer_id)
                if not sights.are_whole:
                    self.note(present_id, Seen.REFUSED)
                    raise withheld("a part")

    def note(self, customer_id: str | None, what: str) -> None:
        """Note that the caller saw something of a customer, or at once of many."""
        read = Read(customer_id, self.actor.client_id, self.actor.person, what, self.purpose)
        self.reads.note(read, self.eyes.now)

    async def _closed(self, customer_ids: Collection[str]) -> dict[str, set[Home]]:
        if self.eyes.see_everything:
            return {}
        async with snapshot(self.database) as connection:
            return await self.eyes.closed_ids(connection, customer_ids)

    async def _readable(self, asked_id: str) -> tuple[str, Sights]:
        async with snapshot(self.database) as connection:
            present_id = (await find_owner(connection, Whom(asked_id))).customer_id
            sights = await self.eyes.sights_of(connection, [present_id])
        self._refuse_closed(sights)
        return present_id, sights[present_id]

    def _refuse_closed(self, sights: Mapping[str, Sights]) -> None:
        closed = {one: seen for one, seen in sights.items() if seen.are_closed}
        for customer_id in closed:
            self.note(customer_id, Seen.REFUSED)
        for seen in closed.values():
            raise self.eyes.refusal(seen.by_home or ())

    async def _sights(self, homes: Mapping[str, Collection[Home]]) -> dict[str, Sights]:
        if self.eyes.see_everything:
            return dict.fromkeys(homes, EVERYTHING)
        async with snapshot(self.database) as connection:
            return await self.eyes.sights(connection, homes)


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
    eyes = Eyes(await policies.current(), actor.client_id, now)
    return Reading(actor, purpose, eyes, database, request.app.state.reads)


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


def readable() -> Any:
    """Depend on the caller's being allowed to read anything of the customer in the path.

    For routes that change a customer: who may not read one does not judge it either.
    """

    async def check(request: Request, reading: ReadingDep) -> None:
        await reading.readable(read_global_id(request.path_params["customer_id"]))

    return Depends(check)


def _seen_record(record: StoredRecord, sight: Sight) -> StoredRecord:
    if sight.is_whole:
        return record
    return replace(
        record,
        key=visible_key(record.key, sight),
        raw=visible_as_told(record.raw, sight),
        normalised=visible_normalised(record.normalised, sight),
        flags=visible_flags(record.flags, sight),
    )
