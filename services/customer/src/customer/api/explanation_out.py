"""Why two are one, or are not, as it is answered to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel

from chassis.global_ids import GlobalId
from customer.api.match_candidate_out import JudgementOut, StewardOut
from customer.domain.explanation import Comparison, Reason, Standing
from customer.domain.guard import Contradiction
from customer.domain.identifiers import IdentifierKind
from customer.domain.rulings import Act, Ruling
from customer.domain.visibility import masked
from customer.events import JudgementId, SourceRecordId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from customer.domain.explanation import Explanation, Shared
    from customer.store.golden_records import CustomerView
    from customer.use_cases.explain_why import Side, Why

_ATTRIBUTES = {
    IdentifierKind.EMAIL: "emails",
    IdentifierKind.PHONE: "phones",
    IdentifierKind.CARD: "cards",
}


class SideOut(BaseModel):
    """One of the two: whose it is now, and how many source records speak for it."""

    customer_id: GlobalId
    retired_id: GlobalId | None
    source_record_id: SourceRecordId | None
    source_records: int

    @classmethod
    def of(cls, side: Side) -> SideOut:
        asked = side.asked
        return cls(
            customer_id=side.customer_id,
            retired_id=asked.customer_id if asked.customer_id != side.customer_id else None,
            source_record_id=side.record_ids[0] if asked.record is not None else None,
            source_records=len(side.record_ids),
        )


class SharedOut(BaseModel):
    """A value that both have, by its end where the caller may see it, and how many have it."""

    kind: IdentifierKind
    value: str | None
    customers: int
    source_records: int
    standing: Standing

    @classmethod
    def of(cls, shared: Shared, views: Sequence[CustomerView]) -> SharedOut:
        attribute = _ATTRIBUTES.get(shared.identifier.kind)
        is_shown = attribute is not None and all(attribute in view.golden for view in views)
        return cls(
            kind=shared.identifier.kind,
            value=str(masked(shared.identifier.value)) if is_shown else None,
            customers=shared.customers,
            source_records=shared.records,
            standing=shared.standing,
        )


class PartOut(BaseModel):
    """What one field contributes, in bits: more than zero speaks for one person."""

    field: str
    level: str
    bits: float


class ThresholdsOut(BaseModel):
    """In bits: enough to link, enough for a person to look, and the least mean across."""

    link: float
    review: float
    join: float


class ComparisonOut(BaseModel):
    """The pair of source records most alike; the parts add up to the weight.

    `mean` is over all pairs across, of which the guard takes at most twelve.
    """

    source_record_ids: list[SourceRecordId]
    weight: float
    parts: list[PartOut]
    mean: float
    pairs: int
    model: str
    thresholds: ThresholdsOut

    @classmethod
    def of(cls, comparison: Comparison, explanation: Explanation) -> ComparisonOut:
        limits = explanation.thresholds
        return cls(
            source_record_ids=[comparison.left_id, comparison.right_id],
            weight=comparison.weight,
            parts=[
                PartOut(field=part.field, level=part.level, bits=part.bits)
                for part in comparison.parts
            ],
            mean=comparison.mean,
            pairs=comparison.pairs,
            model=explanation.model_version,
            thresholds=ThresholdsOut(link=limits.link, review=limits.review, join=limits.join),
        )


class RulingOut(BaseModel):
    """A person's decision that keeps the two apart."""

    judgement_id: JudgementId
    act: Act
    by: StewardOut
    reason: str
    ruled_at: AwareDatetime

    @classmethod
    def of(cls, ruling: Ruling) -> RulingOut:
        return cls(
            judgement_id=ruling.judgement_id,
            act=ruling.act,
            by=StewardOut.of(ruling.by),
            reason=ruling.reason,
            ruled_at=ruling.ruled_at,
        )


class WhyOut(BaseModel):
    """Why two are one customer, or are not; `reasons` begins with the strongest.

    `path` are the fewest judgements that lead from one side to the other where they are one;
    `judgements` are those of pairs across, the newest first.
    """

    are_one: bool
    left: SideOut
    right: SideOut
    reasons: list[Reason]
    shared: list[SharedOut]
    contradictions: list[Contradiction]
    comparison: ComparisonOut | None
    kept_apart: list[RulingOut]
    path: list[JudgementOut]
    judgements: list[JudgementOut]

    @classmethod
    def of(cls, why: Why, views: Sequence[CustomerView]) -> WhyOut:
        """Give the answer; `views` are the customers as the caller may see them."""
        explanation, comparison = why.explanation, why.explanation.comparison
        return cls(
            are_one=explanation.are_one,
            left=SideOut.of(why.left),
            right=SideOut.of(why.right),
            reasons=list(explanation.reasons),
            shared=[SharedOut.of(shared, views) for shared in explanation.shared],
            contradictions=list(explanation.contradictions),
            comparison=ComparisonOut.of(comparison, explanation) if comparison else None,
            kept_apart=[RulingOut.of(ruling) for ruling in why.kept_apart],
            path=[JudgementOut.of(judgement) for judgement in why.path],
            judgements=[JudgementOut.of(judgement) for judgement in why.judgements],
        )
