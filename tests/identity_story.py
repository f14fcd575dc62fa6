"""A customer service in small: what it tells of merges, unmerges and erasures, and the truth."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from hypothesis import strategies as st

from chassis.events import Incoming
from chassis.global_ids import new_global_id, show_global_id
from chassis.ids import IdType

FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)
_RECORD, _ERASURE, _EVENT = IdType("src"), IdType("ers"), itertools.count(1)


def customer(number: int) -> str:
    """Give the stored form of a customer's id."""
    return new_global_id(lambda _bits: number)


def shown(number: int) -> str:
    """Give a customer's id as it is shown."""
    return show_global_id(customer(number))


def record(number: int) -> str:
    """Give the id of a source record as it is shown."""
    return _RECORD.show(UUID(int=number + 1))


@dataclass(frozen=True)
class Fact:
    """Something of a customer: told with an id, and by a source record if by any."""

    number: int
    told: int
    record: int | None


@dataclass
class Story:
    """Customers by number; the truth of whose a fact is, and what was told on the way there."""

    leads_to: dict[int, int] = field(default_factory=dict)
    homes: list[int] = field(default_factory=list)
    customers: int = 0
    versions: dict[int, int] = field(default_factory=dict)
    erased_ids: set[int] = field(default_factory=set)
    erased_records: set[int] = field(default_factory=set)
    facts: list[Fact] = field(default_factory=list)
    events: list[Incoming] = field(default_factory=list)
    steps: int = 0

    def present(self, number: int) -> int:
        """Follow an id to the customer that it stands for."""
        while number in self.leads_to:
            number = self.leads_to[number]
        return number

    @property
    def living(self) -> list[int]:
        """Customers who are neither retired nor erased."""
        numbers = range(self.customers)
        return [n for n in numbers if n not in self.leads_to and n not in self.erased_ids]

    @property
    def restorable(self) -> list[int]:
        """Retired ids that can be taken out again: both sides would have a record."""
        found: list[int] = []
        for number in self.leads_to:
            moving = self._records_of_kin(number)
            staying = set(self._records_of(self.present(number))) - moving
            if moving and staying and number not in self.erased_ids:
                found.append(number)
        return found

    def owner(self, fact: Fact) -> int | None:
        """Give whose a fact is in the end; None when the customer was erased."""
        if fact.record is not None:
            if fact.record in self.erased_records:
                return None
            return self.present(self.homes[fact.record])
        return None if fact.told in self.erased_ids else self.present(fact.told)

    def come(self, to: int | None = None) -> int:
        """Have a new source record come, of a new customer or of one that is known."""
        if to is None:
            to = self.customers
            self.customers += 1
        self.homes.append(to)
        return len(self.homes) - 1

    def tell(self, told: int, by: int | None) -> Fact:
        """Have a fact told."""
        fact = Fact(len(self.facts), told, by)
        self.facts.append(fact)
        return fact

    def merge(self, retired: int, survivor: int) -> Incoming:
        """Merge two living customers."""
        records = self._records_of(retired)
        self.leads_to[retired] = survivor
        body = {
            "survivor_id": shown(survivor),
            "retired_id": shown(retired),
            "source_record_ids": [record(each) for each in records],
            "merged_at": self._now(),
        }
        return self._told("customer.merged.v1", retired, body)

    def unmerge(self, restored: int, also: list[int] | None = None) -> Incoming:
        """Take a retired id out again, with its records and some that came in between."""
        from_id = self.present(restored)
        moving = self._records_of_kin(restored) | set(also or ())
        kin = self._kin(restored) - {restored}
        del self.leads_to[restored]
        for each in also or ():
            self.homes[each] = restored
        return self._unmerged(from_id, restored, sorted(kin), sorted(moving))

    def split(self, records: list[int]) -> Incoming:
        """Give records of one customer an id of their own."""
        from_id, new_id = self.present(self.homes[records[0]]), self.customers
        self.customers += 1
        for each in records:
            self.homes[each] = new_id
        return self._unmerged(from_id, new_id, [], records)

    def erase(self, number: int) -> Incoming:
        """Erase a living customer."""
        ids, records = self._kin(number), self._records_of(number)
        self.erased_ids |= ids
        self.erased_records |= set(records)
        body = {
            "erasure_id": _ERASURE.show(UUID(int=number + 1)),
            "customer_id": shown(number),
            "retired_ids": [shown(each) for each in sorted(ids - {number})],
            "source_record_ids": [record(each) for each in records],
            "erased_at": self._now(),
        }
        return self._told("customer.erased.v1", number, body)

    def _unmerged(
        self, from_id: int, restored: int, retired: list[int], records: list[int]
    ) -> Incoming:
        body = {
            "customer_id": shown(from_id),
            "restored_id": shown(restored),
            "retired_ids": [shown(each) for each in retired],
            "source_record_ids": [record(each) for each in records],
            "unmerged_at": self._now(),
        }
        return self._told("customer.unmerged.v1", restored, body)

    def _kin(self, number: int) -> set[int]:
        kin = {number}
        while more := {each for each, to in self.leads_to.items() if to in kin} - kin:
            kin |= more
        return kin

    def _records_of_kin(self, number: int) -> set[int]:
        kin = self._kin(number)
        return {each for each, home in enumerate(self.homes) if home in kin}

    def _records_of(self, number: int) -> list[int]:
        return [each for each, home in enumerate(self.homes) if self.present(home) == number]

    def _now(self) -> str:
        self.steps += 1
        return (FIRST + timedelta(minutes=self.steps)).isoformat()

    def _told(self, type_: str, key: int, body: dict[str, Any]) -> Incoming:
        self.versions[key] = self.versions.get(key, 0) + 1
        event = Incoming(
            id=f"event-{next(_EVENT)}",
            topic="customers",
            type=type_,
            key=shown(key),
            sequence=self.versions[key],
            at=FIRST,
            traceparent=None,
            data=orjson.dumps(body),
        )
        self.events.append(event)
        return event


