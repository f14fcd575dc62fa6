"""Unmerging: which records and which older ids go back to an id that was retired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.errors import Conflict, FieldProblem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class NotMerged(Conflict):
    """The id is not one that was merged into this customer, or was taken out again."""

    slug = "not-merged"
    title = "The id is not merged into this customer"


class RecordsOfAnother(Conflict):
    """A record that should move is not this customer's."""

    slug = "records-of-another-customer"
    title = "A source record is not this customer's"


class NothingLeft(Conflict):
    """One of the two would be left without any record."""

    slug = "nothing-left"
    title = "One of the two would have no source record"


class RecordsHadAnId(Conflict):
    """The records were a customer of their own: its id comes back, no new one is made."""

    slug = "records-had-an-id"
    title = "The source records were a customer of their own"


@dataclass(frozen=True, slots=True)
class Edge:
    """A merge that still holds: an id, the customer it was merged into, its records then."""

    retired_id: str
    survivor_id: str
    merged_at: datetime
    record_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Unmerging:
    """What goes out of a customer: to which id, with which older ids and which records.

    `merged_at` is that of the merge which is undone; None when the records get a new id.
    """

    customer_id: str
    restored_id: str
    retired_ids: tuple[str, ...]
    record_ids: tuple[UUID, ...]
    merged_at: datetime | None


def plan_unmerge(
    customer_id: str,
    retired_id: str,
    edges: Mapping[str, Edge],
    present: Collection[UUID],
    also: Collection[UUID] = (),
) -> Unmerging:
    """Say what a retired id gets back.

    `edges` are the merges that hold, of every id that leads to the customer, by that id;
    `present` are all its records. The id gets the records it had when it was merged, save those
    that left since and those that left and came back by a merge of another id; and the records
    of `also`, which came since. Ids that had been merged into it before lead to it again. Raises
    `NotMerged`, `RecordsOfAnother`, `NothingLeft`, and `RecordsHadAnId` when `also` names all that
    another retired id has.
    """
    edge = edges.get(retired_id)
    if edge is None:
        message = "Read how the customer came to be, and name an id that was merged into it."
        field = FieldProblem("retired_id", "is not merged into this customer", message)
        raise NotMerged(message, fields=[field])
    _refuse_records_of_another(also, present, "also_source_record_ids")
    own = restored_records(edge, edges, present)
    moving = own | set(also)
    _refuse_emptiness(own, set(present) - moving)
    retired_ids = sorted(other for other in edges if retired_id in _ancestors(other, edges))
    others = [edge for one, edge in edges.items() if one not in {retired_id, *retired_ids}]
    _refuse_records_with_an_id(
        {edge.retired_id: restored_records(edge, edges, present) - own for edge in others},
        set(also) - own,
        "also_source_record_ids",
    )
    return Unmerging(
        customer_id, retired_id, tuple(retired_ids), tuple(sorted(moving)), edge.merged_at
    )


def plan_split(
    customer_id: str,
    new_id: str,
    edges: Mapping[str, Edge],
    present: Collection[UUID],
    record_ids: Collection[UUID],
) -> Unmerging:
    """Say what moves when records that a machine joined at intake get an id of their own.

    Raises `RecordsOfAnother`, `NothingLeft`, and `RecordsHadAnId` when all records of a retired
    id are among them.
    """
    _refuse_records_of_another(record_ids, present, "source_record_ids")
    moving = set(record_ids)
    _refuse_emptiness(moving, set(present) - moving)
    _refuse_records_with_an_id(
        {one: restored_records(edge, edges, present) for one, edge in edges.items()},
        moving,
        "source_record_ids",
    )
    return Unmerging(customer_id, new_id, (), tuple(sorted(moving)), None)


