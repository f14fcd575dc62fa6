"""Judging a match candidate: claim, release, skip, accept, reject, and undo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.ids import new_uuid
from customer.domain.match_candidates import (
    Happening,
    MatchCandidate,
    NothingToUndo,
    Step,
    check_version,
    claim,
    decide,
    refuse_unless_split,
    release,
    undo,
)
from customer.domain.rulings import Act, Ruling
from customer.domain.stewards import Steward
from customer.domain.unmerging import plan_unmerge
from customer.store.holding import decide_once, hold_customers
from customer.store.joining import join_as_before, join_customers
from customer.store.kept_apart import keep_apart, lift
from customer.store.match_candidate_rows import judgements_of, load_candidate, save_candidate
from customer.store.parting import edges_into, part_as_proposed, part_customers
from customer.store.proposed_parts import parts_of
from customer.store.rulings import find_ruling, newest_records, records_of, write_ruling

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from chassis.database import Database, Transaction
    from chassis.idempotency import Once
    from customer.store.holding import HeldCustomer


@dataclass(frozen=True, slots=True)
class Request:
    """Who wants what done with which candidate, as it was at `expected_version`."""

    candidate_id: UUID
    by: Steward
    now: datetime
    expected_version: int | None = None
    reason: str | None = None


def because(request: Request, reason: str | None) -> Request:
    """Add why."""
    return replace(request, reason=reason)


async def claim_candidate(
    database: Database, request: Request, *, lasting: timedelta, once: Once[MatchCandidate]
) -> MatchCandidate:
    """Have a candidate to oneself for a while, so that no two work on the same."""

    async def work(tx: Transaction) -> MatchCandidate:
        candidate = await _hold(tx, request)
        claimed = claim(candidate, request.by, lasting=lasting, now=request.now)
        return await _save(tx, request, claimed, Step.CLAIMED)

    return await decide_once(database, once, work)


async def release_candidate(
    database: Database, request: Request, *, once: Once[MatchCandidate]
) -> MatchCandidate:
    """Let others have a candidate."""

    async def work(tx: Transaction) -> MatchCandidate:
        released = release(await _hold(tx, request), request.by, now=request.now)
        return await _save(tx, request, released, Step.RELEASED)

    return await decide_once(database, once, work)


async def skip_candidate(
    database: Database, request: Request, *, once: Once[MatchCandidate]
) -> MatchCandidate:
    """Leave a candidate for later; another judgement of its pair opens it again."""

    async def work(tx: Transaction) -> MatchCandidate:
        skipped = _decide(await _hold(tx, request), request, Step.SKIPPED)
        return await _save(tx, request, skipped, Step.SKIPPED)

    return await decide_once(database, once, work)


async def accept_candidate(
    database: Database, request: Request, *, once: Once[MatchCandidate]
) -> MatchCandidate:
    """Merge the two: they are one person. One customer who might be two is kept as it is."""

    async def work(tx: Transaction) -> MatchCandidate:
        ends = await load_candidate(tx, request.candidate_id)
        present, held = await hold_customers(tx, [ends.left_customer_id, ends.right_customer_id])
        candidate = await _hold(tx, request)
        ruling_id = new_uuid()
        accepted = _decide(candidate, request, Step.ACCEPTED, ruling_id)
        saved = await _save(tx, request, accepted, Step.ACCEPTED)
        if candidate.is_of_one:
            together = await records_of(tx, present[0])
            ruling = _ruling(request, ruling_id, Act.KEEP_TOGETHER, present, together)
            await write_ruling(tx, ruling, await _pair(tx, candidate))
            return saved
        await join_customers(
            tx,
            (held[present[0]], held[present[1]]),
            await _pair(tx, candidate),
            ruling_id=ruling_id,
            by=request.by,
            reason=request.reason or "",
            now=request.now,
        )
        return saved

    return await decide_once(database, once, work)


async def reject_candidate(
    database: Database, request: Request, *, once: Once[MatchCandidate]
) -> MatchCandidate:
    """Keep the two apart: they are different people, whatever a machine concludes later.

    One customer who is two is split into the parts that the relink proposed. Raises
    `SplitByRecords` where nothing is left of them.
    """

    async def work(tx: Transaction) -> MatchCandidate:
        ends = await load_candidate(tx, request.candidate_id)
        present, _ = await hold_customers(tx, [ends.left_customer_id, ends.right_customer_id])
        candidate = await _hold(tx, request)
        if candidate.is_of_one:
            return await _split(tx, request, candidate, present[0])
        ruling_id = new_uuid()
        rejected = _decide(candidate, request, Step.REJECTED, ruling_id)
        ruling = _ruling(request, ruling_id, Act.KEEP_APART, present)
        await write_ruling(tx, ruling, await _pair(tx, candidate))
        sides = await records_of(tx, present[0]), await records_of(tx, present[1])
        await keep_apart(tx, ruling_id, *sides)
        return await _save(tx, request, rejected, Step.REJECTED)

    return await decide_once(database, once, work)


async def _split(
    tx: Transaction, request: Request, candidate: MatchCandidate, customer_id: str
) -> MatchCandidate:
    """Split as proposed; the candidate is decided first, or it would settle itself."""
    ruling_id = new_uuid()
    rejected = _decide(candidate, request, Step.REJECTED, ruling_id)
    saved = await _save(tx, request, rejected, Step.REJECTED)
    rulings = await part_as_proposed(
        tx,
        customer_id,
        await parts_of(tx, candidate.id),
        ruling_id=ruling_id,
        by=request.by,
        reason=request.reason or "",
        now=request.now,
    )
    refuse_unless_split(rulings)
    return saved


async def undo_decision(
    database: Database, request: Request, *, once: Once[MatchCandidate]
) -> MatchCandidate:
    """Take one's decision back: what was merged is unmerged, what was kept apart is not any more.

    What was split is one customer again. The candidate opens again, between the customers as they
    are now. Raises `NothingToUndo`.
    """

    async def work(tx: Transaction) -> MatchCandidate:
        ends = await load_candidate(tx, request.candidate_id)
        asked = [ends.left_customer_id, ends.right_customer_id]
        present, held = await hold_customers(tx, asked, retired=asked)
        candidate = await _hold(tx, request)
        opened = undo(candidate, request.by, now=request.now)
        left, right = sorted(await _lift(tx, request, candidate, present, held))
        if left == right and not candidate.is_of_one:
            message = "The two were made one customer since. Unmerge them instead."
            raise NothingToUndo(message)
        opened = replace(opened, left_customer_id=left, right_customer_id=right)
        return await _save(tx, request, opened, Step.UNDONE)

    return await decide_once(database, once, work)


async def _lift(
    tx: Transaction,
    request: Request,
    candidate: MatchCandidate,
    present: Sequence[str],
    held: dict[str, HeldCustomer],
) -> Sequence[str]:
    """Undo what the decision did; gives the two customers as they are then."""
    if candidate.ruling_id is None:
        return present
    ruling = await find_ruling(tx, candidate.ruling_id)
    if ruling.act in {Act.KEEP_APART, Act.KEEP_TOGETHER}:
        await lift(tx, ruling.judgement_id, now=request.now)
        return present
    reason = request.reason or ruling.reason
    if ruling.act in {Act.SPLIT, Act.UNMERGE}:
        await join_as_before(tx, ruling, by=request.by, reason=reason, now=request.now)
        return present
    survivor_id = present[0]
    edges = await edges_into(tx, survivor_id)
    if ruling.other_id not in edges or edges[ruling.other_id].merged_at != ruling.merged_at:
        message = "The merge was undone already. Read how the customers came to be."
        raise NothingToUndo(message)
    plan = plan_unmerge(survivor_id, ruling.other_id, edges, await records_of(tx, survivor_id))
    await part_customers(
        tx,
        plan,
        held,
        ruling_id=new_uuid(),
        by=request.by,
        reason=reason,
        now=request.now,
    )
    return survivor_id, ruling.other_id


async def _hold(tx: Transaction, request: Request) -> MatchCandidate:
    candidate = await load_candidate(tx, request.candidate_id, hold=True)
    check_version(candidate, expected=request.expected_version)
    return candidate


async def _save(
    tx: Transaction, request: Request, candidate: MatchCandidate, step: Step
) -> MatchCandidate:
    await save_candidate(tx, candidate, Happening(step, request.by, request.reason))
    return candidate


def _decide(
    candidate: MatchCandidate, request: Request, step: Step, ruling_id: UUID | None = None
) -> MatchCandidate:
    return decide(
        candidate,
        step,
        request.by,
        reason=request.reason,
        now=request.now,
        ruling_id=ruling_id,
    )


def _ruling(
    request: Request,
    ruling_id: UUID,
    act: Act,
    present: Sequence[str],
    together: Sequence[UUID] = (),
) -> Ruling:
    return Ruling(
        judgement_id=ruling_id,
        act=act,
        customer_id=present[0],
        other_id=present[1],
        by=request.by,
        reason=request.reason or "",
        ruled_at=request.now,
        source_record_ids=tuple(together),
    )


async def _pair(tx: Transaction, candidate: MatchCandidate) -> tuple[UUID, UUID]:
    """Give the records that the judgement is of: those that raised the doubt last."""
    judged = await judgements_of(tx, candidate.id, limit=1)
    if judged:
        return judged[0].left_id, judged[0].right_id
    return await newest_records(tx, candidate.left_customer_id, candidate.right_customer_id)
