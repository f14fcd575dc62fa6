"""Deciding: to which customers a record belongs, by all that they are known by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from heapq import nsmallest
from math import fsum, inf
from typing import TYPE_CHECKING, Any
from uuid import UUID

from customer.domain.linkage.traits import Traits, pack

if TYPE_CHECKING:
    from customer.domain.linkage.model import LinkageModel, Thresholds

_SAMPLED = 12
_MARK_BYTES = 8
_PRIME = (1 << 61) - 1
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
    of all its pairs. It must reach `link`, and so must the claim from the other side, to all that
    the record is one with by then; and the mean across everything that would become one customer
    must reach `join`, or customers would grow together over chains of likenesses. Does not depend
    on the order of `candidates`.
    """
    claims = [claim for one in candidates if (claim := _claim(model, thresholds, member, one))]
    claims.sort(key=lambda claim: (-claim.bits, claim.candidate.age_rank))
    side = [member, *(known for known in own if known.record_id != member.record_id)]
    link: list[str] = []
    review: list[tuple[str, UUID, float]] = []
    for claim in claims:
        others = claim.candidate.members
        if (
            claim.bits >= thresholds.link
            and _claimed_back(model, thresholds.link, member, claim, side)
            and mean_across(model, side, others) >= thresholds.join
        ):
            link.append(claim.candidate.customer_id)
            side += others
        elif claim.bits >= thresholds.review:
            review.append((claim.candidate.customer_id, claim.record_id, claim.best))
    return Decision(tuple(link), tuple(review))


def claim_bits(model: LinkageModel, member: Member, best: float, others: Sequence[Member]) -> float:
    """Give how much speaks for a record's being one of `others`, of whom one is alike by `best`."""
    mean = min(mean_across(model, [member], others), best)
    return _OF_BEST * best + (1 - _OF_BEST) * mean


def mean_across(model: LinkageModel, left: Sequence[Member], right: Sequence[Member]) -> float:
    """Give the mean weight of at most twelve pairs across; what the records say decides which.

    The same records give the same mean, whichever side they are on, in whatever order they came
    and under whatever ids. Without any pair there is nothing against joining.
    """
    if not left or not right:
        return inf
    if len(left) * len(right) <= _SAMPLED:
        pairs = [(mine.traits, theirs.traits) for mine in left for theirs in right]
    else:
        pairs = _sample(left, right)
    return fsum(model.weigh(one, other) for one, other in pairs) / len(pairs)


def _sample(left: Sequence[Member], right: Sequence[Member]) -> list[tuple[Traits, Traits]]:
    """Draw twelve pairs; the seed of each is what its two records say.

    Records that say the same are told apart by a count, so that each of them can be drawn.
    """
    mine, theirs = _marked(left), _marked(right)
    drawn = nsmallest(
        _SAMPLED,
        ((one * other % _PRIME, one, other) for one in mine for other in theirs),
    )
    return [(mine[one], theirs[other]) for _, one, other in drawn]


def _marked(members: Sequence[Member]) -> dict[int, Traits]:
    seen: Counter[str] = Counter()
    marked: dict[int, Traits] = {}
    for member in members:
        told = pack(member.traits)
        seen[told] += 1
        name = f"{seen[told]} {told}".encode()
        mark = int.from_bytes(blake2b(name, digest_size=_MARK_BYTES).digest())
        marked[mark] = member.traits
    return marked


def _claim(
    model: LinkageModel, thresholds: Thresholds, member: Member, candidate: Candidate
) -> _Claim | None:
    record_id, best = min(candidate.met, key=lambda met: (-met[1], met[0].int))
    if best < thresholds.review:
        return None
    bits = claim_bits(model, member, best, candidate.members)
    return _Claim(candidate, record_id, best, bits)


def _claimed_back(
    model: LinkageModel, link: float, member: Member, claim: _Claim, side: Sequence[Member]
) -> bool:
    """Tell whether some record of the candidate that was met claims all of the side as well."""
    if len(side) == 1:
        return True
    others = claim.candidate.members
    known = {other.record_id: other for other in others}
    return any(
        claim_bits(model, known[record_id], weight, side) >= link
        and claim_bits(model, member, weight, others) >= link
        for record_id, weight in claim.candidate.met
        if weight >= link and record_id in known
    )