def plan_part(
    customer_id: str,
    new_id: str,
    edges: Mapping[str, Edge],
    present: Collection[UUID],
    record_ids: Collection[UUID],
) -> Unmerging:
    """Say what moves when a part of a customer is another person, whatever ids its records had.

    The id comes back that had the most of the part and nothing else; others that are wholly in it
    lead to it. A part that no retired id is wholly in gets a new one. Raises `NothingLeft`.
    """
    moving = set(record_ids) & set(present)
    _refuse_emptiness(moving, set(present) - moving)
    had = {one: restored_records(edge, edges, present) for one, edge in edges.items()}
    within = {one for one, own in had.items() if own and own <= moving}
    if not within:
        return Unmerging(customer_id, new_id, (), tuple(sorted(moving)), None)
    restored_id = min(within, key=lambda one: (-len(had[one]), edges[one].merged_at, one))
    older = {one for one in edges if restored_id in _ancestors(one, edges)}
    retired_ids = tuple(sorted((within | older) - {restored_id}))
    merged_at = edges[restored_id].merged_at
    return Unmerging(customer_id, restored_id, retired_ids, tuple(sorted(moving)), merged_at)


def staying_first(
    parts: Sequence[Sequence[UUID]], edges: Mapping[str, Edge], present: Collection[UUID]
) -> list[list[UUID]]:
    """Put the part first that keeps the id: most of its records came by themselves.

    Records that a merge brought count against it. Of equals the larger part keeps the id.
    """
    brought = {one for edge in edges.values() for one in restored_records(edge, edges, present)}

    def rank(part: Sequence[UUID]) -> tuple[int, int, list[UUID]]:
        own = len(set(part) - brought)
        return len(part) - 2 * own, -len(part), sorted(part)

    return [sorted(part) for part in sorted(parts, key=rank)]


def restored_records(edge: Edge, edges: Mapping[str, Edge], present: Collection[UUID]) -> set[UUID]:
    """Give the records of a merge that still are where it brought them, by it alone."""
    kin = {edge.retired_id, *_ancestors(edge.retired_id, edges)}
    own = set(edge.record_ids & set(present))
    for other in edges.values():
        is_kin = other.retired_id in kin or edge.retired_id in _ancestors(other.retired_id, edges)
        if other.merged_at > edge.merged_at and not is_kin:
            own -= _brought_last(other, edges)
    return own


def _brought_last(edge: Edge, edges: Mapping[str, Edge]) -> set[UUID]:
    """Give the records of a merge that did not leave it and come back by another one since."""
    ways_on = {edge.retired_id, *_ancestors(edge.retired_id, edges)}
    brought = set(edge.record_ids)
    for other in edges.values():
        if other.merged_at > edge.merged_at and other.retired_id not in ways_on:
            brought -= other.record_ids
    return brought


def _ancestors(retired_id: str, edges: Mapping[str, Edge]) -> Sequence[str]:
    """Give the ids through which an id leads on, the nearest first."""
    ancestors: list[str] = []
    while retired_id in edges:
        retired_id = edges[retired_id].survivor_id
        ancestors.append(retired_id)
    return ancestors


def _refuse_records_of_another(
    record_ids: Collection[UUID], present: Collection[UUID], field: str
) -> None:
    if not set(record_ids) <= set(present):
        message = "List the customer's source records, and name only those."
        problem = FieldProblem(field, "names a record that is not this customer's", message)
        raise RecordsOfAnother(message, fields=[problem])


def _refuse_records_with_an_id(had: Mapping[str, set[UUID]], moving: set[UUID], field: str) -> None:
    """Refuse to leave a retired id without any of its records: it would lead to nobody's."""
    for retired_id, own in sorted(had.items()):
        if own and own <= moving:
            message = f"Unmerge {retired_id}: it gets its own records back."
            problem = FieldProblem(field, f"are all that {retired_id} had", message)
            raise RecordsHadAnId(message, fields=[problem])


def _refuse_emptiness(moving: set[UUID], staying: set[UUID]) -> None:
    if not moving or not staying:
        message = "Leave at least one source record on either side."
        raise NothingLeft(message)
