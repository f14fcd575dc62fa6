"""The book: what is known of everybody whom some claims may concern, while they are placed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.errors import FieldProblem
from customer.domain.claims import RecordKey
from customer.domain.guard import Person
from customer.domain.identifiers import LIMITS, Identifier
from customer.domain.judgements import Judgement, Verdict
from customer.domain.linkage.traits import Traits
from customer.domain.neighbourhood import Near, Neighbourhood, Portrait

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PEOPLE_COMPARED = 30
"""How many of a customer's records, the newest, speak for or against joining another."""


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A source record that came before, with the answer that was given to it."""

    id: UUID
    key: RecordKey
    customer_id: str
    content_hash: bytes
    version: int
    created_at: datetime
    matched_on: tuple[str, ...]
    flags: tuple[FieldProblem, ...]


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer and what its records say of the person."""

    id: str
    brand: str
    legal_entity: str
    home_region: str
    created_at: datetime
    version: int
    people: tuple[Person, ...]

    @property
    def age_rank(self) -> tuple[datetime, str]:
        """Sort the older first: it survives a merge."""
        return self.created_at, self.id


@dataclass(frozen=True, slots=True)
class Holder:
    """A source record that carries an identifier, and whose it is."""

    record_id: UUID
    customer_id: str


class Book:
    """The working set of one unit of work: each claim sees what the ones before it changed."""

    def __init__(
        self,
        *,
        records: Iterable[KnownRecord] = (),
        customers: Iterable[KnownCustomer] = (),
        holders: Mapping[Identifier, Sequence[Holder]] | None = None,
        crowded: Iterable[Identifier] = (),
        blocked: Iterable[Identifier] = (),
        judged: Iterable[tuple[UUID, UUID, Verdict]] = (),
        kept_apart: Iterable[tuple[str, str]] = (),
        owners: Mapping[UUID, str] | None = None,
        neighbourhood: Neighbourhood | None = None,
    ) -> None:
        """Open the book with what the database knows.

        Of `crowded` identifiers the holders need not be known, nor whose they are; those that a
        person `blocked` say nothing at all. `kept_apart`
        are pairs of customers whom a person said to be two; `owners` are the customers of the
        records near the claims. Without a `neighbourhood` nobody is recognised by likeness.
        """
        self._records = {record.key: record for record in records}
        self._customers = {customer.id: customer for customer in customers}
        self._holders = {
            identifier: {holder.record_id: holder.customer_id for holder in found}
            for identifier, found in (holders or {}).items()
        }
        self._blocked = set(blocked)
        self._crowded = self._blocked.union(crowded)
        self._judged = set(judged)
        self._survivors: dict[str, str] = {}
        self._kept_apart = set(kept_apart)
        self._owners = dict(owners or {})
        self.neighbourhood = neighbourhood

    def record(self, key: RecordKey) -> KnownRecord | None:
        """Find the record that a source told under this key before."""
        record = self._records.get(key)
        if record is None:
            return None
        return replace(record, customer_id=self.current_id(record.customer_id))

    def customer(self, customer_id: str) -> KnownCustomer:
        """Give a customer, or the survivor of one that was retired since the book was opened."""
        return self._customers[self.current_id(customer_id)]

    def current_id(self, customer_id: str) -> str:
        """Follow the merges made since the book was opened."""
        while customer_id in self._survivors:
            customer_id = self._survivors[customer_id]
        return customer_id

    def is_crowded(self, identifier: Identifier, *, apart_from: UUID) -> bool:
        """Tell whether others share a value so much that it identifies nobody any more."""
        if identifier in self._crowded:
            return True
        return share_too_much(identifier, self.holders(identifier, apart_from=apart_from))

    def is_blocked(self, identifier: Identifier) -> bool:
        """Tell whether a person said that a value identifies nobody."""
        return identifier in self._blocked

    def holders(self, identifier: Identifier, *, apart_from: UUID) -> list[Holder]:
        """Name the other records that carry an identifier, the oldest first."""
        found = self._holders.get(identifier, {})
        return [
            Holder(record_id, self.current_id(customer_id))
            for record_id, customer_id in sorted(found.items())
            if record_id != apart_from
        ]

    def are_kept_apart(self, one_id: str, other_id: str) -> bool:
        """Tell whether a person said that these two customers are not one."""
        pair = {one_id, other_id}
        return any(set(map(self.current_id, apart)) == pair for apart in self._kept_apart)

    def near(self, record_id: UUID, portrait: Portrait, traits: Traits) -> dict[str, list[Near]]:
        """Give the records that resemble a portrait by customer, the most alike first.

        `traits` are what is compared of it: all but what is crowded.
        """
        found: dict[str, list[Near]] = {}
        if self.neighbourhood is not None:
            for near in self.neighbourhood.around(record_id, portrait, traits):
                owner = self._owners.get(near.record_id)
                if owner is not None:
                    found.setdefault(self.current_id(owner), []).append(near)
        return found

    def was_judged(self, judgement: Judgement) -> bool:
        """Tell whether the same was concluded of the same pair before."""
        return (judgement.left_id, judgement.right_id, judgement.verdict) in self._judged

    def note(self, judgement: Judgement) -> None:
        """Remember a judgement, so that it is not made twice."""
        self._judged.add((judgement.left_id, judgement.right_id, judgement.verdict))

    def add_customer(self, customer: KnownCustomer) -> None:
        """Enter a new customer."""
        self._customers[customer.id] = customer

    def merge(self, survivor_id: str, retired_id: str) -> tuple[KnownCustomer, KnownCustomer]:
        """Join a customer to its survivor; gives both as they are afterwards."""
        survivor, retired = self._customers[survivor_id], self._customers[retired_id]
        people = (*survivor.people, *retired.people)[:PEOPLE_COMPARED]
        self._customers[survivor_id] = replace(survivor, people=people)
        self._customers[retired_id] = replace(retired, version=retired.version + 1, people=())
        self._survivors[retired_id] = survivor_id
        return self._customers[survivor_id], self._customers[retired_id]

    def enter(
        self,
        record: KnownRecord,
        person: Person,
        identifiers: Iterable[Identifier],
        portrait: Portrait,
    ) -> KnownCustomer:
        """Enter a record under its customer, replacing what it said before; gives the customer."""
        self._records[record.key] = record
        self._owners[record.id] = record.customer_id
        if self.neighbourhood is not None:
            self.neighbourhood.enter(record.id, portrait)
        for found in self._holders.values():
            found.pop(record.id, None)
        for identifier in identifiers:
            self._holders.setdefault(identifier, {})[record.id] = record.customer_id
        customer = self._customers[record.customer_id]
        others = [known for known in customer.people if known.record_id != record.id]
        entered = replace(
            customer,
            version=customer.version + 1,
            people=(person, *others)[:PEOPLE_COMPARED],
        )
        self._customers[customer.id] = entered
        return entered


def share_too_much(identifier: Identifier, holders: Sequence[Holder], *, besides: int = 0) -> bool:
    """Tell whether holders of a value are past its limit by more than `besides`."""
    limit = LIMITS[identifier.kind]
    customers = {holder.customer_id for holder in holders}
    return len(customers) > limit.customers + besides or len(holders) > limit.records + besides
