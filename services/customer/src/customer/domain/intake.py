"""Intake: claims placed in the book one after the other, and what that changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.errors import FieldProblem
from customer.domain.book import Book, KnownCustomer, KnownRecord
from customer.domain.claims import Claim, Reading
from customer.domain.facts import (
    Fact,
    RecordCreatedCustomer,
    RecordToldMore,
    ReviewNeeded,
    TwoProvedOne,
)
from customer.domain.guard import Person, tells_own_id
from customer.domain.judgements import Judgement, Verdict
from customer.domain.merging import Merge
from customer.domain.neighbourhood import Portrait
from customer.domain.resolution import Placement, place

if TYPE_CHECKING:
    from collections.abc import Callable


class Outcome(StrEnum):
    """What came of putting a source record."""

    CREATED = "created"
    FOUND = "found"
    MERGED = "merged"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the source is told about its record."""

    customer_id: str
    source_record_id: UUID
    outcome: Outcome
    matched_on: tuple[str, ...]
    retired_ids: tuple[str, ...]
    flags: tuple[FieldProblem, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A source record to be stored: what was told, how it was read and what is compared of it."""

    record: KnownRecord
    claim: Claim
    reading: Reading
    portrait: Portrait


@dataclass(slots=True)
class Changes:
    """Everything an intake has to store, by id where only the last state counts."""

    customers: dict[str, KnownCustomer] = field(default_factory=dict[str, KnownCustomer])
    entries: dict[UUID, Entry] = field(default_factory=dict[UUID, Entry])
    judgements: list[tuple[UUID, Judgement]] = field(default_factory=list[tuple[UUID, Judgement]])
    merges: list[Merge] = field(default_factory=list[Merge])
    facts: list[Fact] = field(default_factory=list[Fact])

    @property
    def unsure_judgement_ids(self) -> list[UUID]:
        """Give the judgements that a person must look at."""
        return [
            judgement_id
            for judgement_id, judgement in self.judgements
            if judgement.verdict is Verdict.UNSURE
        ]


class Intake:
    """Puts claims into a book; the clock and the ids are handed in."""

    def __init__(
        self,
        book: Book,
        *,
        now: datetime,
        new_uuid: Callable[[], UUID],
        new_customer_id: Callable[[], str],
    ) -> None:
        """Begin with an open book and nothing changed."""
        self.changes = Changes()
        self._book = book
        self._now = now
        self._new_uuid = new_uuid
        self._new_customer_id = new_customer_id

    def put(
        self, claim: Claim, reading: Reading, portrait: Portrait, content_hash: bytes
    ) -> Answer:
        """Put one claim; the same content again changes nothing and gives the same answer."""
        known = self._book.record(claim.key)
        if known is not None and known.content_hash == content_hash:
            return unchanged_answer(known)
        record_id = known.id if known is not None else self._new_uuid()
        person = Person(
            record_id=record_id,
            names=reading.normalised.names,
            birth_date=reading.normalised.birth_date,
            traits=portrait.traits,
            official_ids=reading.normalised.official_ids,
            tells_own_id=tells_own_id(reading.normalised),
        )
        own_id = known.customer_id if known is not None else None
        placement = place(self._book, person, reading.usable, portrait, own_id=own_id)
        customer_id = placement.customer_id or self._create(claim)
        flags = (*reading.flags, *map(_crowded, placement.crowded))
        record = KnownRecord(
            id=record_id,
            key=claim.key,
            customer_id=customer_id,
            content_hash=content_hash,
            version=known.version + 1 if known is not None else 1,
            created_at=known.created_at if known is not None else self._now,
            matched_on=placement.matched_on,
            flags=flags,
        )
        self._retire(placement, record, own_id)
        entry = Entry(record, claim, reading, portrait)
        self._enter(entry, person, is_new=placement.customer_id is None)
        self._judge(placement, record)
        return Answer(
            customer_id=customer_id,
            source_record_id=record_id,
            outcome=_outcome(placement, known),
            matched_on=placement.matched_on,
            retired_ids=placement.retired,
            flags=flags,
        )

    def _create(self, claim: Claim) -> str:
        """Make a customer, a microsecond younger for each record before: the older survives."""
        customer = KnownCustomer(
            id=self._new_customer_id(),
            brand=claim.brand,
            legal_entity=claim.legal_entity,
            home_region=claim.home_region,
            created_at=self._now + timedelta(microseconds=len(self.changes.entries)),
            version=0,
            people=(),
        )
        self._book.add_customer(customer)
        return customer.id

    def _retire(self, placement: Placement, record: KnownRecord, own_id: str | None) -> None:
        for retired_id in placement.retired:
            survivor, retired = self._book.merge(record.customer_id, retired_id)
            entered = [record.id] if retired_id == own_id else []
            for entry in list(self.changes.entries.values()):
                if entry.record.customer_id == retired_id:
                    moved = replace(entry.record, customer_id=survivor.id)
                    self.changes.entries[moved.id] = replace(entry, record=moved)
                    entered.append(moved.id)
            merge = Merge(retired_id, survivor.id, record.id, tuple(entered))
            self.changes.customers[retired_id] = retired
            self.changes.merges.append(merge)
            self.changes.facts.append(
                TwoProvedOne(record.id, retired_id, survivor.id, retired.version)
            )

    def _enter(self, entry: Entry, person: Person, *, is_new: bool) -> None:
        identifiers = [use.identifier for use in entry.reading.usable]
        customer = self._book.enter(entry.record, person, identifiers, entry.portrait)
        self.changes.customers[customer.id] = customer
        self.changes.entries[entry.record.id] = entry
        if is_new:
            fact = RecordCreatedCustomer(customer, entry.record.id, entry.claim.channel)
        else:
            fact = RecordToldMore(customer.id, entry.record.id, customer.version)
        self.changes.facts.append(fact)

    def _judge(self, placement: Placement, record: KnownRecord) -> None:
        for conclusion in placement.conclusions:
            judgement_id = self._new_uuid()
            self.changes.judgements.append((judgement_id, conclusion.judgement))
            self._book.note(conclusion.judgement)
            if conclusion.judgement.verdict is Verdict.UNSURE:
                fact = ReviewNeeded(judgement_id, record.id, record.customer_id, conclusion)
                self.changes.facts.append(fact)


def unchanged_answer(known: KnownRecord) -> Answer:
    """Answer for content that was told before."""
    return Answer(
        customer_id=known.customer_id,
        source_record_id=known.id,
        outcome=Outcome.UNCHANGED,
        matched_on=known.matched_on,
        retired_ids=(),
        flags=known.flags,
    )


def _outcome(placement: Placement, known: KnownRecord | None) -> Outcome:
    if placement.retired:
        return Outcome.MERGED
    if known is not None:
        return Outcome.UPDATED
    return Outcome.CREATED if placement.customer_id is None else Outcome.FOUND


def _crowded(path: str) -> FieldProblem:
    return FieldProblem(
        path,
        "is shared by too many customers to tell one from another",
        "Send another identifier of this customer too, such as her own e-mail address.",
    )
