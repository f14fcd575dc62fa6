"""Explaining why two customers or source records are one person here, or why they are not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import snapshot
from customer.domain.explanation import Explanation, chain, explain
from customer.domain.owners import Owner, Whom, owner_of
from customer.domain.rulings import Ruling, refuse_one_customer
from customer.domain.unmerging import restored_records
from customer.store.customers import list_customers
from customer.store.explaining import (
    judged_between,
    judged_same,
    judgements_by_id,
    newest_of,
    people_of,
    rulings_by_id,
    shared_between,
)
from customer.store.golden_records import CustomerView, view_customers
from customer.store.kept_apart import groups_between
from customer.store.match_candidate_rows import StoredJudgement
from customer.store.owners import find_owners
from customer.store.parting import edges_into

if TYPE_CHECKING:
    from chassis.database import Database, Transaction
    from customer.domain.neighbourhood import Recogniser

_TELLING_RECORDS = 200


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: as it was asked, whose it is now, and the records that speak for it."""

    asked: Whom
    customer_id: str
    record_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation with what it rests on; `views` are the present customers, one or two.

    `path` leads by judgements from one side to the other where they are one.
    """

    left: Side
    right: Side
    views: list[CustomerView]
    explanation: Explanation
    kept_apart: list[Ruling]
    judgements: list[StoredJudgement]
    path: list[StoredJudgement]


async def explain_why(
    database: Database, left: Whom, right: Whom, *, recogniser: Recogniser
) -> Why:
    """Explain two sides; a retired id stands for the records it had.

    Raises `CustomerUnknown`, `SourceRecordUnknown`, and `AlreadyOneCustomer` when both are the
    same thing.
    """
    async with snapshot(database) as connection:
        mine, theirs = await _sides(connection, left, right)
        are_one = mine.customer_id == theirs.customer_id
        groups = (
            []
            if are_one
            else await groups_between(connection, mine.customer_id, theirs.customer_id)
        )
        explanation = explain(
            await people_of(connection, mine.record_ids),
            await people_of(connection, theirs.record_ids),
            await shared_between(connection, mine.record_ids, theirs.record_ids),
            recogniser,
            are_one=are_one,
            are_kept_apart=bool(groups),
        )
        ids = list(dict.fromkeys((mine.customer_id, theirs.customer_id)))
        customers = await list_customers(connection, ids)
        return Why(
            left=mine,
            right=theirs,
            views=await view_customers(connection, customers, records_each=_TELLING_RECORDS),
            explanation=explanation,
            kept_apart=await rulings_by_id(connection, groups),
            judgements=await judged_between(connection, mine.record_ids, theirs.record_ids),
            path=await _path(connection, mine, theirs) if are_one else [],
        )


async def _sides(connection: Transaction, left: Whom, right: Whom) -> tuple[Side, Side]:
    founds = await find_owners(connection, [left, right])
    [mine, theirs] = [
        await _side(connection, asked, owner_of(asked, found), found.record_id)
        for asked, found in zip((left, right), founds, strict=True)
    ]
    if mine.customer_id != theirs.customer_id:
        return mine, theirs
    if mine.record_ids == theirs.record_ids:
        refuse_one_customer(mine.customer_id, theirs.customer_id)
    return _besides(mine, theirs), _besides(theirs, mine)


def _besides(side: Side, other: Side) -> Side:
    """Leave to a present customer the records that are not the other side's."""
    if side.asked.customer_id != side.customer_id:
        return side
    rest = tuple(one for one in side.record_ids if one not in set(other.record_ids))
    return replace(side, record_ids=rest)


async def _side(connection: Transaction, asked: Whom, owner: Owner, record_id: UUID | None) -> Side:
    if record_id is not None:
        return Side(asked, owner.customer_id, (record_id,))
    newest = await newest_of(connection, owner.customer_id)
    if asked.customer_id is None or asked.customer_id == owner.customer_id:
        return Side(asked, owner.customer_id, tuple(newest))
    edges = await edges_into(connection, owner.customer_id)
    own = restored_records(edges[asked.customer_id], edges, newest)
    return Side(asked, owner.customer_id, tuple(sorted(own)))


async def _path(connection: Transaction, left: Side, right: Side) -> list[StoredJudgement]:
    everything = await newest_of(connection, left.customer_id)
    pairs = await judged_same(connection, everything)
    way = chain(pairs, left.record_ids, right.record_ids)
    return await judgements_by_id(connection, way)
