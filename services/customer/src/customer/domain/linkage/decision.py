"""Deciding: to which customers a record belongs, by all that they are known by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from customer.domain.linkage.traits import Traits

if TYPE_CHECKING:
    from customer.domain.linkage.model import LinkageModel, Thresholds

_SAMPLED = 12
_OF_BEST = 0.7


@dataclass(frozen=True, slots=True)
class Member:
    """A record of a customer, and what it tells."""

    record_id: UUID
    traits: Traits


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer of whom blocking found some record; `met` are those found, with their weight."""

    customer_id: str
    age_rank: tuple[Any, ...]
    met: Sequence[tuple[UUID, float]]
    members: Sequence[Member]


@dataclass(frozen=True, slots=True)
class _Claim:
    """How much speaks for one candidate: its record most alike, that weight, and all together."""

    candidate: Candidate
    record_id: UUID
    best: float
    bits: float


@dataclass(frozen=True, slots=True)
class Decision:
    """`link` are the customers that the record joins, the best first; `review` the grey zone.

    A pair for review names the customer, its record and the weight.
    """

    link: tuple[str, ...] = ()
    review: tuple[tuple[str, UUID, float], ...] = ()


def decide(
    model: LinkageModel,
    thresholds: Thresholds,
    member: Member,
    candidates: Sequence[Candidate],
    own: Sequence[Member] = (),
) -> Decision:
    """Decide by the best pair together with all that a customer is known by.

    The claim of a customer to the record is the weight of its best pair, drawn towards the mean
    of all its pairs. It must reach `link`; and the mean across everything that would become one
    customer must reach `join`, or customers would grow together over chains of likenesses. Does
    not depend on the order of `candidates`.
    """
    claims = [claim for one in candidates if (claim := _claim(model, thresholds, member, one))]
    claims.sort(key=lambda claim: (-claim.bits, claim.candidate.age_rank))
    side = [member, *(known for known in own if known.record_id != member.record_id)]
    link: list[str] = []
    review: list[tuple[str, UUID, float]] = []
    for claim in claims:
        others = claim.candidate.members
        if claim.bits >= thresholds.link and mean_across(model, side, others) >= thresholds.join:
            link.append(claim.candidate.customer_id)
            side += others
        elif claim.bits >= thresholds.review:
            review.append((claim.candidate.customer_id, claim.record_id, claim.best))
    return Decision(tuple(link), tuple(review))


def mean_across(model: LinkageModel, left: Sequence[Member], right: Sequence[Member]) -> float:
    """Give the mean weight of at most twelve pairs across; the records decide which they are.

    Without any pair there is nothing against joining.
    """
    pairs = [(mine, theirs) for mine in left for theirs in right]
    if not pairs:
        return inf
    if len(pairs) > _SAMPLED:
        pairs.sort(key=lambda pair: sorted((pair[0].record_id.int, pair[1].record_id.int)))
        first, last = pairs[0], pairs[-1]
        seed = sum(one.record_id.int for one in (*first, *last))
        pairs = Random(seed).sample(pairs, _SAMPLED)  # noqa: S311 - no secret: the same for the same pairs
    return sum(model.weigh(one.traits, other.traits) for one, other in pairs) / len(pairs)


def _claim(
    model: LinkageModel, thresholds: Thresholds, member: Member, candidate: Candidate
) -> _Claim | None:
    record_id, best = min(candidate.met, key=lambda met: (-met[1], met[0].int))
    if best < thresholds.review:
        return None
    mean = min(mean_across(model, [member], candidate.members), best)
    return _Claim(candidate, record_id, best, _OF_BEST * best + (1 - _OF_BEST) * mean)
