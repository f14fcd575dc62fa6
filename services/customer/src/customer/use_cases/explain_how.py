"""Explaining how a customer came to be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chassis.database import snapshot
from chassis.global_ids import show_global_id
from customer.domain.history import Judged, Merged, Moment, Place, RecordCame, Ruled
from customer.domain.reading_policies import EXTERNAL_ID, Access
from customer.domain.refusals import CustomerUnknown
from customer.domain.visibility import visible_key
from customer.store.customers import StoredCustomer, find_customer
from customer.store.history import BEGINNING, next_moments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from uuid import UUID

    from chassis.database import Database, Transaction
    from customer.domain.reading_policies import Sight
    from customer.store.seeing import Eyes


@dataclass(frozen=True, slots=True)
class History:
    """A page of what happened to a customer, and its last moment where there are more."""

    customer: StoredCustomer
    moments: list[Moment]
    more_after: Moment | None


async def explain_how(
    database: Database, customer_id: str, eyes: Eyes, *, after: Place | None, limit: int
) -> History:
    """Tell how the customer of an id came to be, in order of time; raises `CustomerUnknown`.

    What came of records that are closed to the reader is not told, nor what a person ruled on a
    customer that is, though it takes its place; of others it is told without the sources' own ids
    that are kept from the reader.
    """
    async with snapshot(database) as connection:
        customer = await find_customer(connection, customer_id)
        if customer is None:
            shown = show_global_id(customer_id)
            message = f"{shown} was never given to a customer. Search for the customer."
            raise CustomerUnknown(message)
        moments = await next_moments(
            connection, customer.id, after=after or BEGINNING, limit=limit + 1
        )
        page = moments[:limit]
        last = page[-1] if len(moments) > limit else None
        return History(customer, await _seen(connection, eyes, page), last)


async def _seen(connection: Transaction, eyes: Eyes, moments: list[Moment]) -> list[Moment]:
    if eyes.see_everything:
        return moments
    named = {record_id for moment in moments for record_id in _records(moment)}
    sights = await eyes.record_sights(connection, named)
    ids = {one for moment in moments for one in _customers(moment)}
    closed = (await eyes.closed_ids(connection, ids)).keys()
    return [_shown(moment, sights) for moment in moments if _is_told(moment, sights, closed)]


def _is_told(moment: Moment, sights: Mapping[UUID, Sight], closed: AbstractSet[str]) -> bool:
    match moment:
        case RecordCame() | Judged():
            return sights.keys() >= frozenset(_records(moment))
        case Merged():
            is_seen = not sights.keys().isdisjoint(moment.record_ids)
            return is_seen and closed.isdisjoint(_customers(moment))
        case Ruled():
            return closed.isdisjoint(_customers(moment))


def _customers(moment: Moment) -> tuple[str, ...]:
    match moment:
        case Merged():
            return moment.retired_id, moment.survivor_id
        case Ruled(ruling=ruling):
            return ruling.customer_id, ruling.other_id
        case RecordCame() | Judged():
            return ()


def _shown(moment: Moment, sights: Mapping[UUID, Sight]) -> Moment:
    """Leave out the sources' own ids that are kept from the reader."""
    match moment:
        case RecordCame():
            return replace(moment, key=visible_key(moment.key, sights[moment.record_id]))
        case Judged():
            left, right = (
                called if sights[record_id].of(EXTERNAL_ID) is Access.SHOWN else None
                for called, record_id in zip(moment.called, moment.record_ids, strict=True)
            )
            return replace(moment, called=(left, right))
        case Merged() | Ruled():
            return moment


def _records(moment: Moment) -> Sequence[UUID]:
    match moment:
        case RecordCame():
            return (moment.record_id,)
        case Judged():
            return moment.record_ids
        case Merged():
            return moment.record_ids
        case Ruled():
            return ()
