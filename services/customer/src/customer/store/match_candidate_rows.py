"""Match candidates as rows: listed, held, read with their evidence, and written with a step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import RowMapping, and_, any_, insert, literal, or_, select, tuple_, update

from customer.domain.judgements import Judge, Verdict
from customer.domain.match_candidates import (
    Happening,
    MatchCandidate,
    MatchCandidateUnknown,
    Status,
    Step,
)
from customer.domain.stewards import Steward
from customer.store.tables.book import judgements
from customer.store.tables.stewardship import (
    match_candidate_judgements,
    match_candidate_steps,
    match_candidates,
)

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_SHOWN = 200


class Order(StrEnum):
    """How a list of candidates is sorted: what is most at stake first, or what waits longest."""

    VALUE = "value"
    AGE = "age"


Position = tuple[int, datetime, UUID]
"""Where a page ended: value, opened at, id."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which candidates a list shows; None leaves a filter out."""

    status: Status
    brand: str | None = None
    country: str | None = None
    judge: Judge | None = None


@dataclass(frozen=True, slots=True)
class StoredJudgement:
    """A judgement as it stands in the graph."""

    id: UUID
    left_id: UUID
    right_id: UUID
    verdict: Verdict
    judge: Judge
    rule: str
    evidence: dict[str, Any]
    judged_at: datetime


@dataclass(frozen=True, slots=True)
class PastStep:
    """What happened to a candidate, when; by nobody when it was the machine."""

    happening: Happening
    at: datetime


async def list_candidates(
    connection: AsyncConnection,
    wanted: Wanted,
    *,
    order: Order,
    after: Position | None,
    limit: int,
) -> list[MatchCandidate]:
    """List candidates of a status in an order that the index has."""
    columns = match_candidates.c
    query = select(match_candidates).where(columns.status == wanted.status).limit(limit)
    if wanted.brand is not None:
        query = query.where(literal(wanted.brand) == any_(columns.brands))
    if wanted.country is not None:
        query = query.where(literal(wanted.country) == any_(columns.countries))
    if wanted.judge is not None:
        query = query.where(literal(str(wanted.judge)) == any_(columns.judges))
    query = _sorted(query, order, after)
    return [_candidate(row) for row in (await connection.execute(query)).mappings()]


def _sorted(
    query: Select[tuple[Any, ...]], order: Order, after: Position | None
) -> Select[tuple[Any, ...]]:
    columns = match_candidates.c
    age = (columns.opened_at, columns.id)
    if order is Order.AGE:
        query = query.order_by(*age)
        return query if after is None else query.where(tuple_(*age) > tuple_(*after[1:]))
    query = query.order_by(columns.value.desc(), *age)
    if after is None:
        return query
    same = and_(columns.value == after[0], tuple_(*age) > tuple_(*after[1:]))
    return query.where(columns.value <= after[0], or_(columns.value < after[0], same))


async def load_candidate(
    connection: AsyncConnection, candidate_id: UUID, *, hold: bool = False
) -> MatchCandidate:
    """Read a candidate, and hold its row when it is to be changed; raises if it is unknown."""
    query = select(match_candidates).where(match_candidates.c.id == candidate_id)
    if hold:
        query = query.with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        message = "List the match candidates, and send an id exactly as it was given."
        raise MatchCandidateUnknown(message)
    return _candidate(row)


async def save_candidate(tx: Transaction, candidate: MatchCandidate, happening: Happening) -> None:
    """Write a candidate that is held, and the step that made it what it is."""
    claimed, decided = candidate.claimed_by, candidate.decided_by
    await tx.execute(
        update(match_candidates)
        .where(match_candidates.c.id == candidate.id)
        .values(
            left_customer_id=candidate.left_customer_id,
            right_customer_id=candidate.right_customer_id,
            status=candidate.status,
            version=candidate.version,
            updated_at=candidate.updated_at,
            claimed_by_client=claimed.client_id if claimed else None,
            claimed_by_person=claimed.person if claimed else None,
            claimed_until=candidate.claimed_until,
            decided_by_client=decided.client_id if decided else None,
            decided_by_person=decided.person if decided else None,
            decided_at=candidate.decided_at,
            reason=candidate.reason,
            ruling_id=candidate.ruling_id,
        )
    )
    by = happening.by
    await tx.execute(
        insert(match_candidate_steps).values(
            candidate_id=candidate.id,
            version=candidate.version,
            step=happening.step,
            client_id=by.client_id if by else None,
            person=by.person if by else None,
            reason=happening.reason,
            at=candidate.updated_at,
        )
    )


async def judgements_of(
    connection: AsyncConnection, candidate_id: UUID, *, limit: int = _SHOWN
) -> list[StoredJudgement]:
    """Give what was judged of a candidate's pair, the newest first."""
    query = (
        select(judgements)
        .join(
            match_candidate_judgements,
            match_candidate_judgements.c.judgement_id == judgements.c.id,
        )
        .where(match_candidate_judgements.c.candidate_id == candidate_id)
        .order_by(judgements.c.judged_at.desc(), judgements.c.id.desc())
        .limit(limit)
    )
    return [read_judgement(row) for row in (await connection.execute(query)).mappings()]


async def steps_of(connection: AsyncConnection, candidate_id: UUID) -> list[PastStep]:
    """Give what happened to a candidate, the first step first."""
    query = (
        select(match_candidate_steps)
        .where(match_candidate_steps.c.candidate_id == candidate_id)
        .order_by(match_candidate_steps.c.version)
        .limit(_SHOWN)
    )
    rows = (await connection.execute(query)).mappings()
    return [
        PastStep(
            Happening(Step(row["step"]), _steward(row["client_id"], row["person"]), row["reason"]),
            row["at"],
        )
        for row in rows
    ]


def read_judgement(row: RowMapping) -> StoredJudgement:
    """Read a judgement from its row."""
    return StoredJudgement(
        id=row["id"],
        left_id=row["left_id"],
        right_id=row["right_id"],
        verdict=Verdict(row["verdict"]),
        judge=Judge(row["judge"]),
        rule=row["rule"],
        evidence=row["evidence"],
        judged_at=row["judged_at"],
    )


def _candidate(row: RowMapping) -> MatchCandidate:
    return MatchCandidate(
        id=row["id"],
        left_customer_id=row["left_customer_id"],
        right_customer_id=row["right_customer_id"],
        status=Status(row["status"]),
        value=row["value"],
        weight=row["weight"],
        judges=tuple(map(Judge, row["judges"])),
        brands=tuple(row["brands"]),
        countries=tuple(row["countries"]),
        version=row["version"],
        opened_at=row["opened_at"],
        updated_at=row["updated_at"],
        claimed_by=_steward(row["claimed_by_client"], row["claimed_by_person"]),
        claimed_until=row["claimed_until"],
        decided_by=_steward(row["decided_by_client"], row["decided_by_person"]),
        decided_at=row["decided_at"],
        reason=row["reason"],
        ruling_id=row["ruling_id"],
    )


def _steward(client_id: str | None, person: str | None) -> Steward | None:
    return None if client_id is None else Steward(client_id, person)
