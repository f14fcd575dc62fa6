"""Judgements: what was concluded about a pair of source records, by whom and from what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from customer.domain.guard import Contradiction
from customer.domain.identifiers import IdentifierKind
from customer.domain.linkage.model import Part

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Verdict(StrEnum):
    """What a judgement says of its pair; nothing is ever overwritten, only added."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class Judge(StrEnum):
    """Who judged."""

    RULE = "rule"
    MODEL = "model"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One conclusion about two source records; evidence names kinds and never values.

    `left_id` is the smaller of the two ids, so that a pair has one form. `rule` names the rule, or
    the version of the model, whose `weight` in bits is the sum of its `parts`.
    """

    left_id: UUID
    right_id: UUID
    verdict: Verdict
    judge: Judge
    rule: str
    shared: tuple[IdentifierKind, ...]
    contradictions: tuple[Contradiction, ...]
    weight: float | None = None
    parts: tuple[Part, ...] = ()


def judge_by_rule(
    pair: tuple[UUID, UUID],
    verdict: Verdict,
    shared: Collection[IdentifierKind],
    contradictions: Collection[Contradiction],
) -> Judgement:
    """Write down what the exact rule concluded; it is named for the most trusted identifier."""
    left_id, right_id = sorted(pair)
    kinds = tuple(sorted(shared, key=lambda kind: kind.rank))
    return Judgement(
        left_id=left_id,
        right_id=right_id,
        verdict=verdict,
        judge=Judge.RULE,
        rule=f"shared-{kinds[0]}",
        shared=kinds,
        contradictions=tuple(sorted(contradictions)),
    )


def judge_by_model(
    pair: tuple[UUID, UUID], verdict: Verdict, version: str, parts: Sequence[Part]
) -> Judgement:
    """Write down what the linkage model concluded from all that two records say."""
    left_id, right_id = sorted(pair)
    return Judgement(
        left_id=left_id,
        right_id=right_id,
        verdict=verdict,
        judge=Judge.MODEL,
        rule=version,
        shared=(),
        contradictions=(),
        weight=sum(part.bits for part in parts),
        parts=tuple(parts),
    )
