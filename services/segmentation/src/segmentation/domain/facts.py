"""What was told of an order, a return or a complaint: in any order, any number of times, one end.

What an event tells is itself a fact with gaps. Facts of one thing are joined field by field; the
join is commutative, associative and idempotent, so that neither order nor repetition matters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a fact is, by which source record, and which version of the thing said so.

    `told_id` is the customer id that was told, whatever it leads to by now. An owner without a
    customer was erased; what earlier versions of the thing said does not count for that.
    """

    customer_id: str | None
    source_record_id: UUID | None
    sequence: int
    told_id: str | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """What was ordered, as told by the channel."""

    brand: str
    country: str
    currency: str
    total_minor: int
    placed_at: datetime
    placed_on: date


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What of the order was called off."""

    total_minor: int
    cancelled_at: datetime


@dataclass(frozen=True, slots=True)
class Amendment:
    """What the order comes to since it was changed, and which of its versions said so."""

    total_minor: int
    sequence: int


@dataclass(frozen=True, slots=True)
class OrderFact:
    """All that is known of one order; with an id alone it was only mentioned."""

    order_id: UUID
    owner: Owner | None = None
    purchase: Purchase | None = None
    cancellation: Cancellation | None = None
    amendment: Amendment | None = None

    @property
    def id(self) -> UUID:
        return self.order_id

    def joined(self, told: Self) -> Self:
        return replace(
            self,
            owner=_later_owner(self.owner, told.owner),
            amendment=_later_amendment(self.amendment, told.amendment),
            purchase=self.purchase or told.purchase,
            cancellation=self.cancellation or told.cancellation,
        )


@dataclass(frozen=True, slots=True)
class ReturnFact:
    """Goods that came back; without an owner of its own it is the order's customer's."""

    return_id: UUID
    order_id: UUID | None
    owner: Owner | None
    currency: str
    refund_minor: int
    returned_at: datetime

    @property
    def id(self) -> UUID:
        return self.return_id

    def joined(self, told: Self) -> Self:
        return replace(self, owner=_later_owner(self.owner, told.owner))


@dataclass(frozen=True, slots=True)
class ComplaintState:
    """Whether the complaint is open, and which of its versions said so."""

    is_open: bool
    sequence: int


@dataclass(frozen=True, slots=True)
class ComplaintFact:
    """All that is known of one complaint; it counts once it is known to have been filed."""

    complaint_id: UUID
    state: ComplaintState
    filed_at: datetime | None = None
    order_id: UUID | None = None
    owner: Owner | None = None

    @property
    def id(self) -> UUID:
        return self.complaint_id

    def joined(self, told: Self) -> Self:
        return replace(
            self,
            owner=_later_owner(self.owner, told.owner),
            state=told.state if told.state.sequence > self.state.sequence else self.state,
            filed_at=self.filed_at or told.filed_at,
            order_id=self.order_id or told.order_id,
        )


@dataclass(frozen=True, slots=True)
class AttributeFact:
    """A value that a customer declared, for a purpose; what was taken back has no value left.

    `value` is JSON as it was told, and None of free text, which nobody is told.
    """

    value_id: UUID
    owner: Owner | None
    attribute: str
    purpose: str
    value: str | None
    observed_at: datetime
    valid_until: datetime | None
    told_at: datetime
    is_withdrawn: bool = False

    @property
    def id(self) -> UUID:
        return self.value_id

    def joined(self, told: Self) -> Self:
        is_withdrawn = self.is_withdrawn or told.is_withdrawn
        return replace(
            self,
            owner=_later_owner(self.owner, told.owner),
            value=None if is_withdrawn else self.value,
            told_at=min(self.told_at, told.told_at),
            is_withdrawn=is_withdrawn,
        )


@dataclass(frozen=True, slots=True)
class InteractionFact:
    """A touch between a customer and the house; `answered_at` may be told later."""

    interaction_id: UUID
    owner: Owner | None
    channel: str
    begun_by: str
    at: datetime
    answered_at: datetime | None

    @property
    def id(self) -> UUID:
        return self.interaction_id

    def joined(self, told: Self) -> Self:
        return replace(
            self,
            owner=_later_owner(self.owner, told.owner),
            answered_at=self.answered_at or told.answered_at,
        )


class Fact(Protocol):
    """What the kinds of facts have in common."""

    @property
    def id(self) -> UUID: ...

    @property
    def owner(self) -> Owner | None: ...

    def joined(self, told: Self) -> Self: ...


F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Change(Generic[F]):
    """A fact before (None when it is new) and after something was told of it."""

    before: F | None
    after: F


def join(known: Mapping[UUID, F], told: Iterable[F]) -> list[Change[F]]:
    """Join what was told to what is known; gives what that changes, a change for each fact."""
    after: dict[UUID, F] = {}
    for fact in told:
        before = after.get(fact.id) or known.get(fact.id)
        after[fact.id] = before.joined(fact) if before is not None else fact
    changes = [Change(known.get(key), fact) for key, fact in after.items()]
    return [change for change in changes if change.before != change.after]


def _later_amendment(known: Amendment | None, told: Amendment | None) -> Amendment | None:
    if known is None or told is None:
        return known or told
    return told if told.sequence > known.sequence else known


def _later_owner(known: Owner | None, told: Owner | None) -> Owner | None:
    if known is None or (told is not None and told.sequence > known.sequence):
        return told
    return known
