"""Applying a relink: customers who are one are merged, one who may be two goes to the stewards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from chassis.database import driver, unit_of_work
from chassis.ids import new_uuid
from customer.domain.facts import ReviewNeeded, TwoProvedOne
from customer.domain.guard import have_conflicting_ids
from customer.domain.intake import Changes
from customer.domain.judgements import Judgement, Verdict, judge_by_model
from customer.domain.merging import Merge
from customer.domain.resolution import Conclusion
from customer.domain.unmerging import staying_first
from customer.store.intake import write_all
from customer.store.known_customers import (
    owners_of,
    read_kept_apart,
    read_owners,
)
from customer.store.linkage import read_traits
from customer.store.match_candidates import open_candidates
from customer.store.parting import edges_into
from customer.store.proposed_parts import find_judgement, parts_asked_of, write_parts
from customer.store.races import MAY_BE_LOST_RACES, is_lost_race

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from uuid import UUID

    from chassis.database import Database
    from chassis.hot import Driver
    from customer.domain.neighbourhood import Recogniser
    from customer.domain.relinking import Joining, Proposal, Splitting

T = TypeVar("T")

_TRIES = 2


async def apply_proposal(
    database: Database, proposal: Proposal, *, recogniser: Recogniser
) -> tuple[int, int]:
    """Merge what may be merged and have the rest reviewed; gives how many of each.

    Each is a transaction of its own, and looks again: who was merged, unmerged or kept apart
    since the base was read is left alone, and so is who is contended for again and again.
    """
    merged = sum([await _tried(_join, database, one, recogniser) for one in proposal.joinings])
    asked = sum([await _tried(_ask, database, one, recogniser) for one in proposal.splittings])
    return merged, asked


async def _tried(
    act: Callable[[Database, T, Recogniser], Awaitable[bool]],
    database: Database,
    proposed: T,
    recogniser: Recogniser,
) -> bool:
    """Do it, once more after a lost race with intake or a steward; the next relink looks again."""
    for _ in range(_TRIES):
        try:
            return await act(database, proposed, recogniser)
        except MAY_BE_LOST_RACES as error:
            if not is_lost_race(error):
                raise
    return False


async def _join(database: Database, joining: Joining, recogniser: Recogniser) -> bool:
    now = datetime.now(UTC)
    async with unit_of_work(database) as tx:
        connection = await driver(tx)
        held, _ = await read_owners(connection, joining.record_ids, hold=True)
        customers = sorted(held, key=lambda customer: customer.age_rank)
        if len(customers) != 2:  # noqa: PLR2004 - a pair
            return False
        survivor, retired = customers
        if have_conflicting_ids(survivor.people, retired.people):
            return False
        if await read_kept_apart(connection, [survivor.id, retired.id]):
            return False
        judgement = await _judge(connection, joining.record_ids, Verdict.SAME, recogniser)
        retired = replace(retired, version=retired.version + 1)
        cause_id = joining.record_ids[0]
        changes = Changes(
            customers={
                survivor.id: replace(survivor, version=survivor.version + 1),
                retired.id: retired,
            },
            judgements=[(new_uuid(), judgement)],
            merges=[Merge(retired.id, survivor.id, cause_id, ())],
            facts=[TwoProvedOne(cause_id, retired.id, survivor.id, retired.version)],
        )
        await write_all(tx, changes, now=now)
    return True


async def _ask(database: Database, splitting: Splitting, recogniser: Recogniser) -> bool:
    """Have a person decide of the parts, unless these very parts wait for one already."""
    now = datetime.now(UTC)
    record_ids = [one for part in splitting.parts for one in part]
    async with unit_of_work(database) as tx:
        connection = await driver(tx)
        if set(await owners_of(connection, record_ids)) != {splitting.customer_id}:
            return False
        edges = await edges_into(tx, splitting.customer_id)
        parts = staying_first(splitting.parts, edges, record_ids)
        if await parts_asked_of(tx, splitting.customer_id) == parts:
            return False
        judgement = await _judge(connection, splitting.record_ids, Verdict.UNSURE, recogniser)
        judgement_id = await find_judgement(tx, judgement)
        if judgement_id is None:
            judgement_id, (one, other) = new_uuid(), splitting.record_ids
            conclusion = Conclusion(judgement, other, splitting.customer_id)
            changes = Changes(
                judgements=[(judgement_id, judgement)],
                facts=[ReviewNeeded(judgement_id, one, splitting.customer_id, conclusion)],
            )
            await write_all(tx, changes, now=now)
        await open_candidates(tx, [judgement_id], within_one=True)
        return await write_parts(tx, splitting.customer_id, parts)


async def _judge(
    connection: Driver,
    record_ids: Sequence[UUID],
    verdict: Verdict,
    recogniser: Recogniser,
) -> Judgement:
    one, other = record_ids
    traits = await read_traits(connection, record_ids)
    parts = recogniser.model.explain(traits[one], traits[other])
    return judge_by_model((one, other), verdict, recogniser.model.version, parts)
