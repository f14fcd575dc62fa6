"""Rulings: what a person decides about who is who, and the judgement that comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.errors import Conflict, FieldProblem
from customer.domain.judgements import Judge, Judgement, Verdict
from customer.domain.stewards import Steward


class Act(StrEnum):
    """What a person did."""

    MERGE = "merge"
    UNMERGE = "unmerge"
    SPLIT = "split"
    KEEP_APART = "keep-apart"
    KEEP_TOGETHER = "keep-together"


_ONE_PERSON = frozenset({Act.MERGE, Act.KEEP_TOGETHER})


class AlreadyOneCustomer(Conflict):
    """Both ids lead to the same customer."""

    slug = "already-one-customer"
    title = "The two ids are of one customer already"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's decision: which customers, which records moved, by whom and why.

    `customer_id` survives or keeps the rest, `other_id` is retired, restored or kept apart from
    it, or is the same where a customer is kept as it is; `merged_at` names the merge that was made
    or undone.
    """

    judgement_id: UUID
    act: Act
    customer_id: str
    other_id: str
    by: Steward
    reason: str
    ruled_at: datetime
    merged_at: datetime | None = None
    retired_ids: tuple[str, ...] = ()
    source_record_ids: tuple[UUID, ...] = ()


def judge_by_person(pair: tuple[UUID, UUID], act: Act) -> Judgement:
    """Write down a person's verdict on one record of each side; nothing is weighed in it."""
    left_id, right_id = sorted(pair)
    return Judgement(
        left_id=left_id,
        right_id=right_id,
        verdict=Verdict.SAME if act in _ONE_PERSON else Verdict.DIFFERENT,
        judge=Judge.PERSON,
        rule=act,
        shared=(),
        contradictions=(),
    )


def refuse_one_customer(left_id: str, right_id: str) -> None:
    """Refuse to judge a customer against itself; raises `AlreadyOneCustomer`."""
    if left_id == right_id:
        message = "Name two different customers."
        field = FieldProblem("other_customer_id", "leads to the same customer", message)
        raise AlreadyOneCustomer(message, fields=[field])