@st.composite
def stories(draw: st.DrawFn, *, steps: int = 9) -> Story:
    """Draw a story in which everything may happen to three customers and those that follow."""
    story = Story()
    for _ in range(3):
        story.come()
    for _ in range(draw(st.integers(2, steps))):
        _take_a_step(story, draw)
        if story.living:
            _tell_something(story, draw)
    return story


@st.composite
def arrivals(draw: st.DrawFn, story: Story) -> list[Fact | Incoming]:
    """Draw an order in which facts and events arrive: of each key in order, else in any."""
    left: dict[str, list[Fact | Incoming]] = {}
    for event in story.events:
        left.setdefault(event.key, []).append(event)
    for fact in story.facts:
        left[f"fact {fact.number}"] = [fact]
    arrived: list[Fact | Incoming] = []
    while left:
        key = draw(st.sampled_from(sorted(left)))
        arrived.append(left[key].pop(0))
        if not left[key]:
            del left[key]
    return arrived


def _take_a_step(story: Story, draw: st.DrawFn) -> None:
    kinds = ["come", "merge", "merge", "unmerge", "unmerge", "split", "erase"]
    kind = draw(st.sampled_from(kinds))
    living = story.living
    if kind == "merge" and len(living) > 1:
        pair = draw(st.permutations(living))[:2]
        story.merge(max(pair), min(pair))
    elif kind == "unmerge" and story.restorable:
        restored = draw(st.sampled_from(story.restorable))
        present = story.present(restored)
        between = [each for each, home in enumerate(story.homes) if home == present][1:]
        also = draw(st.lists(st.sampled_from(between), unique=True)) if between else []
        story.unmerge(restored, also)
    elif kind == "split" and living:
        number = draw(st.sampled_from(living))
        mine = [each for each, home in enumerate(story.homes) if home == number]
        if len(mine) > 1:
            story.split(mine[1:])
    elif kind == "erase" and living:
        story.erase(draw(st.sampled_from(living)))
    else:
        story.come(draw(st.sampled_from(living)) if living and draw(st.booleans()) else None)


def _tell_something(story: Story, draw: st.DrawFn) -> None:
    by = draw(st.none() | st.integers(0, len(story.homes) - 1))
    if by is not None:
        story.tell(story.present(story.homes[by]), by)
    else:
        story.tell(draw(st.integers(0, story.customers - 1)), None)
