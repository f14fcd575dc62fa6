"""Merges: a customer retired into a survivor, and which source records went with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Merge:
    """A customer retired into a survivor, because of one record.

    `entered_ids` are records of the retired customer that this same intake touched.
    """

    retired_id: str
    survivor_id: str
    cause_id: UUID
    entered_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A merge and all the records that the retired customer had."""

    merge: Merge
    record_ids: tuple[UUID, ...]


def last_survivors(merges: Sequence[Merge]) -> dict[str, str]:
    """Give for each retired id the customer it leads to when all merges are done."""
    leads_to: dict[str, str] = {}
    for merge in reversed(merges):
        leads_to[merge.retired_id] = leads_to.get(merge.survivor_id, merge.survivor_id)
    return leads_to


def moves(merges: Sequence[Merge], stored: Mapping[str, Sequence[UUID]]) -> list[Move]:
    """Say which records went with each merge; `stored` are the records that each had before.

    A survivor that is itself retired later takes along what it was given.
    """
    owned = {customer_id: set(record_ids) for customer_id, record_ids in stored.items()}
    done: list[Move] = []
    for merge in merges:
        moved = owned.pop(merge.retired_id, set()) | set(merge.entered_ids)
        owned.setdefault(merge.survivor_id, set()).update(moved)
        done.append(Move(merge, tuple(sorted(moved))))
    return done
