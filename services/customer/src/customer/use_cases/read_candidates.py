"""Reading match candidates: the steward's queue, and one candidate with both customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import snapshot
from customer.domain.match_candidates import MatchCandidate
from customer.store.customers import list_customers
from customer.store.golden_records import CustomerView, view_customers
from customer.store.match_candidate_rows import (
    Order,
    PastStep,
    Position,
    StoredJudgement,
    Wanted,
    judgements_of,
    list_candidates,
    load_candidate,
    steps_of,
)
from customer.store.proposed_parts import parts_of

if TYPE_CHECKING:
    from chassis.database import Database

_TELLING_RECORDS = 200


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A candidate with both golden records, what was judged of the pair, and what happened.

    Where one customer may be several people, `parts` are those that were proposed.
    """

    candidate: MatchCandidate
    customers: list[CustomerView]
    parts: list[list[UUID]]
    judgements: list[StoredJudgement]
    steps: list[PastStep]


async def read_queue(
    database: Database, wanted: Wanted, *, order: Order, after: Position | None, limit: int
) -> list[MatchCandidate]:
    """Give a page of the queue."""
    async with snapshot(database) as connection:
        return await list_candidates(connection, wanted, order=order, after=after, limit=limit)


async def read_candidate(database: Database, candidate_id: UUID) -> CandidateView:
    """Read one candidate; raises `MatchCandidateUnknown`."""
    async with snapshot(database) as connection:
        candidate = await load_candidate(connection, candidate_id)
        customers = await list_customers(connection, candidate.customer_ids)
        return CandidateView(
            candidate,
            await view_customers(connection, customers, records_each=_TELLING_RECORDS),
            await parts_of(connection, candidate_id),
            await judgements_of(connection, candidate_id),
            await steps_of(connection, candidate_id),
        )


async def read_pair(database: Database, candidate_id: UUID) -> tuple[str, ...]:
    """Name the customers of a candidate, one or two; raises `MatchCandidateUnknown`."""
    async with snapshot(database) as connection:
        return tuple((await load_candidate(connection, candidate_id)).customer_ids)
