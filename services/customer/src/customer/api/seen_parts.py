"""What hangs on customers, one or many of it: only what the caller may see, and a note of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from customer.domain.reading_policies import withheld
from customer.domain.reads import Seen
from customer.domain.relationships import OtherEnd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from customer.api.readers import Reading
    from customer.domain.owners import ToldOf
    from customer.domain.relationships import Relationship


class Told(Protocol):
    """Anything that was told of a customer."""

    @property
    def told(self) -> ToldOf:
        """Of whom it was told."""
        ...


class HangsOnCustomer(Told, Protocol):
    """Anything that hangs on a customer who is known with it."""

    @property
    def customer_id(self) -> str:
        """Whose it is at present."""
        ...


T = TypeVar("T", bound=HangsOnCustomer)


async def seen_of(reading: Reading, what: str, found: Sequence[T]) -> list[T]:
    """Give the items of a list across customers which the caller may see."""
    shown = await reading.told(what, found)
    seen = {one.customer_id for one in shown}
    for customer_id in {one.customer_id for one in found}:
        reading.note(customer_id, what if customer_id in seen else Seen.REFUSED)
    return shown


async def see(reading: Reading, what: str, customer_id: str, one: Told) -> None:
    """Let the caller see one thing; raises `TransferNotAllowed`, `PartWithheld`."""
    await reading.part(customer_id, what)
    if not await reading.told(what, [one]):
        reading.note(customer_id, Seen.REFUSED)
        raise withheld(what)


async def with_open_ends(
    reading: Reading, relationships: Sequence[Relationship]
) -> list[Relationship]:
    """Give relationships without who stands at the other end where that customer is closed.

    Nor is the id told with which it was told, where that was retired and is closed itself.
    """
    ends = {id_ for one in relationships for id_ in _ids(one.to)}
    open_ = await reading.open_customers(ends)
    return [replace(one, to=_open_end(one.to, open_)) for one in relationships]


def _ids(end: OtherEnd) -> set[str]:
    told = None if end.told is None else end.told.customer_id
    return {one for one in (end.customer_id, told) if one is not None}


def _open_end(end: OtherEnd, open_: set[str]) -> OtherEnd:
    if _ids(end) <= open_:
        return end
    return replace(end, told=None) if end.customer_id in open_ else OtherEnd()
