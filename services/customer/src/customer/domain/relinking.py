"""Relinking: what a new partition of the whole base changes for customers already published."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Placed:
    """A record with the customer it belongs to, and the group that the new partition gives it."""

    record_id: UUID
    customer_id: str
    group: int


@dataclass(frozen=True, slots=True)
class Joining:
    """Two customers who are one group, and the two records for which they were put together."""

    customer_ids: tuple[str, str]
    record_ids: tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Splitting:
    """A customer whose records are of several groups: its parts, the largest first."""

    customer_id: str
    parts: tuple[tuple[UUID, ...], ...]

    @property
    def record_ids(self) -> tuple[UUID, UUID]:
        """Give a record of the two largest parts, to stand for the doubt."""
        return self.parts[0][0], self.parts[1][0]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a machine may do, and what a person must decide.

    `joinings` are of customers who lie within one group each. A customer that the partition would
    split is never touched by a machine, nor joined with others: it is among the `splittings`.
    """

    joinings: tuple[Joining, ...]
    splittings: tuple[Splitting, ...]


def propose(placed: Iterable[Placed], because: Iterable[tuple[UUID, UUID]]) -> Proposal:
    """Compare the present customers with the new groups, in whatever order the records come.

    `because` are the pairs of records for which groups were put together.
    """
    parts: dict[str, dict[int, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    owners: dict[UUID, str] = {}
    for one in placed:
        parts[one.customer_id][one.group].append(one.record_id)
        owners[one.record_id] = one.customer_id
    splittings: list[Splitting] = []
    for customer_id, groups in sorted(parts.items()):
        if len(groups) > 1:
            told = sorted((tuple(sorted(ids)) for ids in groups.values()), key=_largest_first)
            splittings.append(Splitting(customer_id, tuple(told)))
    split = {splitting.customer_id for splitting in splittings}
    joinings: dict[tuple[str, str], Joining] = {}
    for pair in because:
        if not all(record_id in owners for record_id in pair):
            continue
        (mine, one), (theirs, other) = sorted((owners[record_id], record_id) for record_id in pair)
        if mine != theirs and not split & {mine, theirs}:
            joinings.setdefault((mine, theirs), Joining((mine, theirs), (one, other)))
    return Proposal(tuple(joinings[ids] for ids in sorted(joinings)), tuple(splittings))


def _largest_first(part: tuple[UUID, ...]) -> tuple[int, tuple[UUID, ...]]:
    return -len(part), part
